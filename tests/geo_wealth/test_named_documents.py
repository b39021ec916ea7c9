"""Definitions and rule sets in the database: versions, seeding, commands, what tests need."""

import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.queries import named
from geo_wealth.queries.localities import deciles, read_context
from geo_wealth.spend.book import NONE, Sites
from geo_wealth.spend.definition import Definition, parse_definition
from geo_wealth.spend.placing import place
from geo_wealth.store import named as store

Run = Callable[..., tuple[int, str, str]]

HEAD = """
slug = "mine"
title = "Mine"
[address]
order = ["branch", "registered"]
"""
MINE = HEAD + '[[local]]\nkind = "district"\ncodes = ["E08000034"]\n'
CALDERDALE = MINE.replace("E08000034", "E08000033")
READY_DEFINITIONS = {
    *("kirklees", "kirklees-registered-office", "west-yorkshire", "west-yorkshire-and-bordering"),
    *("hd-wf-postcodes", "within-10-miles", "most-deprived-fifth", "anchors-town"),
}
READY_RULES = {"all-payments", "third-party", "third-party-strict", "without-cards"}


def kept(connection: Connection, kind: str) -> dict[str, int]:
    """Give the newest version of each slug."""
    found = named.named_documents(connection, kind)
    return {document.slug: document.version for document in reversed(found)}


def test_a_new_database_holds_the_ready_made_documents(connection: Connection) -> None:
    assert kept(connection, "definition") == dict.fromkeys(READY_DEFINITIONS, 1)
    assert kept(connection, "rules") == dict.fromkeys(READY_RULES, 1)
    assert all(document.ready_made for document in named.named_documents(connection, "rules"))
    assert store.seed_ready(connection) == 0
    assert named.rules(connection, "all-payments").rules == ()


def test_a_ready_made_document_that_changed_becomes_a_new_version(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = MINE.replace('"mine"', '"kirklees"').replace('"branch", ', "")
    shipped = [("definition", changed, parse_definition(changed, "kirklees.toml"))]
    monkeypatch.setattr(store, "ready_made", lambda: shipped)
    assert store.seed_ready(connection) == 1
    assert store.seed_ready(connection) == 0
    assert named.definition(connection, "kirklees").order == ("registered",)
    assert named.definition(connection, "kirklees").version == 2
    assert len(named.definition(connection, "kirklees@1").order) == 4


def test_a_slug_that_users_made_their_own_stays_theirs(connection: Connection) -> None:
    own = CALDERDALE.replace('"mine"', '"kirklees"')
    store.add_document(connection, "definition", own, "own.toml", "an officer")
    assert store.seed_ready(connection) == 0
    assert named.definition(connection, "kirklees").codes == ("E08000033",)
    newest = named.named_document(connection, "definition", "kirklees")
    assert (newest.version, newest.added_by, newest.ready_made) == (2, "an officer", False)
    assert newest.document == own


def test_versions_count_meanings_and_never_change(connection: Connection) -> None:
    def add(document: str) -> tuple[int, bool]:
        parsed, new = store.add_document(connection, "definition", document, "mine.toml")
        return parsed.version, new

    assert add(MINE) == (1, True)
    assert add(MINE.replace("Mine", "Ours") + "# only words") == (1, False)
    assert add(CALDERDALE) == (2, True)
    assert add(MINE) == (3, True), "going back is a new version, so that the newest is meant"
    assert named.definition(connection, "mine@2").codes == ("E08000033",)
    assert named.definition(connection, "mine@1").hash == named.definition(connection, "mine").hash


def test_officers_who_add_at_once_take_turns(engine: Engine) -> None:
    documents = [MINE.replace("E08000034", f"E0800003{last}") for last in range(2, 7)] * 2

    def add(document: str) -> int:
        with engine.begin() as connection:
            return store.add_document(connection, "definition", document, "mine.toml")[0].version

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(add, documents))
    with engine.connect() as connection:
        versions = [
            document.version
            for document in named.named_documents(connection, "definition")
            if document.slug == "mine"
        ]
    assert versions == list(range(len(versions), 0, -1))
    assert set(given) == set(versions)


