import pytest

from geo_wealth.matching.reading import readings, singular, squashed
from geo_wealth.names import name_key


def words(name: str) -> list[tuple[str, ...]]:
    return [reading.words for reading in readings(name_key(name))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Widgets Limited", "ACME WIDGETS LTD."),
        ("A B C Widgets Ltd", "ABC Widgets"),
        ("A.B.C. Widgets plc", "A B C Widgets Plc"),
        ("Acme (UK) Ltd", "Acme U.K. Limited"),
        ("The Acme Company", "Acme & Co"),
        ("Acme Widgets Limite", "Acme Widgets Ltd"),
        ("Acme Widget Supplies L", "Acme Widget Supplies Ltd"),
        ("St Anne's C of E Primary School", "Saint Annes CE Primary School"),
        ("Lee Road J & I & N School", "Lee Road Junior, Infant and Nursery School"),
        ("City of Exampleton Metropolitan District Council", "Exampleton MBC Council"),
        ("Acme Health Care Svcs", "ACME HEALTHCARE SERVICES"),
    ],
)
def test_ways_of_writing_one_name(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Acme Ltd T/A Best Care", [("acme", ""), ("best care", "trading as")]),
        ("Acme Ltd trading as Best Care", [("acme", ""), ("best care", "trading as")]),
        ("Acme Ltd (formerly Widgets & Sons)", [("acme", ""), ("widgets sons", "formerly")]),
        ("Acme Ltd re Example House", [("acme", ""), ("example house", "re")]),
        ("PAYPAL *ACMEWIDGETS", [("acmewidgets", "paid through")]),
        ("T A Example Ltd", [("ta example", "")]),
        ("Example T A", [("example ta", "")]),
        ("J T A Hall", [("jta hall", "")]),
    ],
)
def test_parts_of_a_name(name: str, parts: list[tuple[str, str]]) -> None:
    found = readings(name_key(name))
    assert [(" ".join(reading.words), reading.role) for reading in found] == parts
    assert all(reading.alone == (len(parts) == 1) for reading in found)


def test_what_a_reading_holds() -> None:
    (reading,) = readings(name_key("3rd Exampleton Scout Group (Huddersfield) UK CIC"))
    assert reading.form == "cic"
    assert reading.slight == {"uk"}
    assert reading.places == {"huddersfield"}
    assert reading.numbers == {"3rd"}
    assert reading.bare == ("3rd", "exampleton", "scout", "group")


def test_a_name_of_nothing_but_forms_and_slight_words_keeps_them() -> None:
    assert words("The UK Co") == [("uk", "co")]
    assert readings("ltd") == ()
    assert readings("") == ()


def test_plurals_and_joins() -> None:
    assert squashed(("wood", "houses")) == squashed(("woodhouse",))
    assert [singular(word) for word in ("boys", "bus", "glass", "companies", "ies")] == [
        "boy",
        "bus",
        "glass",
        "company",
        "ies",
    ]
