"""Keys, numbers, redactions and persons: hand-made cases and properties."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.names import (
    charity_number,
    company_number,
    looks_individual,
    name_key,
    name_keys,
    names_person,
    payee_state,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A & B Builders Ltd", "A AND B BUILDERS LIMITED"),
        ("The Example Trust", "Example Trust"),
        ("Smith's Bakery", "SMITHS BAKERY"),
        ("X.Y.Z. Services P.L.C.", "XYZ Services plc"),
        ("Example  Public Limited Company", "EXAMPLE PLC"),
        ("Hope Community Interest Company", "Hope C.I.C."),
        ("Café Été", "Cafe Ete"),
        ("North-South Hire", "North South Hire"),
    ],
)
def test_key_ignores_spelling_of_the_same_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Example Ltd", "Example"),
        ("Example (North) Ltd", "Example (South) Ltd"),
        ("A B Ltd", "B A Ltd"),
        ("Example Group Ltd", "Example Holdings Ltd"),
    ],
)
def test_key_keeps_different_names_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_key_of_articles_alone_is_not_empty() -> None:
    assert name_key("The The") == "the the"
    assert name_key("&") == ""


@given(st.text(max_size=60))
def test_key_is_idempotent(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


def test_keys_of_a_series_keep_index_and_order() -> None:
    names = pd.Series(["B Ltd", "A & Co", "B Ltd"], index=[7, 3, 5], dtype=object)
    keys = name_keys(names)
    assert keys.to_dict() == {7: "b ltd", 3: "a co", 5: "b ltd"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8494722", "08494722"),
        (" 08494722 ", "08494722"),
        ("509579", "00509579"),
        ("8494722.0", "08494722"),
        ("SC055775", "SC055775"),
        ("sc 55775", "SC055775"),
        ("NI050833", "NI050833"),
        ("OC301234", "OC301234"),
        ("RC000641", "RC000641"),
        ("IP10143R", "IP10143R"),
        ("525R", "IP00525R"),
        ("2039RS", "SP2039RS"),
        ("JN999999A", None),
        ("JE672636A", None),
        ("AB123456", None),
        ("00000000", None),
        ("123", None),
        ("123456789", None),
        ("N/A", None),
        ("sole trader", None),
        ("", None),
        (None, None),
    ],
)
def test_company_number(text: str | None, number: str | None) -> None:
    assert company_number(text) == number


@given(st.integers(min_value=10_000, max_value=99_999_999))
def test_company_number_restores_lost_zeros(number: int) -> None:
    assert company_number(str(number)) == f"{number:08d}"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1091263", "1091263"), (" 520003 ", "520003"), ("SC012345", "SC012345"), ("none", None)],
)
def test_charity_number(text: str, number: str | None) -> None:
    assert charity_number(text) == number


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("REDACTED PERSONAL DATA", "redacted"),
        ("Redacted", "redacted"),
        ("REDACTED COMMERCIAL CONFIDENTIALITY", "redacted"),
        ("Name withheld", "redacted"),
        ("XXXXXX", "redacted"),
        ("** *** -", "redacted"),
        ("*" * 20_000 + "a", "named"),
        ("", "blank"),
        ("  ", "blank"),
        ("NA", "blank"),
        ("-", "blank"),
        (None, "blank"),
        ("Places for People Individual Support", "named"),
        ("Anon Design Ltd", "named"),
        ("Nationwide Hire", "named"),
    ],
)
def test_payee_state(name: str | None, state: str) -> None:
    assert payee_state(name) == state


@pytest.mark.parametrize(
    "name",
    [
        "Example 12 Joinery (sole trader)",
        "Mr A Person",
        "Mrs. Example Person",
        "Dr Example",
        "Mr & Mrs Person",
        "J B Person",
        "J PERSON",
        "PERSON J",
        "Person, J B",
        "Example Person Mr",
    ],
)
def test_persons_are_seen(name: str) -> None:
    assert looks_individual(name)


@pytest.mark.parametrize(
    "name",
    [
        "Mr Clutch Ltd",
        "Dr Example & Partners",
        "B P Garages",
        "A B C LTD",
        "Mrs Example's Cafe",
        "Example F C",
        "Example W M C",
        "Example UK",
    ],
)
def test_businesses_are_not_persons(name: str) -> None:
    assert not looks_individual(name)


@pytest.mark.parametrize(
    "name",
    [
        "A B Sample T/A Sample Joinery",
        "Mr A Sample trading as Sample Cars",
        "Mrs A Sample",
        "Mrs A Sample Foster Care",
        "Mr B Sample 00123",
        "Mr C Sample Electrical",
        "Foster Carer Mr D Sample",
        "E Sample - T/A Sampleworks",
        "F Sample (T/A Samplecraft)",
        "G. Sample, T/A Sample Cars",
        "H Sample T / A Sample",
        "J Sample TA Sample Plumbing",
        "Sample Joinery T/A A B Sample",
        "Sample Joinery (K Sample)",
        "MISS L SAMPLE TRANSPORT",
        "Sample, Mr John",
        "MRS.SAMPLE",
        "Mr.J.Sample",
        "J.Sample",
        "Mr\u200bSample",
        "Cllr M Sample",
        "Estate of N Sample",
        "Messrs Sample",
        "A Sample Direct Payment",
        "j sample",
        "J Van Der Sample",
    ],
)
def test_a_name_that_gives_a_person_away_is_hidden(name: str) -> None:
    assert names_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "Sample Holdings Ltd T/A Sample Cars",
        "Mr Sample Cars Ltd",
        "Dr Sample & Partners",
        "Dr Sample Medical Centre",
        "MS Society",
        "Rev Sample Trust",
        "Trading Asset Partners Ltd",
        "B P Garages",
        "Sample Care (Huddersfield)",
        "Sample (UK) Ltd",
        "Estates and Facilities",
        "St Sample Church",
        "Lady Sample Day Nursery",
    ],
)
def test_a_firm_or_institution_is_not_hidden(name: str) -> None:
    assert not names_person(name)