@pytest.mark.parametrize("reference", ["", "My District", "kirklees@", "kirklees@0", "a@1@2", "é"])
def test_a_reference_of_another_form_is_refused(connection: Connection, reference: str) -> None:
    with pytest.raises(InvalidRequestError, match="kirklees@1 for a version"):
        named.definition(connection, reference)


@pytest.mark.parametrize("reference", ["nowhere", "kirklees@99", "kirklees@999999999"])
def test_what_is_not_kept_is_told_with_what_there_is(
    connection: Connection, reference: str
) -> None:
    with pytest.raises(NotFoundError, match=r"There is no definition .*anchors-town, hd-wf-p"):
        named.definition(connection, reference)


# Commands


@pytest.fixture
def gw(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on an empty database; gives exit status, standard output and error."""
    monkeypatch.setenv("DATABASE_URL", database)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_definition_is_added_listed_shown_and_compared(gw: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8-sig")
    status, out, _ = gw("definition", "add", str(file), "--by", "an officer", "--json")
    added = json.loads(out)
    assert (status, added["slug"], added["version"], added["added"]) == (0, "mine", 1, True)
    status, out, _ = gw("definition", "add", str(file))
    assert (status, "means the same" in out) == (0, True)

    _, out, _ = gw("definition", "list", "--json")
    ours = next(each for each in json.loads(out) if each["slug"] == "mine")
    assert (ours["added_by"], ours["ready_made"], ours["hash"]) == (
        "an officer",
        False,
        added["hash"],
    )
    _, out, _ = gw("definition", "show", "mine", "--json")
    shown = json.loads(out)
    assert shown["document"] == MINE
    assert shown["meaning"]["order"] == ["branch", "registered"]
    assert "the district E08000034" in shown["words"][-1]
    _, out, _ = gw("definition", "diff", "kirklees", "west-yorkshire", "--json")
    compared = json.loads(out)
    assert (compared["same"], compared["from"]["slug"]) == (False, "kirklees")
    (difference,) = compared["differences"]
    assert difference == (
        "west-yorkshire@1 also counts an address as local when it is in the districts "
        "E08000032, E08000033, E08000035 or E08000036."
    )
    _, out, _ = gw("definition", "diff", "kirklees", "kirklees@1")
    assert out == "kirklees@1 and kirklees@1 mean the same.\n"


def test_a_ready_made_rule_set_is_printed_changed_and_added(gw: Run, tmp_path: Path) -> None:
    _, document, _ = gw("rules", "show", "third-party", "--toml")
    file = tmp_path / "ours.toml"
    file.write_text(document, encoding="utf-8")
    assert "means the same" in gw("rules", "add", str(file))[1]
    file.write_text(document.replace('reason = "grants"', 'reason = "gifts"'), encoding="utf-8")
    assert gw("rules", "add", str(file))[1].startswith("Added third-party@2 (")
    _, out, _ = gw("rules", "diff", "third-party@1", "third-party")
    assert out == "third-party@2, grants: the reason is 'gifts', not 'grants'.\n"
    _, out, _ = gw("rules", "list")
    assert "third-party@2" in out
    assert "not known who" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"slug = 1", "mine.toml: 'slug' is missing"),
        (b"\xff\xfe\x00", "mine.toml cannot be read as text"),
        (b"x" * 900_000, "a document may have 100,000"),
    ],
)
def test_a_document_that_is_refused_is_told_in_one_sentence(
    gw: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content.replace(b"slug = 1", b"title = 'T'"))
    status, out, err = gw("rules", "add", str(file))
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_absent_files_and_slugs(gw: Run, tmp_path: Path) -> None:
    assert gw("definition", "add", str(tmp_path / "none.toml"))[::2] == (
        1,
        "none.toml: there is no such file.\n",
    )
    assert gw("definition", "add", str(tmp_path))[0] == 1
    assert gw("definition", "show", "nowhere")[0] == 1
    assert gw("definition", "show", "No Slug")[0] == 2


def test_a_command_brings_back_what_a_database_lacks(gw: Run, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM named_document WHERE slug = 'all-payments'"))
    assert "all-payments@1" in gw("rules", "list")[1]


# What tests of a definition need to know


def sites_at(*points: tuple[float, float], lsoa11: str | None = None) -> Sites:
    """Make sites of one payee at points."""
    count = len(points)
    nothing, texts = (None,) * count, ("",) * count
    numbers = np.zeros(count, dtype=np.int64)
    return Sites(
        id=numbers,
        payee=numbers,
        organisation=numbers,
        name=texts,
        address_kind=numbers,
        stage=texts,
        score=np.ones(count),
        register=texts,
        form=nothing,
        charity=np.zeros(count, dtype=np.bool_),
        postcode=nothing,
        easting=np.array([point[0] for point in points]),
        northing=np.array([point[1] for point in points]),
        lad=nothing,
        ward=nothing,
        lsoa11=(lsoa11,) * count,
        lsoa21=nothing,
        dataset=texts,
    )


HUDDERSFIELD, LEEDS, LONDON = (414500.0, 416500.0), (430195.0, 433246.0), (530000.0, 180000.0)
NOWHERE = (math.nan, math.nan)


def test_distances_from_a_district_are_measured_once_for_each_point(sample: Connection) -> None:
    sites = sites_at(HUDDERSFIELD, LEEDS, LONDON, NOWHERE, HUDDERSFIELD)
    definition = named.definition(sample, "within-10-miles")
    ten_miles = definition.local[0]
    near = read_context(sample, definition, "", sites).near[ten_miles]
    assert near.tolist() == [True, True, False, False, True]
    inside = parse_definition(
        HEAD + '[[local]]\nkind = "within"\nmetres = 0\nof = "district"\ncode = "E08000034"',
        "mine.toml",
    )
    near = read_context(sample, inside, "", sites).near[inside.local[0]]
    assert near.tolist() == [True, False, False, False, True]


def test_distances_from_a_point_include_the_edge(sample: Connection) -> None:
    document = (
        HEAD + '[[local]]\nkind = "within"\nmetres = 500\nof = "point"\neasting = 0\nnorthing = 0'
    )
    definition = parse_definition(document, "mine.toml")
    sites = sites_at((300.0, 400.0), (300.0, 400.1))
    near = read_context(sample, definition, "", sites).near[definition.local[0]]
    assert near.tolist() == [True, False]


def test_the_most_deprived_fifth_is_a_fifth_of_the_district(sample: Connection) -> None:
    definition = named.definition(sample, "most-deprived-fifth")
    chosen = read_context(sample, definition, "", sites_at()).chosen[definition.local[0]]
    assert (chosen.vintage, chosen.closed) == (2011, True)
    assert len(chosen.lsoas) == 259 // 5
    assert "E01011140" in chosen.lsoas, "the most deprived of Kirklees"
    assert chosen.answered is None
    assert chosen.districts == {"E08000034"}


def test_deciles_of_one_district_and_of_england(sample: Connection) -> None:
    start = HEAD + '[[local]]\nkind = "decile"\nindex = "imd2019"\n'
    inside = parse_definition(start + 'deciles = [1]\ndistrict = "E08000034"', "mine.toml")
    chosen = read_context(sample, inside, "", sites_at()).chosen[inside.local[0]]
    assert (len(chosen.lsoas), chosen.closed) == (31, True), "31 of 259, as published"
    everywhere = parse_definition(start + "deciles = [1]", "mine.toml")
    chosen = read_context(sample, everywhere, "", sites_at()).chosen[everywhere.local[0]]
    assert len(chosen.answered or ()) == 259
    assert (len(chosen.lsoas), chosen.closed) == (31, False), "the rest of England is not loaded"


def test_districts_are_complete_where_all_their_polygons_are_loaded(sample: Connection) -> None:
    definition = named.definition(sample, "west-yorkshire")
    context = read_context(sample, definition, "", sites_at())
    assert context.complete == {"E08000034"}


def test_the_decile_of_a_site_is_that_of_its_lsoa(sample: Connection) -> None:
    index, found = deciles(sample, sites_at(LEEDS, lsoa11="E01011140"))
    assert (index, found.tolist()) == ("imd2019", [1])
    _, found = deciles(sample, sites_at(LEEDS))
    assert found.tolist() == [NONE]


def test_the_town_of_an_anchor(sample: Connection) -> None:
    row = sample.execute(
        text("""
            SELECT o.name, s.postcode FROM organisation o
            JOIN site s ON s.organisation_id = o.id
            WHERE o.kind = 'anchors' AND s.postcode LIKE 'HD1 %' ORDER BY o.name LIMIT 1
        """)
    ).one()
    definition = named.definition(sample, "anchors-town")
    context = read_context(sample, definition, row.name.upper(), sites_at())
    assert context.town == {"HD1", "HD2", "HD3", "HD4", "HD5", "HD7", "HD8"}
    with pytest.raises(NotFoundError, match="No register of anchors has premises of Nobody"):
        read_context(sample, definition, "Nobody", sites_at())


def test_payees_with_matches_for_review_are_known(sample: Connection) -> None:
    payee = sample.execute(
        text("""
            INSERT INTO payee_candidate (payee_id, organisation_id, stage, score, band, reason)
            SELECT p.id, o.id, 'fuzzy', 0.5, 'review', 'alike' FROM payee p, organisation o
            WHERE NOT EXISTS (SELECT FROM payee_candidate c WHERE c.payee_id = p.id)
            ORDER BY p.id, o.id LIMIT 1 RETURNING payee_id
        """)
    ).scalar_one()
    context = read_context(sample, named.definition(sample, "kirklees"), "", sites_at())
    assert payee in context.for_review


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("within-10-miles", "load its boundaries with"),
        (
            "most-deprived-fifth",
            "The index imd2019 is not loaded for all neighbourhoods of E08000034",
        ),
        ("anchors-town", "load one with `geo-wealth load register"),
    ],
)
def test_what_is_not_loaded_is_told_with_the_remedy(
    connection: Connection, slug: str, said: str
) -> None:
    with pytest.raises(NotFoundError, match=said):
        read_context(connection, named.definition(connection, slug), "Nobody", sites_at())


def test_an_empty_database_has_no_deciles(connection: Connection) -> None:
    index, found = deciles(connection, sites_at(LEEDS))
    assert (index, found.tolist()) == (None, [NONE])


@pytest.mark.parametrize("slug", sorted(READY_DEFINITIONS - {"anchors-town"}))
def test_every_ready_made_definition_places_the_sample(sample: Connection, slug: str) -> None:
    from geo_wealth.queries.book import read_book  # noqa: PLC0415  (slow to import)

    book, definition = read_book(sample), named.definition(sample, slug)
    placing = place(book, definition, read_context(sample, definition, "", book.sites))
    assert len(placing.state) == len(book.payees)
    assert (placing.state == 1).any()
    widest = replace_tests(definition, named.definition(sample, "west-yorkshire-and-bordering"))
    more = place(book, widest, read_context(sample, widest, "", book.sites))
    assert (more.state[placing.state == 1] == 1).all()


def replace_tests(definition: Definition, other: Definition) -> Definition:
    """Add the tests of another definition; the addresses that count stay."""
    return replace(definition, local=(*definition.local, *other.local))
