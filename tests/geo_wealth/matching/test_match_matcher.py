from itertools import permutations

import pytest

from geo_wealth.matching import Candidate, Decision, Matcher, Organisations, Payees
from geo_wealth.names import name_key

Listed = tuple[str, str | None, str | None]


def organisations(*listed: str | Listed, areas: tuple[str, ...] = ()) -> Organisations:
    rows = [(each, None, None) if isinstance(each, str) else each for each in listed]
    return Organisations(
        tuple(name_key(name) for name, _, _ in rows),
        tuple(number for _, number, _ in rows),
        tuple(charity for _, _, charity in rows),
        tuple(frozenset(areas[place : place + 1]) for place in range(len(rows))),
    )


def match(
    payee: str,
    *listed: str | Listed,
    number: str | None = None,
    charities: tuple[str, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> list[Candidate]:
    by_payee = {name_key(payee): decisions}
    return Matcher(organisations(*listed)).match(
        Payees((name_key(payee),), (number,), (charities,)), by_payee
    )


def outcome(payee: str, *listed: str | Listed) -> tuple[str, str] | None:
    found = match(payee, *listed)
    return (found[0].stage, found[0].band) if found else None


def test_a_number_is_surest_and_the_same_name_comes_next() -> None:
    found = match(
        "Zorbix Ltd",
        ("Other Name Ltd", "01234567", None),
        "Zorbix Limited",
        ("Zorbix Ltd", "07654321", None),
        number="01234567",
    )
    assert [(each.organisation, each.stage, each.band) for each in found] == [
        (0, "company-number", "accepted"),
        (1, "exact-name", "accepted"),
    ]
    assert found[0].score > found[1].score
    assert found[0].reason == "company number 01234567"


def test_a_charity_number_is_believed_when_it_is_the_only_one() -> None:
    listed = ("Zorbix Charity", None, "1234567")
    (found,) = match("Something Else", listed, charities=("1234567",))
    assert (found.stage, found.band) == ("charity-number", "accepted")
    (found,) = match("Something Else", listed, charities=("1234567", "7654321"))
    assert found.band == "review"


def test_two_companies_of_one_name_are_for_review() -> None:
    found = match("Zorbix Ltd", ("Zorbix Ltd", "01234567", None), ("Zorbix Ltd", "07654321", None))
    assert [each.band for each in found] == ["review", "review"]
    assert "another company of like name" in found[0].reason


def test_the_surer_company_number_keeps_the_other_out() -> None:
    found = match("Zorbix Ltd", ("Zorbix Ltd", "01234567", None), ("Zorbix plc", "07654321", None))
    assert [(each.organisation, each.band) for each in found] == [(0, "accepted")]


@pytest.mark.parametrize(
    ("payee", "listed"),
    [
        ("Zorbix", "Zorbix Limited"),
        ("Zorbix (UK) Ltd", "Zorbix Ltd"),
        ("Zorbix Ltd (Huddersfield)", "Zorbix Ltd"),
        ("Zorbix & Co", "Zorbix Ltd"),
        ("Zorbix Primary School", "Quuxly Trust T/A Zorbix Primary Academy"),
        ("A B Zorbix Ltd", "AB Zorbix Limited"),
        ("Zorbix Widgets (Huddersfield)", "Zorbix Widgets Ltd"),
        ("Zorbix Ltd (formerly Quuxly Ltd)", "Quuxly Ltd"),
        ("Zorbix Ltd T/A Best Care", "Zorbix Ltd"),
        ("Zorbix Widgets", "Zorbix Widgets (UK) Ltd"),
        ("Zorbix UK", "Zorbix (GB) Ltd"),
        ("Zorbix Opticians", "Zorbix Ltd T/A Zorbix Opticians"),
        ("Zorbix Ltd re Example House", "Zorbix Limited"),
        ("ZORBIXWIDGETS", "Zorbix Widgets Ltd"),
    ],
)
def test_other_writings_of_a_name_are_accepted(payee: str, listed: str) -> None:
    assert outcome(payee, listed) == ("alias", "accepted")


@pytest.mark.parametrize(
    ("payee", "listed"),
    [
        ("Zorbix LLP", "Zorbix Ltd"),
        ("Zorbix plc", "Zorbix Ltd"),
        ("Zorbix Huddersfield Ltd", "Zorbix Ltd"),
        ("Zorbix & Co Ltd", "Zorbix Ltd"),
        ("Zorbix Opticians", "Quuxly Ltd T/A Zorbix Opticians"),
        ("Zorbix (Leeds) Ltd", "Zorbix (Huddersfield) Ltd"),
        ("Zorbix (Scotland) Ltd", "Zorbix Ltd"),
        ("Zorbix Widgets", "Zorbix Widgets (Huddersfield) Ltd"),
        ("Zorbix", "Zorbix (UK) Ltd"),
        ("Quuxly Ltd T/A Zorbix", "Zorbix Ltd"),
        ("Quuxly Ltd re Zorbix House", "Zorbix House"),
        ("St Mary's Primary School Leeds", "St Marys Primary School"),
    ],
)
def test_what_a_person_must_decide(payee: str, listed: str) -> None:
    assert outcome(payee, listed) == ("alias", "review")


@pytest.mark.parametrize(
    ("payee", "listed"),
    [
        ("Example Care Ltd", "Sample Care Ltd"),
        ("Care Services", "Care Services Ltd"),
        ("Leeds City Council", "Wakefield City Council"),
        ("1st Exampleton Scout Group", "2nd Exampleton Scout Group"),
    ],
)
def test_what_is_no_candidate(payee: str, listed: str) -> None:
    assert outcome(payee, listed) is None


def test_a_brand_of_several_traders_is_for_review() -> None:
    brand = ("Zorbix Ltd T/A Zorbix Burgers", "Zorbix Leeds Ltd T/A Zorbix Burgers")
    assert outcome("Zorbix Burgers", brand[0]) == ("alias", "accepted")
    assert outcome("Zorbix Burgers", *brand) == ("alias", "review")


@pytest.mark.parametrize(
    ("name", "areas", "bands"),
    [
        ("Holy Trinity School", ("HD", "BD"), {"review"}),
        ("Holy Trinity School", ("HD", "HD"), {"accepted"}),
        ("Zorbix School", ("HD", "BD"), {"accepted"}),
        ("Bright Services", ("HD", "BD"), {"accepted"}),
    ],
)
def test_a_school_name_of_several_towns_is_for_review(
    name: str, areas: tuple[str, ...], bands: set[str]
) -> None:
    listed = organisations(name, name, areas=areas)
    found = Matcher(listed).match(Payees((name_key(name),), (None,), ((),)))
    assert {each.band for each in found} == bands
    assert ("in BD, HD" in found[0].reason) == (bands == {"review"})


def decision(payee: str, organisation: str, *, accept: bool) -> Decision:
    return Decision(name_key(payee), None, name_key(organisation), None, accept, "An Officer")


def test_decisions_override() -> None:
    reject = decision("Zorbix", "Zorbix Ltd", accept=False)
    (found,) = match("Zorbix", "Zorbix Ltd", decisions=(reject,))
    assert (found.stage, found.band, found.score) == ("decision", "rejected", 0.0)
    assert found.reason == "decided by An Officer"
    accept = decision("Zorbix", "Quuxly Ltd", accept=True)
    (found,) = match("Zorbix", "Quuxly Ltd", decisions=(accept,))
    assert (found.stage, found.band, found.score) == ("decision", "accepted", 1.0)


def test_no_decision_joins_two_company_numbers() -> None:
    accept = decision("Zorbix", "Quuxly Ltd", accept=True)
    listed = ("Quuxly Ltd", "07654321", None)
    assert match("Zorbix", listed, number="01234567", decisions=(accept,)) == []


def test_an_accepted_candidate_leaves_nothing_to_review() -> None:
    found = match("Zorbix LLP", "Zorbix LLP", "Zorbix Ltd")
    assert [each.stage for each in found] == ["exact-name"]


def test_the_order_of_a_register_does_not_matter() -> None:
    listed = ("Zorbix Ltd", "Zorbix plc", "Zorbix (Leeds)", "A Ltd T/A Zorbix", "B T/A Zorbix")
    results = set()
    for order in permutations(listed):
        found = match("Zorbix", *order)
        results.add(tuple((order[c.organisation], c.score, c.band, c.reason) for c in found))
    assert len(results) == 1
