"""Spend penetration of the sample, without and with a register of business rates."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import orjson
import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.cli import run
from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.indicators import INDICATORS, SPEND_VARIANTS, described
from geo_wealth.memory import Memory
from geo_wealth.pipeline import council
from geo_wealth.pipeline.documents import ranking_document
from geo_wealth.pipeline.explain import explain
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.penetration import PER_PREMISES, applies
from geo_wealth.pipeline.penetration_table import (
    Neighbourhood,
    Penetration,
    penetration,
    penetration_document,
)
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.table import ranking_rows
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.membership import members
from geo_wealth.queries.rows import RankRequest
from geo_wealth.spend.penetration import prior, smooth

KIRKLEES = RankRequest("E08000034")
OF_POUNDS = ["per-head", "share", "per-business", "location-quotient"]
PAID_AT = 7  # positions among the district's codes; a place has (position % 8) premises
PERSON_AT = 15
PAID = ("Sample Mosaic Joinery Ltd", "Sample Mallet Signs Ltd")  # in no register of the sample
PERSON = "Sample Sole Trader 0022 Coaches"  # whom the sample's register calls a sole trader


def rates_file(path: Path, connection: Connection, value: int) -> Path:
    """List (position % 8) premises at a point of each neighbourhood; most have no ratepayer."""
    points = connection.execute(
        text("""
            SELECT code, ST_X(p) AS lon, ST_Y(p) AS lat FROM (
                SELECT code, ST_Transform(ST_PointOnSurface(geom), 4326) AS p FROM area
                WHERE current AND kind = 'lsoa' AND code = ANY(:codes)) a ORDER BY code
        """),
        {"codes": members(connection, "E08000034", 2011)},
    ).all()
    names = {(PAID_AT, 0): PAID[0], (PAID_AT, 1): PAID[1], (PERSON_AT, 0): PERSON}
    header = (
        "Property reference number,Ratepayer,Address,Postcode,Latitude,Longitude,"
        "Liability start date,Current Analysis Code Description,Rateable value"
    )
    rows = (
        f"{place}/{unit},{names.get((place, unit), '')},Unit {unit} {place} Row,,"
        f"{point.lat:.6f},{point.lon:.6f},2015-04-01,Shops,{value}"
        for place, point in enumerate(points)
        for unit in range(place % 8)
    )
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rated_engine(
    cluster: Cluster, sample_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The sample with two editions of a register of business rates."""
    assert sample_database
    cluster.create_database("rated", template="sample_copy")
    engine = create_engine(cluster.url("rated"))
    folder = tmp_path_factory.mktemp("rates")
    for value in (100, 200):
        with engine.connect() as connection:
            path = rates_file(folder / f"rates_{value}.csv", connection, value)
        # As sample data: published registers would take the place of the sample's own.
        load(engine, council.register_job(path, "business-rates", sample=True))
    yield engine
    engine.dispose()
    cluster.drop_database("rated")


@pytest.fixture
def rated(rated_engine: Engine) -> Iterator[Connection]:
    with rated_engine.connect() as connection:
        yield connection


@pytest.fixture
def found(sample: Connection) -> Penetration:
    return penetration(sample, "E08000034", "imd2019")


@pytest.fixture
def covered(rated: Connection) -> Penetration:
    return penetration(rated, "E08000034", "imd2019")


def values(found: Penetration, variant: str) -> list[float]:
    figures = [area.figures[variant] for area in found.areas]
    return [figure.value for figure in figures if figure.value is not None]


def received(connection: Connection, code: str) -> Decimal:
    """Sum what suppliers placed in a neighbourhood were paid."""
    return connection.execute(
        text("""
            SELECT coalesce(sum(p.amount), 0) FROM payment p JOIN payee_match m USING (payee_id)
            JOIN site s ON s.id = m.site_id
            JOIN area a ON a.current AND a.kind = 'lsoa' AND a.code = :code
                AND ST_Intersects(a.geom, s.point)
        """),
        {"code": code},
    ).scalar_one()


