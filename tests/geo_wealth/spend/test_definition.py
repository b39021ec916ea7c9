"""Definitions of local: what is read, what is refused, and which ones mean the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.errors import RefusedFileError
from geo_wealth.spend.definition import (
    AreaTest,
    DecileTest,
    FifthTest,
    PayerTownTest,
    PostcodeTest,
    WithinTest,
    canonical,
    describe,
    parse_definition,
)
from geo_wealth.spend.towns import area_part, district_part, is_district, post_towns, town_of
from geo_wealth.spend.wording import definition_differences

HEAD = 'slug = "mine"\ntitle = "Mine"\n[address]\norder = ["branch"]\n'


def test_dots_in_a_text_are_no_key() -> None:
    about = 'about = "See a.b.c.d.e.f.g.example, and 1.2.3.4.5.6.7 of it."\n'
    kept = parse_definition(KIRKLEES.replace("[address]", about + "[address]"), "mine.toml")
    assert kept.about.startswith("See a.b.c.d.e.f.g")


def local(*lines: str) -> str:
    return HEAD + "[[local]]\n" + "\n".join(lines)


EVERY_TEST = (
    HEAD
    + """
[[local]]
kind = "district"
codes = ["E08000034", "E08000033"]
[[local]]
kind = "ward"
codes = ["E05001389"]
[[local]]
kind = "lsoa"
codes = ["E01011140"]
[[local]]
kind = "postcode-area"
areas = ["hd", "WF"]
[[local]]
kind = "postcode-district"
districts = ["BD19"]
[[local]]
kind = "within"
metres = 1000
of = "district"
code = "E08000034"
[[local]]
kind = "within"
metres = 16093.44
of = "point"
easting = 414500
northing = 416500.5
[[local]]
kind = "within"
metres = 0
of = "payer"
[[local]]
kind = "decile"
index = "imd2019"
deciles = [2, 1]
[[local]]
kind = "decile"
index = "imd2025"
deciles = [1]
district = "E08000034"
[[local]]
kind = "decile"
index = "imd2019"
fifth = "district"
district = "E08000034"
[[local]]
kind = "payer-town"
"""
)


def test_every_kind_of_test_is_read() -> None:
    definition = parse_definition(EVERY_TEST, "mine.toml")
    assert definition.local == (
        AreaTest("district", ("E08000033", "E08000034")),
        AreaTest("ward", ("E05001389",)),
        AreaTest("lsoa", ("E01011140",)),
        PostcodeTest("postcode-area", ("HD", "WF")),
        PostcodeTest("postcode-district", ("BD19",)),
        WithinTest("within", 1000.0, "district", "E08000034"),
        WithinTest("within", 16093.44, "point", None, 414500.0, 416500.5),
        WithinTest("within", 0.0, "payer"),
        DecileTest("decile", "imd2019", (1, 2)),
        DecileTest("decile", "imd2025", (1,), "E08000034"),
        FifthTest("decile", "imd2019", "E08000034"),
        PayerTownTest("payer-town"),
    )
    assert (definition.order, definition.otherwise, definition.version) == (
        ("branch",),
        "unlocated",
        0,
    )
    assert definition.of_payer
    assert definition.codes == ("E01011140", "E05001389", "E08000033", "E08000034")


def test_a_definition_is_described_in_plain_english() -> None:
    definition = parse_definition(EVERY_TEST, "mine.toml")
    assert describe(definition, {"E08000033": "Calderdale", "E08000034": "Kirklees"}) == [
        "The address that counts, best first: branch.",
        "Where only another kind of address is known, the payment is unlocated.",
        "It is local when any of these holds:",
        "- it is in the districts Calderdale or Kirklees",
        "- it is in the ward E05001389",
        "- it is in the lsoa E01011140",
        "- its postcode area is HD or WF",
        "- its postcode district is BD19",
        "- it is within 1,000 m (0.621 miles), straight line, of Kirklees",
        "- it is within 16,093.44 m (10 miles), straight line, of the point 414500, 416500.5",
        "- it is within 0 m (0 miles), straight line, of the payer's premises",
        "- it is in an LSOA of decile 1 or 2 of England by the IMD 2019",
        "- it is in an LSOA in Kirklees of decile 1 of England by the IMD 2025",
        "- it is in the most deprived fifth of the LSOAs of Kirklees by the IMD 2019",
        "- it is in the post town of the payer's premises",
    ]


DISTRICT = 'kind = "district"'
KIRKLEES = local(DISTRICT, 'codes = ["E08000034"]')


@pytest.mark.parametrize(
    "same",
    [
        KIRKLEES.replace("Mine", "Yours").replace("mine", "yours"),
        "# a remark\n" + KIRKLEES.replace("[[local]]", "\n[[local]]   # local"),
        KIRKLEES.replace('["branch"]', '["branch"]\notherwise = "unlocated"'),
        KIRKLEES.replace('["E08000034"]', '["E08000034", "E08000034"]'),
        KIRKLEES + "\n[[local]]\n" + 'kind = "district"\ncodes = ["E08000034"]',
    ],
)
def test_words_and_remarks_do_not_change_what_it_means(same: str) -> None:
    ours, theirs = parse_definition(KIRKLEES, "a"), parse_definition(same, "b")
    assert (ours.hash, canonical(ours)) == (theirs.hash, canonical(theirs))
    assert definition_differences(ours, theirs) == []


@pytest.mark.parametrize(
    "other",
    [
        KIRKLEES.replace("E08000034", "E08000033"),
        KIRKLEES.replace('"branch"', '"registered"'),
        KIRKLEES.replace('["branch"]', '["branch"]\notherwise = "use"'),
        KIRKLEES.replace('["branch"]', '["branch", "site"]'),
    ],
)
def test_another_meaning_has_another_hash_and_is_told_in_words(other: str) -> None:
    ours, theirs = parse_definition(KIRKLEES, "a"), parse_definition(other, "b")
    assert ours.hash != theirs.hash
    assert definition_differences(ours, theirs)


def test_a_difference_names_what_is_added_and_what_is_left_out() -> None:
    old = parse_definition(local(DISTRICT, 'codes = ["E08000034", "E08000036"]'), "a")
    new = parse_definition(local(DISTRICT, 'codes = ["E08000034", "E08000032"]'), "b")
    names = {"E08000032": "Bradford", "E08000034": "Kirklees", "E08000036": "Wakefield"}
    assert definition_differences(replace(old, version=1), replace(new, version=2), names) == [
        "mine@2 also counts an address as local when it is in the district Bradford.",
        "mine@2 does not count an address as local when it is in the district Wakefield.",
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("slug = ", "mine.toml is not a TOML file"),
        ("x = 1\n" * 40_000, "240,000 characters; a document may have 100,000"),
        ("x = [" + "1, " * 700 + "]", "line 1, has 2,106 characters; a line may have 2,000"),
        ("\na.b.c.d.e.f.g = 1", "line 2, has a key with more than 5 dots"),
        ("x = {'a'.b . c.d.e.f.\"g\" = 1}", "line 1, has a key with more than 5 dots"),
        ("[[a.b.c.d.e.f.g]]", "line 1, has a key with more than 5 dots"),
        (KIRKLEES.replace("mine", "2-mine"), "to begin with a letter, such as my-district"),
        ('title = "T"', "'slug' is missing; write slug ="),
        (KIRKLEES.replace('"mine"', '"My District"'), "2 to 60 small letters"),
        (KIRKLEES.replace('"mine"', '"m"'), "2 to 60 small letters"),
        (KIRKLEES.replace('"mine"', '"mïne"'), "2 to 60 small letters"),
        (KIRKLEES.replace('title = "Mine"', ""), "'title' is missing"),
        (KIRKLEES.replace('"Mine"', "3"), "'title' has to be a text in quotes"),
        (KIRKLEES.replace('"Mine"', f'"{"m" * 121}"'), "121 characters; 120 is the most"),
        ("abuot = 1\n" + KIRKLEES, "there is no key 'abuot'; the keys here are slug, title"),
        (KIRKLEES.replace("order", "ordre"), "[address]: there is no key 'ordre'"),
        (KIRKLEES.replace("[address]", "[adress]"), "there is no key 'adress'"),
        (KIRKLEES.replace('["branch"]', "[]"), "'order' is empty; give at least one"),
        (KIRKLEES.replace('["branch"]', '["office"]'), "'office'; allowed are site, branch"),
        (KIRKLEES.replace('["branch"]', '"branch"'), "'order' has to be a list of texts"),
        (KIRKLEES.replace('["branch"]', '["branch"]\notherwise = "maybe"'), "unlocated and use"),
        (HEAD, "nothing says what is local; add a [[local]]"),
        (HEAD + 'local = "here"', "[address]: there is no key 'local'"),
        (local('kind = "county"'), "[[local]] 1: 'kind' is 'county'; it has to be one of district"),
        (local('codes = ["E08000034"]'), "'kind' is missing"),
        (local(DISTRICT), "'codes' has to be a list of texts"),
        (local(DISTRICT, "codes = []"), "'codes' is empty"),
        (local(DISTRICT, 'codes = ["Kirklees"]'), "'Kirklees', no code of a district"),
        (local(DISTRICT, 'codes = ["E05001389"]'), "one looks like E08000034"),
        (local(DISTRICT, 'codes = ["E08000034"]', "metres = 5"), "there is no key 'metres'"),
        (local('kind = "postcode-area"', 'areas = ["HD1"]'), "'HD1' is not a postcode area"),
        (local('kind = "postcode-district"', 'districts = ["HD"]'), "not a postcode district"),
        (local('kind = "within"', "metres = 5"), "'of' is missing"),
        (local('kind = "within"', 'metres = "5"', 'of = "payer"'), "a number without quotes"),
        (local('kind = "within"', "metres = nan", 'of = "payer"'), "from 0 to 2,000,000"),
        (local('kind = "within"', "metres = -1", 'of = "payer"'), "from 0 to 2,000,000"),
        (local('kind = "within"', "metres = true", 'of = "payer"'), "a number without quotes"),
        (
            local('kind = "within"', "metres = 5", 'of = "payer"', 'code = "E08000034"'),
            "there is no key 'code'",
        ),
        (local('kind = "within"', "metres = 5", 'of = "district"'), "'code' is missing"),
        (
            local('kind = "within"', "metres = 5", 'of = "point"', "easting = -1"),
            "from 0 to 700,000",
        ),
        (local('kind = "decile"', "deciles = [1]"), "'index' is missing"),
        (local('kind = "decile"', 'index = "imd2019"', "deciles = [11]"), "allowed are 1 to 10"),
        (local('kind = "decile"', 'index = "imd2019"', "deciles = []"), "list of whole numbers"),
        (local('kind = "decile"', 'index = "imd2019"', 'fifth = "district"'), "'district' is mis"),
        (
            local('kind = "decile"', 'index = "imd2019"', 'fifth = "district"', "deciles = [1]"),
            "exclude each other",
        ),
        ('slug = "mine"\ntitle = "T"\naddress = 5', "'address' has to be a table"),
        ("a = " + "[" * 1_900, "is not a TOML file"),
        (KIRKLEES.replace("Mine", "M\\u0000"), "'title' holds a character that cannot be shown"),
        (KIRKLEES.replace("E08000034", "E08\\u001b"), "'codes' holds a character that cannot"),
        (f"{'k' * 1_900} = 1", "there is no key 'kkk"),
    ],
)
def test_a_malformed_definition_is_refused_in_a_sentence(document: str, said: str) -> None:
    with pytest.raises(RefusedFileError) as refusal:
        parse_definition(document, "mine.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("mine.toml")
    assert len(str(refusal.value)) < 400


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(RefusedFileError):
        parse_definition(text, "mine.toml")


def test_post_towns_share_no_postcode_district() -> None:
    held = [district for districts in post_towns().values() for district in districts]
    assert len(held) == len(set(held))
    assert all(is_district(district) for district in held)


def test_the_parts_of_a_postcode_and_its_town() -> None:
    assert (area_part("HD1 2TT"), district_part("HD1 2TT")) == ("HD", "HD1")
    assert town_of("HD1 2TT") == "Huddersfield"
    assert town_of("HD6 1AA") == "Brighouse"
    assert town_of("BD19 3RD") == "Cleckheaton"
    assert town_of("EC1A 1BB") is None
