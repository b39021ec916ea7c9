"""A corrected file takes the place of the old one, which can be brought back."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from geo_wealth.commands.loaded import describe
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline import council, switch
from geo_wealth.pipeline.load import LoadResult, load
from geo_wealth.pipeline.replacing import Choice

HEAD = "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name"
APRIL = [f"2021-04-{day:02d},{day},{day}.00,7,Alpha Ltd" for day in range(1, 7)]
CORRECTED = [*APRIL[:4], "2021-04-05,5,55.00,7,Alpha Ltd", "2021-04-30,9,9.00,8,Beta Ltd"]
OTHERS = [f"2021-04-{day:02d},{day},{day}.50,9,Gamma Ltd" for day in range(11, 17)]
MAY = [row.replace("2021-04", "2021-05") for row in APRIL]


class Desk:
    """Loads ledgers of one payer, and tells what counts."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def load(
        self, rows: Sequence[str], name: str = "x.csv", payer: str = "X", **choice: object
    ) -> LoadResult:
        path = self.folder / name
        path.write_text("\n".join([HEAD, *rows]) + "\n")
        job = council.ledger_job(path, payer, choice=Choice(**choice))  # type: ignore[arg-type]
        return load(self.engine, job)

    def current(self) -> set[str]:
        query = "SELECT key FROM dataset WHERE kind = 'ledger' AND state = 'current'"
        with self.engine.connect() as connection:
            return set(connection.execute(text(query)).scalars())

    def state(self, key: str) -> str:
        with self.engine.connect() as connection:
            query = text("SELECT state FROM dataset WHERE key = :key")
            return str(connection.execute(query, {"key": key}).scalar_one())


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def test_a_corrected_file_replaces_the_old_one_and_says_so(desk: Desk) -> None:
    old = desk.load(APRIL)
    new = desk.load(CORRECTED)
    assert old.report["replaces"] == []
    assert new.report["replaces"] == [
        {"dataset": old.dataset, "repeats": 4, "payments": 6, "current": True}
    ]
    assert (desk.current(), desk.state(old.dataset)) == ({new.dataset}, "superseded")
    told = describe(new)
    assert f"replaces {old.dataset}, of which it repeats 4 of 6 payments" in told
    assert f"`geo-wealth datasets activate {old.dataset}` brings that back" in told


def test_the_old_figures_stay_and_come_back_and_never_both_count(desk: Desk) -> None:
    old, new = desk.load(APRIL), desk.load(CORRECTED)
    with desk.engine.connect() as connection:
        query = text("""
            SELECT d.key, sum(amount)::text FROM payment p
            JOIN dataset d ON d.id = p.dataset_id GROUP BY d.key
        """)
        sums = {row.key: row.sum for row in connection.execute(query)}
    assert sums == {old.dataset: "21.00", new.dataset: "74.00"}
    switch.activate(desk.engine, old.dataset)
    assert (desk.current(), desk.state(new.dataset)) == ({old.dataset}, "superseded")
    switch.activate(desk.engine, new.dataset)
    assert desk.current() == {new.dataset}


def test_of_three_editions_only_one_is_ever_current(desk: Desk) -> None:
    first, second = desk.load(APRIL), desk.load(CORRECTED)
    third = desk.load([*CORRECTED, "2021-04-30,10,1.00,8,Beta Ltd"])
    assert desk.current() == {third.dataset}
    for each in (first, second, third, first):
        switch.activate(desk.engine, each.dataset)
        assert desk.current() == {each.dataset}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_load_wins_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    editions = [APRIL, CORRECTED, [*CORRECTED[:5], "2021-04-29,9,9.00,8,Beta Ltd"]]
    loaded = [desk.load(editions[place]) for place in order]
    assert desk.current() == {loaded[-1].dataset}
    again = desk.load(editions[order[0]])
    assert (again.already_loaded, desk.current()) == (True, {loaded[0].dataset})