def test_pounds_are_exact_and_add_up(found: Penetration, sample: Connection) -> None:
    assert len(found.areas) == 259
    assert sum(area.pounds for area in found.areas) == found.pounds > 0
    assert sum(area.suppliers for area in found.areas) == found.suppliers > 100
    for area in (*found.areas[:3], max(found.areas, key=lambda area: area.suppliers)):
        assert area.pounds == received(sample, area.code)


def test_per_head_and_share_by_their_definitions(found: Penetration) -> None:
    for area in found.areas:
        per_head, share = area.figures["per-head"], area.figures["share"]
        assert per_head.value == pytest.approx(float(area.pounds) / area.residents)
        assert share.value == pytest.approx(float(area.pounds / found.pounds))
    assert sum(values(found, "share")) == pytest.approx(1)


def test_the_catchment_is_that_of_the_ranking(found: Penetration, sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    cells = {area.code: area.indicators["spend"] for area in ranking.areas}
    assert len(cells) == 259
    for area in found.areas:
        figure, cell = area.figures["catchment"], cells[area.code]
        assert figure.value == pytest.approx(cell.value, abs=1e-9)
        assert figure.top_share == (
            None if cell.beside["top_share"] is None else pytest.approx(cell.beside["top_share"])
        )


def test_without_a_register_of_business_rates_nothing_is_per_business(found: Penetration) -> None:
    assert found.premises is None
    assert found.rate is None
    for area in found.areas:
        assert area.premises is None
        for variant in PER_PREMISES:
            figure = area.figures[variant]
            assert figure.value is None
            assert figure.reason == "no register of business rates covers this district"
            assert applies(figure.reason)


def test_intervals_hold_together(found: Penetration) -> None:
    for area in found.areas:
        for variant in ("catchment", "per-head", "share"):
            figure = area.figures[variant]
            assert (figure.low is None) == (figure.high is None)
            if figure.low is not None:
                assert figure.low <= figure.high
        if not area.suppliers:
            assert area.figures["per-head"].low is None
        if area.suppliers == 1 and area.pounds > 0:
            # One supplier is not drawn in more than a third of the draws.
            assert area.figures["per-head"].low == 0
            assert area.figures["per-head"].top_share == 1
            assert area.figures["per-head"].high >= 2 * area.figures["per-head"].value * (1 - 1e-9)
    assert any(area.suppliers == 1 for area in found.areas)
    assert any(area.suppliers == 0 for area in found.areas)


def test_the_same_data_and_seed_give_the_same_bytes(
    sample_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = set()
    for _ in range(2):
        monkeypatch.setattr(
            "geo_wealth.pipeline.penetration_table._MEMORY", Memory[Penetration](size=1)
        )
        with sample_engine.connect() as connection:
            document = penetration_document(penetration(connection, "E08000034", "imd2019"))
        texts.add(orjson.dumps(document))
    assert len(texts) == 1
    assert document["interval"]["seed"] == 1
    assert document["interval"]["draws"] == 1000


def test_premises_count_once_whatever_lists_them(covered: Penetration) -> None:
    assert [area.premises for area in covered.areas] == [place % 8 for place in range(259)]
    assert covered.premises == sum(place % 8 for place in range(259))


def test_few_premises_are_not_applicable_which_is_not_zero(covered: Penetration) -> None:
    for place, area in enumerate(covered.areas):
        for variant in PER_PREMISES:
            figure = area.figures[variant]
            if place % 8 < 5:
                assert figure.value is figure.low is figure.top_share is None
                assert figure.reason.startswith("not applicable: it has ")
                assert not applies(figure.reason)
            else:
                assert figure.reason is None
                assert figure.value is not None
    assert "it has four rated premises, fewer than the 5" in (
        covered.areas[4].figures["per-business"].reason or ""
    )


def test_per_business_and_quotient_by_their_definitions(covered: Penetration) -> None:
    area = covered.areas[PAID_AT]
    assert area.pounds >= Decimal("6335175.60")  # of the two that the register placed
    assert area.figures["per-business"].value == pytest.approx(float(area.pounds) / 7)
    due = 7 / covered.premises
    expected = float(area.pounds / covered.pounds) / due
    assert area.figures["location-quotient"].value == pytest.approx(expected)
    assert area.figures["location-quotient"].top_share == area.figures["per-head"].top_share


def test_the_rate_counts_the_same_premises_above_and_below(covered: Penetration) -> None:
    paid = [area.paid for area in covered.areas]
    assert paid[PAID_AT] == 2
    assert sum(paid) == 2
    assert covered.elsewhere == covered.suppliers - 2
    y, n = np.array(paid, dtype=float), np.arange(259.0) % 8
    expected = smooth(y, n, prior(y, n))
    got = covered.areas[PAID_AT].figures["supplier-rate"]
    assert got.value == pytest.approx(expected[PAID_AT])
    assert 2 / covered.premises < got.value < 2 / 7
    assert got.low < got.value < got.high <= 1
    assert got.top_share is None
    other = covered.areas[PERSON_AT].figures["supplier-rate"]
    assert other.value == pytest.approx(expected[PERSON_AT])
    assert other.low is other.high is None


def test_a_sole_trader_is_in_no_figure(covered: Penetration, rated: Connection) -> None:
    """Paid half a million, and at rated premises: of that no figure says anything."""
    paid = rated.execute(
        text("""
            SELECT sum(amount) FROM payment JOIN payee ON payee.id = payee_id
            WHERE lower(name) = lower(:name)
        """),
        {"name": PERSON},
    ).scalar_one()
    assert paid > 500_000
    area = covered.areas[PERSON_AT]
    assert area.paid == 0
    assert area.pounds == received(rated, area.code) < paid
    individuals = rated.execute(
        text("""
            SELECT count(*) FROM payee_match m JOIN payee y ON y.id = m.payee_id
            JOIN organisation o ON o.name_key = y.name_key WHERE o.individual
        """)
    ).scalar_one()
    assert individuals == 0


def altered(connection: Connection, change: str) -> Penetration:
    """Work out after a change that is rolled back; its own version keeps it from the memory."""
    connection.execute(text(change))
    connection.execute(
        text("UPDATE dataset SET generation = generation + 1000 + :own"), {"own": len(change)}
    )
    return penetration(connection, "E08000034", "imd2019")


def test_an_individual_is_left_out_even_where_one_was_placed(
    rated: Connection, covered: Penetration
) -> None:
    changed = altered(
        rated,
        f"UPDATE organisation SET individual = true WHERE kind = 'business-rates' "
        f"AND name = '{PAID[0]}'",
    )
    assert changed.areas[PAID_AT].paid == 1
    assert changed.areas[PAID_AT].suppliers == covered.areas[PAID_AT].suppliers - 1
    assert covered.pounds - changed.pounds == Decimal("4558989.50")


def test_what_suppliers_pay_is_no_spend_of_the_payers(rated: Connection) -> None:
    changed = altered(rated, "UPDATE dataset SET kind = 'supply-chain' WHERE kind = 'ledger'")
    assert changed.pounds == 0
    figures = [each for area in changed.areas for each in area.figures.values()]
    assert {figure.reason for figure in figures} == {"no ledger is loaded"}
    assert {area.pounds for area in changed.areas} == {None}


def test_unknown_district_or_index(sample: Connection) -> None:
    with pytest.raises(NotFoundError, match="E08000099"):
        penetration(sample, "E08000099", "imd2019")
    with pytest.raises(InvalidRequestError, match="imd2019, imd2025"):
        penetration(sample, "E08000034", "imd2010")


@pytest.mark.parametrize("variant", SPEND_VARIANTS)
def test_a_ranking_weighs_any_measure_and_says_which(
    rated: Connection, covered: Penetration, variant: str
) -> None:
    request = replace(KIRKLEES, weights={"spend": 1.0}, spend_variant=variant)
    ranking = build_ranking(rated, request)
    by_code: dict[str, Neighbourhood] = {area.code: area for area in covered.areas}
    for area in ranking.areas:
        expected = by_code[area.code].figures[variant].value
        assert area.indicators["spend"].value == pytest.approx(expected, abs=1e-9)
        assert area.indicators["spend"].unit == SPEND_VARIANTS[variant].unit
    ordered = [area.indicators["spend"].value for area in ranking.areas]
    assert ordered == sorted(ordered)
    assert ordered == pytest.approx(sorted(values(covered, variant)), abs=1e-9)
    left_out = {area.code for area in ranking.not_ranked}
    few = {area.code for place, area in enumerate(covered.areas) if place % 8 < 5}
    assert left_out == (few if variant in PER_PREMISES else set())
    document = ranking_document(ranking)["ranking"]
    assert document["spend_variant"] == variant
    assert document["definition"] == {"catchment": "catchment-1200m"}.get(variant, variant)
    name = SPEND_VARIANTS[variant].name
    assert f"measured by {name[0].lower()}{name[1:]}" in context_line(ranking)
    header, rows = ranking_rows(ranking)
    assert rows[0][header.index("spend_unit")] == SPEND_VARIANTS[variant].unit
    assert thaw(freeze(ranking), ranking.id) == ranking


@pytest.mark.parametrize("variant", SPEND_VARIANTS)
def test_every_measure_is_told_in_a_sentence(rated: Connection, variant: str) -> None:
    ranking = build_ranking(rated, replace(KIRKLEES, spend_variant=variant))
    code = members(rated, "E08000034", 2011)[PAID_AT]
    sentence, assets = explain(ranking, code).sentences[2:4]
    expected = {
        "catchment": "For each resident, suppliers within a 15-minute walk received £",
        "per-head": "for each of its residents from the payers loaded",
        "share": "of what those in Kirklees received from the payers loaded",
        "per-business": "for each rated premises in it from the payers loaded",
        "location-quotient": "times its share of the rated premises there",
        "supplier-rate": "of its rated premises hold a supplier that was paid",
    }
    assert expected[variant] in sentence
    walk = "that walk" if variant == "catchment" else "a 15-minute walk"
    assert f"within {walk}" in assets


def test_a_ranking_frozen_before_there_was_a_choice_goes_by_the_catchment(
    sample: Connection,
) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    frozen = json.loads(freeze(ranking))
    assert "spend_variant" not in frozen["request"]  # so that its id is what it was
    assert thaw(freeze(ranking), ranking.id).request.spend_variant == "catchment"
    other = build_ranking(sample, replace(KIRKLEES, spend_variant="per-head"))
    assert other.id != ranking.id
    assert json.loads(freeze(other))["request"]["spend_variant"] == "per-head"


def test_a_measure_that_does_not_exist_is_refused(sample: Connection) -> None:
    with pytest.raises(InvalidRequestError, match="catchment, per-head, share") as caught:
        build_ranking(sample, replace(KIRKLEES, spend_variant="per-mile"))
    assert caught.value.parameter == "spend_variant"


def test_the_catalogue_describes_every_measure() -> None:
    assert list(SPEND_VARIANTS) == ["catchment", *OF_POUNDS, "supplier-rate"]
    for slug, variant in SPEND_VARIANTS.items():
        assert variant.slug == slug
        assert variant.direction == INDICATORS["spend"].direction == -1
        assert described("spend", slug) is variant
        assert described("assets", slug) is INDICATORS["assets"]
    assert len({variant.meaning for variant in SPEND_VARIANTS.values()}) == 6
    assert len({variant.name for variant in SPEND_VARIANTS.values()}) == 6


def test_the_command_prints_writes_and_gives_json(
    sample_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    path = tmp_path / "penetration.csv"
    assert run(["penetration", "--district", "E08000034", "--csv", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Sample data. Kirklees, 259 neighbourhoods of 2011")
    assert "no confidence interval of a population; seed 1" in out
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 259
    assert rows[0]["data"] == "sample data"
    assert rows[0]["per_business"] == ""
    assert rows[0]["per_business_missing_because"].startswith("no register")
    assert run(["penetration", "--district", "E08000034", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document["measures"]) == set(SPEND_VARIANTS)
    assert sum(Decimal(area["pounds"]) for area in document["areas"]) == Decimal(document["pounds"])
    assert run(["penetration", "--district", "E08000034", "--index", "imd1066"]) == 2


def test_the_rank_command_takes_a_measure(
    sample_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    asked = ["rank", "--district", "E08000034", "--spend-variant", "supplier-rate"]
    assert run([*asked, "--weights", "deprivation=1", "--top", "2"]) == 0
    out = capsys.readouterr().out
    assert "spend measured by supplier rate, smoothed" in out
    assert "no data" in out
    assert run([*asked[:-1], "nonsense"]) == 2
