"""Candidates and places of payees depend on what is loaded now, and on nothing else."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.matching import Matcher, matcher
from geo_wealth.pipeline import council, switch
from geo_wealth.pipeline.load import load
from geo_wealth.queries.matching import match_counts, review_count, review_list
from geo_wealth.store import matching
from geo_wealth.store.decisions import Verdict, add_verdicts, check_person, undo
from geo_wealth.store.matching import match_payees

REGISTER = (
    "Name,Company Number,Charity Number,Address Kind,Address,Postcode,Easting,Northing,Sole Trader"
)
Row = tuple[str | None, ...]


def register(engine: Engine, folder: Path, name: str, kind: str, rows: Sequence[str]) -> str:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([REGISTER, *rows]) + "\n")
    return load(engine, council.register_job(path, kind)).dataset


def ledger(engine: Engine, folder: Path, name: str, payees: Sequence[str]) -> str:
    path = folder / f"{name}.csv"
    header = (
        "Payment date,Transaction Number,Net Amount,Supplier Name,Company Number,Charity Number"
    )
    rows = [f"2021-04-01,{name}{n},{100 + n}.50,{payee}" for n, payee in enumerate(payees)]
    path.write_text("\n".join([header, *(row + ",," * (row.count(",") == 3) for row in rows)]))
    return load(engine, council.ledger_job(path, f"Payer of {name}")).dataset


def place(name: str, kind: str = "site", number: str = "", charity: str = "", x: int = 0) -> str:
    return f"{name},{number},{charity},{kind},{x} High Street,HD1 2TT,{414452 + x},416338,no"


def candidates(engine: Engine) -> set[Row]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("""
                SELECT y.name_key, y.company_number, o.name_key, o.kind, d.key, c.stage,
                    c.score::text, c.band, c.reason
                FROM payee_candidate c JOIN payee y ON y.id = c.payee_id
                JOIN organisation o ON o.id = c.organisation_id
                JOIN dataset d ON d.id = o.dataset_id
            """)
        ).all()
    assert len(rows) == len(set(rows))
    return {tuple(row) for row in rows}


def placed(engine: Engine) -> set[Row]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("""
                SELECT y.name_key, o.name_key, s.address_kind, s.address, m.method, m.sites::text
                FROM payee_match m JOIN payee y ON y.id = m.payee_id
                JOIN organisation o ON o.id = m.organisation_id JOIN site s ON s.id = m.site_id
            """)
        ).all()
    return {tuple(row) for row in rows}


def matched(engine: Engine) -> dict[str, str]:
    return {row[0] or "": row[2] or "" for row in candidates(engine)}


LOADS = {
    "one": ("ledger", ["Zorbix", "Quuxly Ltd", "Fnord Care Ltd"]),
    "two": ("ledger", ["ZORBIX", "Zorbix (Leeds) Ltd", "J Smith", "Fnord Care Limited,01234567,"]),
    "a": ("suppliers", [place("Zorbix Ltd"), place("Fnord Care Ltd", number="07654321")]),
    "b": ("vcse", [place("Zorbix Limited", "branch", x=5), place("Quuxli Ltd"), place("J Smith")]),
}


def load_in_order(engine: Engine, folder: Path, order: Sequence[str]) -> None:
    for name in order:
        kind, rows = LOADS[name]
        if kind == "ledger":
            ledger(engine, folder, name, rows)
        else:
            register(engine, folder, name, kind, rows)


@pytest.fixture
def expected(engine: Engine, tmp_path: Path) -> tuple[set[Row], set[Row]]:
    load_in_order(engine, tmp_path, list(LOADS))
    result = candidates(engine), placed(engine)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE dataset, payee, organisation CASCADE"))
    return result


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(list(LOADS)), detour=st.sampled_from(list(LOADS)))
def test_the_order_of_loads_does_not_matter(
    engine: Engine,
    tmp_path: Path,
    expected: tuple[set[Row], set[Row]],
    order: list[str],
    detour: str,
) -> None:
    try:
        load_in_order(engine, tmp_path, order)
        with engine.connect() as connection:
            key = connection.execute(
                text("SELECT key FROM dataset WHERE file_name = :name"), {"name": f"{detour}.csv"}
            ).scalar_one()
        switch.retire(engine, key)
        switch.activate(engine, key)
        assert candidates(engine) == expected[0]
        assert placed(engine) == expected[1]
    finally:
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE dataset, payee, organisation CASCADE"))


def test_only_what_changed_is_matched_anew(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    whole = Matcher.match

    def watched(self, payees, decisions):  # type: ignore[no-untyped-def]
        asked.append(payees.key)
        return whole(self, payees, decisions)

    monkeypatch.setattr(Matcher, "match", watched)
    register(engine, tmp_path, "a", "suppliers", [place("Zorbix Ltd")])
    ledger(engine, tmp_path, "one", ["Zorbix", "Quuxly"])
    ledger(engine, tmp_path, "two", ["Zorbix", "Fnord"])
    register(engine, tmp_path, "b", "vcse", [place("Fnord Ltd")])
    with engine.begin() as connection:
        add_verdicts(connection, [Verdict("fnord", None, "fnord ltd", None, "reject", None)], "P")
        match_payees(connection)
        match_payees(connection)
    assert asked == [("quuxly", "zorbix"), ("fnord",), ("quuxly", "zorbix", "fnord"), ("fnord",)]


def test_another_version_of_the_matcher_matches_all_anew(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(engine, tmp_path, "a", "suppliers", [place("Zorbix Ltd")])
    ledger(engine, tmp_path, "one", ["Zorbix"])
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM payee_candidate"))
        match_payees(connection)
        assert connection.execute(text("SELECT count(*) FROM payee_candidate")).scalar() == 0
        monkeypatch.setattr(matching, "MATCHER", f"{matcher.MATCHER}+")
        match_payees(connection)
        assert connection.execute(text("SELECT count(*) FROM payee_candidate")).scalar() == 1


def test_a_charity_number_that_a_later_ledger_states_counts(engine: Engine, tmp_path: Path) -> None:
    register(engine, tmp_path, "a", "vcse", [place("Zorbix Relief", charity="1234567")])
    ledger(engine, tmp_path, "one", ["Something Else"])
    assert candidates(engine) == set()
    key = ledger(engine, tmp_path, "two", ["Something Else,,1234567"])
    (row,) = candidates(engine)
    assert (row[5], row[7]) == ("charity-number", "accepted")
    switch.retire(engine, key)
    assert candidates(engine) == set()


def test_persons_and_redactions_are_never_matched(engine: Engine, tmp_path: Path) -> None:
    names = ["J Smith", "Mrs Zorbix", "Jane Doe Gardening", "REDACTED", "Quuxly Ltd"]
    rows = [place(name) for name in names]
    rows.append("Jane Doe Gardening,,,site,1 High Street,HD1 2TT,414452,416338,yes")
    register(engine, tmp_path, "a", "suppliers", rows)
    ledger(engine, tmp_path, "one", names)
    with engine.begin() as connection:
        for name in ("j smith", "mrs zorbix", "jane doe gardening"):
            accept = Verdict(name, None, "quuxly ltd", None, "accept", None)
            add_verdicts(connection, [accept], "P")
        match_payees(connection)
    assert matched(engine) == {"quuxly ltd": "quuxly ltd"}
    with engine.connect() as connection:
        counts = {count.outcome: count.payees for count in match_counts(connection)}
    assert counts == {"accepted": 1, "individual": 3, "redacted": 1}


def test_a_payee_is_placed_by_address_kind_then_by_how_sure_the_match_is(
    engine: Engine, tmp_path: Path
) -> None:
    office = place("Zorbix Ltd", "registered", number="01234567", x=1)
    register(engine, tmp_path, "a", "employers", [office])
    ledger(engine, tmp_path, "one", ["Zorbix Ltd,01234567,"])
    assert placed(engine) == {
        ("zorbix ltd", "zorbix ltd", "registered", "1 High Street", "company-number", "1")
    }
    branches = [place("Zorbix Ltd", "branch", x=2), place("Zorbix Ltd", "branch", x=3)]
    register(engine, tmp_path, "b", "business-rates", branches)
    assert placed(engine) == {
        ("zorbix ltd", "zorbix ltd", "branch", "2 High Street", "exact-name", "2")
    }


def test_a_decision_is_kept_used_overturned_and_undone(engine: Engine, tmp_path: Path) -> None:
    register(engine, tmp_path, "a", "suppliers", [place("Zorbix Ltd"), place("Quuxly Ltd")])
    ledger(engine, tmp_path, "one", ["Zorbix", "Fnord"])

    def say(payee: str, organisation: str, verdict: str) -> list[int]:
        with engine.begin() as connection:
            said = Verdict(payee, None, organisation, None, verdict, "why")
            added = add_verdicts(connection, [said], "A Person")
            match_payees(connection)
        return added

    def bands() -> dict[str, str]:
        return {f"{row[0]} {row[5]}": row[7] or "" for row in candidates(engine)}

    assert bands() == {"zorbix alias": "accepted"}
    (first,) = say("zorbix", "zorbix ltd", "reject")
    (second,) = say("fnord", "quuxly ltd", "accept")
    assert bands() == {"zorbix decision": "rejected", "fnord decision": "accepted"}
    assert placed(engine) == {
        ("fnord", "quuxly ltd", "site", "0 High Street", "decision", "1"),
    }
    assert say("zorbix", "zorbix ltd", "reject") == []
    (third,) = say("zorbix", "zorbix ltd", "accept")
    assert bands()["zorbix decision"] == "accepted"
    with engine.begin() as connection:
        for decision in (second, third):
            undo(connection, decision, "Another")
        match_payees(connection)
        with pytest.raises(NotFoundError, match="A Person undid it already"):
            undo(connection, first, "Another")
        with pytest.raises(NotFoundError, match="there is none"):
            undo(connection, 999, "Another")
    assert bands() == {"zorbix alias": "accepted"}


@pytest.mark.parametrize("by", ["", "  ", "x" * 101, "a\x1b[31m"])
def test_a_decision_has_a_person(by: str) -> None:
    with pytest.raises(InvalidRequestError, match="--by: say who decides"):
        check_person(by)
    assert check_person("  A   Person ") == "A Person"


def test_the_review_list_begins_with_whom_most_is_paid(engine: Engine, tmp_path: Path) -> None:
    listed = [place("Zorbix Ltd"), place("Quuxly Ltd", x=1), place("Quuxly Ltd", x=2)]
    register(engine, tmp_path, "a", "suppliers", listed)
    register(engine, tmp_path, "b", "vcse", [place("Quuxly Limited", x=3)])
    ledger(engine, tmp_path, "one", ["Zorbix plc", "Quuxly LLP", "Fnord", "Quuxly plc,01234567,"])
    with engine.connect() as connection:
        rows = review_list(connection, 10)
        assert [(row.payee, row.organisation, row.pounds) for row in rows] == [
            ("Quuxly plc", "Quuxly Limited", Decimal("103.50")),
            ("Quuxly LLP", "Quuxly Limited", Decimal("101.50")),
            ("Zorbix plc", "Zorbix Ltd", Decimal("100.50")),
        ]
        assert (rows[0].registers, rows[0].addresses) == (("suppliers", "vcse"), 3)
        assert (rows[0].postcodes, rows[0].payee_number) == (("HD1 2TT",), "01234567")
        assert review_list(connection, 1, 1) == rows[1:2]
        assert review_list(connection, None, minimum=Decimal("101.50")) == rows[:2]
        assert review_count(connection) == 3
        assert review_count(connection, Decimal(102)) == 1


def test_outcomes_add_up_to_the_ledgers(engine: Engine, tmp_path: Path) -> None:
    register(engine, tmp_path, "a", "suppliers", [place("Zorbix Ltd")])
    ledger(engine, tmp_path, "one", ["Zorbix", "Zorbix Ltd", "Zorbix plc", "Fnord", "REDACTED"])
    with engine.connect() as connection:
        counts = match_counts(connection)
    assert [(each.outcome, each.stage, each.payees, each.pounds) for each in counts] == [
        ("accepted", "alias", 1, Decimal("100.50")),
        ("accepted", "exact-name", 1, Decimal("101.50")),
        ("review", None, 1, Decimal("102.50")),
        ("unlocated", None, 1, Decimal("103.50")),
        ("redacted", None, 1, Decimal("104.50")),
    ]


def test_the_sample_has_no_person_among_its_candidates(sample: Connection) -> None:
    names = sample.execute(
        text("""
            SELECT y.name FROM payee_candidate c JOIN payee y ON y.id = c.payee_id
            WHERE y.state <> 'named' OR y.name_key IN (
                SELECT o.name_key FROM organisation o WHERE o.individual)
        """)
    ).scalars()
    assert list(names) == []
    found = sample.execute(text("SELECT count(*) FROM payee_candidate WHERE band = 'accepted'"))
    assert found.scalar_one() > 0