def test_the_same_months_with_other_payments_both_count(desk: Desk) -> None:
    one, two = desk.load(APRIL), desk.load([*OTHERS, *APRIL[:3]])
    assert desk.current() == {one.dataset, two.dataset}
    assert two.report["beside"] == [
        {"dataset": one.dataset, "repeats": 3, "payments": 6, "current": True}
    ]
    assert f"--replaces {one.dataset}" in describe(two)


def test_other_months_other_payers_and_cards_are_left_alone(desk: Desk) -> None:
    april = desk.load(APRIL)
    may = desk.load(MAY)
    other = desk.load([*APRIL, OTHERS[0]], payer="Y")
    card = desk.folder / "card.csv"
    head = "Transaction Date,Transaction number,Net Amount,Supplier Name,Merchant Category"
    rows = [f"2021-04-{day:02d},{day},{day}.00,Alpha Ltd,Office" for day in range(1, 7)]
    card.write_text("\n".join([head, *rows]) + "\n")
    cards = load(desk.engine, council.ledger_job(card, "X"))
    assert desk.current() == {each.dataset for each in (april, may, other, cards)}
    assert cards.report["counts_twice"][0]["dataset"] == april.dataset
    assert "both count" in describe(cards)
    assert may.report["counts_twice"] == other.report["counts_twice"] == []


def test_a_year_that_holds_a_month_is_told_for_it_would_count_twice(desk: Desk) -> None:
    april = desk.load(APRIL)
    year = desk.load([*APRIL, *MAY])
    assert desk.current() == {april.dataset, year.dataset}
    assert [each["dataset"] for each in year.report["counts_twice"]] == [april.dataset]
    replaced = desk.load([*APRIL, *MAY], replaces=april.dataset)
    assert replaced.already_loaded
    assert desk.current() == {year.dataset}


def test_a_payment_listed_twice_is_repeated_once_by_one_that_lists_it_once(desk: Desk) -> None:
    twice = desk.load([APRIL[0]] * 4)
    once = desk.load([APRIL[0], APRIL[1]])
    # One of the four old payments: less than half, and half of the new ones.
    assert once.report["beside"][0]["repeats"] == 1
    assert desk.current() == {twice.dataset, once.dataset}


def test_replacing_can_be_forced_and_forbidden(desk: Desk) -> None:
    april = desk.load(APRIL)
    forced = desk.load(MAY, replaces=april.dataset[:12])
    assert desk.current() == {forced.dataset}
    switch.activate(desk.engine, april.dataset)
    assert desk.current() == {april.dataset}
    beside = desk.load(CORRECTED, beside=True)
    assert desk.current() == {april.dataset, beside.dataset}
    assert beside.report["counts_twice"][0]["repeats"] == 4


def test_a_replaced_file_loaded_again_can_stand_beside(desk: Desk) -> None:
    old, new = desk.load(APRIL), desk.load(CORRECTED)
    desk.load(APRIL, beside=True)
    assert desk.current() == {old.dataset, new.dataset}


def test_ledgers_without_dates_or_references_are_compared_too(desk: Desk) -> None:
    rows = [f",,{amount}.00,7,Alpha Ltd" for amount in range(1, 7)]
    old = desk.load(rows)
    new = desk.load([*rows[:5], ",,60.00,7,Alpha Ltd"])
    assert new.report["replaces"][0]["repeats"] == 5
    assert desk.current() == {new.dataset} != {old.dataset}


def test_replacing_what_is_not_there_is_refused(desk: Desk) -> None:
    other = desk.load(APRIL, payer="Y")
    for key in ("ledger-zzz", other.dataset):
        with pytest.raises(InvalidRequestError, match="--replaces"):
            desk.load(MAY, replaces=key)
    with pytest.raises(InvalidRequestError, match="not both"):
        Choice("ledger-1", beside=True)
    assert desk.current() == {other.dataset}
