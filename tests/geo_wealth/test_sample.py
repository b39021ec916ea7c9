"""The invented sample: the same bytes from the seed, plausible, and plainly invented."""

import csv
import io
import re
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from geo_wealth.sample import FOLDER
from geo_wealth.sample.chance import Chance
from geo_wealth.sample.generate import generate, main
from geo_wealth.sample.organisations import CAUSES, TRADES, WORDS
from geo_wealth.sample.outcome import QUARTERS
from geo_wealth.sample.payments import COLUMNS
from geo_wealth.sample.places import OUTSIDE, read_spots, trade_weight
from geo_wealth.sample.university import COUNCIL

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return generate()


@pytest.fixture(scope="module")
def rows(made: dict[str, bytes]) -> dict[str, Rows]:
    return {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(content.decode())))
        for name, content in made.items()
    }


def test_the_committed_files_are_what_the_seed_gives(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        assert (FOLDER / name).read_bytes() == content, f"regenerate {name}"
    assert sum(map(len, made.values())) < 1_150_000


def test_another_seed_gives_other_files(made: dict[str, bytes]) -> None:
    other = generate(1)
    assert all(other[name] != content for name, content in made.items() if name != "anchors.csv")


def test_the_command_writes_where_it_is_told(
    tmp_path: Path, made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["generate", str(tmp_path / "new")])
    main()
    assert {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()} == made


def test_every_row_says_that_it_is_sample_data(rows: dict[str, Rows]) -> None:
    for name, table in rows.items():
        assert table
        for row in table:
            text = " ".join(row.values()).lower()
            assert "sample data" in text, (name, row)


def test_names_are_of_invented_words_only(rows: dict[str, Rows]) -> None:
    vocabulary = {word for pair in (*TRADES, *CAUSES) for word in pair[0].split()}
    vocabulary |= {*WORDS, "Sample", "Sole", "Trader", "Many", "Sites", "Ltd", "LLP", "PLC", "CIC"}
    vocabulary |= {"Co-operative"}
    for row in rows["suppliers"]:
        words = {word for word in row["Name"].split() if not word.isdigit()}
        assert words <= vocabulary, row["Name"]
    names = [row["Name"] for row in rows["anchors"]] + [
        row["Property Name"] for row in rows["assets"]
    ]
    assert all(name.startswith("Sample ") for name in names)
    for row in rows["ledger"]:
        payee = row["Vendor Name"]
        assert re.match(r"(?i)sample |REDACTED (PERSONAL )?DATA$|$", payee), payee


def test_a_second_payer_shares_suppliers_and_pays_the_first(rows: dict[str, Rows]) -> None:
    paid = [row["Beneficiary Name"] for row in rows["university"]]
    council = {row["Vendor Name"] for row in rows["ledger"]}
    assert set(paid) - council == {COUNCIL}
    assert paid.count(COUNCIL) == 12
    assert "Sample University" in {name.title() for name in council}


def test_numbers_are_outside_the_ranges_in_use(rows: dict[str, Rows]) -> None:
    for row in rows["suppliers"]:
        assert re.fullmatch(r"(99\d{6})?", row["Company Number"])
        assert re.fullmatch(r"(99\d{5})?", row["Charity Number"])
    for row in rows["assets"]:
        assert re.fullmatch(r"(9999\d{8})?", row["UPRN"])


def test_postcodes_are_real_but_for_the_awkward_ones(rows: dict[str, Rows]) -> None:
    known = {spot.postcode for spot in read_spots()} | {place[0] for place in OUTSIDE}
    tables = (rows["suppliers"], rows["anchors"], rows["assets"])
    unknown = [r["Postcode"] for table in tables for r in table if r["Postcode"] not in known]
    assert sorted(unknown) == ["", "", "", "", "", "", "HD1 2T", "HD1 9ZZ", "WF"]
    assert sum(not row["Postcode"] and not row["GeoX"] for row in rows["assets"]) == 2


def test_the_ledger_has_the_published_columns_and_awkward_cases(rows: dict[str, Rows]) -> None:
    ledger = rows["ledger"]
    assert tuple(ledger[0]) == COLUMNS
    assert len(COLUMNS) == 14
    dates = [row["Payment Date"] for row in ledger]
    assert (dates[0], dates[-1]) == ("01/04/2021", "31/03/2022")
    redacted = sum(row["Vendor Name"].startswith("REDACTED") for row in ledger) / len(ledger)
    assert 0.34 < redacted < 0.36
    assert sum(not row["Vendor Name"] for row in ledger) >= 1
    for row in ledger:
        assert re.fullmatch(r"-?\d+\.\d\d", row["Amount Excluding VAT"])
        credit = row["Amount Excluding VAT"].startswith("-")
        assert (row["Debit/Credit Indicator"], row["Document Type"]) == (
            ("C", "KG") if credit else ("D", "RE")
        )
    credits_ = sum(row["Debit/Credit Indicator"] == "C" for row in ledger) / len(ledger)
    assert 0.04 < credits_ < 0.07
    assert any(row["Company Number"].startswith(" ") for row in ledger)


def test_pounds_have_a_heavy_tail(rows: dict[str, Rows]) -> None:
    pounds: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows["ledger"]:
        if row["Vendor Name"].lower().startswith("sample"):
            pounds[row["Vendor Number"]] += Decimal(row["Amount Excluding VAT"])
    largest = sorted(pounds.values(), reverse=True)
    assert len(largest) > 1000
    assert sum(largest[: len(largest) // 10]) > sum(largest) / 2
    assert largest[0] < sum(largest) / 8


def test_some_payees_are_in_the_register_and_some_are_not(rows: dict[str, Rows]) -> None:
    registered = {row["Name"].lower() for row in rows["suppliers"]}
    paid = {row["Vendor Name"].lower().replace("limited", "ltd") for row in rows["ledger"]}
    assert 0.5 < len(paid & registered) / len(paid) < 0.8
    sites = Counter(row["Name"] for row in rows["suppliers"])
    assert sites.most_common(2)[0] == ("Sample Many Sites Home Care Ltd", 5)
    assert sites.most_common(2)[1][1] == 1
    sole = [row for row in rows["suppliers"] if row["Sole Trader"] == "yes"]
    assert 50 < len(sole) < 120


def test_buildings_are_eligible_not_eligible_and_unknown(rows: dict[str, Rows]) -> None:
    states = Counter(row["Community transfer"] for row in rows["assets"])
    assert set(states) == {"yes", "no", ""}
    assert min(states.values()) >= 20
    for row in rows["assets"]:
        assert bool(row["Community transfer"]) == bool(row["Community transfer reason"])


def test_suppliers_gather_in_centres_and_shun_quiet_places(rows: dict[str, Rows]) -> None:
    weights = {spot.postcode: trade_weight(spot) for spot in read_spots()}
    used = [weights[row["Postcode"]] for row in rows["suppliers"] if row["Postcode"] in weights]
    busy = sum(weight > 3 for weight in used) / len(used)
    assert busy > 2 * sum(weight > 3 for weight in weights.values()) / len(weights)
    assert sum(weight < 1 for weight in used) / len(used) < 0.02


def test_the_outcome_has_every_quarter_of_every_neighbourhood(rows: dict[str, Rows]) -> None:
    table = rows["outcome"]
    assert len(table) == 259 * 12
    values: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in table:
        values[row["LSOA11CD"]][row["Period"]] = float(row["Value"])
    assert {tuple(sorted(series)) for series in values.values()} == {QUARTERS}
    every = [value for series in values.values() for value in series.values()]
    assert 0.1 <= min(every) < 3 < max(every) < 15
    # The most deprived of the district by income has more of it than the least deprived.
    assert values["E01011140"]["2022-Q1"] > values["E01011120"]["2022-Q1"]


def test_chance_is_fair_and_bounded() -> None:
    chance = Chance(7)
    throws = Counter(chance.whole(1, 6) for _ in range(6000))
    assert sorted(throws) == [1, 2, 3, 4, 5, 6]
    assert max(throws.values()) < 1.2 * min(throws.values())
    assert sorted(chance.shuffled(range(50))) == list(range(50))
    assert set(chance.weighted("ab", [0.0, 1.0], 100)) == {"b"}
    assert all(0 <= chance.heavy_tail(10.0, 99.0) <= 99 for _ in range(1000))
    assert all(0 <= chance.light_tail(10.0) <= 200 for _ in range(1000))
