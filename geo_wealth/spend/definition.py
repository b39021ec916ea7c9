"""Definitions of local: which address counts, and what makes an address local."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from boundaries.codes import INDEX, kind_of
from geo_wealth.spend.book import ADDRESS_KINDS
from geo_wealth.spend.documents import Node, canonical_json, listed, read_toml, short_hash
from geo_wealth.spend.towns import is_area, is_district

OTHERWISE = ("unlocated", "use")
MAX_TESTS = 50

_AREA_KINDS = {"district": "lad", "ward": "ward", "lsoa": "lsoa"}
_OF = ("district", "point", "payer")
_FARTHEST_M = 2_000_000
_EASTINGS = (0, 700_000)
_NORTHINGS = (0, 1_300_000)


@dataclass(frozen=True, slots=True)
class AreaTest:
    """In one of these districts, wards or LSOAs: ``kind`` is district, ward or lsoa."""

    kind: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostcodeTest:
    """In one of these postcode areas (HD) or districts (HD1)."""

    kind: str
    starts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithinTest:
    """Within ``metres``, straight line, of a district, a point or the payer's premises.

    ``code`` is that of the district; ``easting`` and ``northing`` (EPSG:27700) the point.
    """

    kind: str
    metres: float
    of: str
    code: str | None = None
    easting: float | None = None
    northing: float | None = None


@dataclass(frozen=True, slots=True)
class DecileTest:
    """In an LSOA of these deciles of England by an index, of one district or of all."""

    kind: str
    index: str
    deciles: tuple[int, ...]
    district: str | None = None


@dataclass(frozen=True, slots=True)
class FifthTest:
    """In an LSOA among the most deprived fifth of those of the district, by an index."""

    kind: str
    index: str
    district: str


@dataclass(frozen=True, slots=True)
class PayerTownTest:
    """In the post town of the payer's premises."""

    kind: str


Test = AreaTest | PostcodeTest | WithinTest | DecileTest | FifthTest | PayerTownTest


@dataclass(frozen=True, slots=True)
class Definition:
    """What counts as local.

    Attributes
    ----------
    order
        Kinds of address that count, best first.
    otherwise
        What becomes of a payee with addresses of other kinds only: ``unlocated``, or ``use``
        them in their usual order.
    local
        Tests; any that holds makes an address local.
    version
        As stored; 0 while it is not.
    hash
        Of what it means: slug, title and about do not matter.
    """

    slug: str
    title: str
    about: str
    order: tuple[str, ...]
    otherwise: str
    local: tuple[Test, ...]
    version: int
    hash: str

    @property
    def of_payer(self) -> bool:
        """True when what is local depends on who pays."""
        return any(isinstance(t, PayerTownTest) or _is_payer(t) for t in self.local)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes of areas that it names, in order of code."""
        found = [code for test in self.local for code in _codes(test)]
        return tuple(sorted(set(found)))


def parse_definition(text: str, where: str) -> Definition:
    """Read a definition from TOML.

    Parameters
    ----------
    where
        What to call the document in a refusal: the file's name.

    Raises
    ------
    RefusedFileError
        In one sentence that names document, key and remedy.
    """
    node = read_toml(text, where)
    node.only(("slug", "title", "about", "address", "local"))
    slug, title = node.slug(), node.text("title", required=True, longest=120)
    address = node.table("address")
    address.only(("order", "otherwise"))
    order = address.choices("order", ADDRESS_KINDS)
    otherwise = address.choice("otherwise", OTHERWISE, default="unlocated")
    entries = node.tables("local", MAX_TESTS)
    if not entries:
        node.refuse("nothing says what is local; add a [[local]] with a kind.")
    local = tuple(dict.fromkeys(_test(entry) for entry in entries))
    return Definition(
        slug=slug,
        title=title,
        about=node.text("about"),
        order=order,
        otherwise=otherwise,
        local=local,
        version=0,
        hash=short_hash(_meaning(order, otherwise, local)),
    )


def canonical(definition: Definition) -> str:
    """Write what a definition means as JSON: equal texts, equal numbers."""
    return canonical_json(_meaning(definition.order, definition.otherwise, definition.local))


def _meaning(order: tuple[str, ...], otherwise: str, local: tuple[Test, ...]) -> dict[str, Any]:
    tests = sorted((asdict(test) for test in local), key=canonical_json)
    return {"order": order, "otherwise": otherwise, "local": tests}


def _test(node: Node) -> Test:
    kind = node.choice("kind", tuple(_READERS))
    keys, read = _READERS[kind]
    node.only(("kind", *keys))
    return read(node, kind)


def _area(node: Node, kind: str) -> Test:
    codes = node.texts("codes")
    for code in codes:
        _check_code(node, "codes", code, kind)
    return AreaTest(kind, tuple(sorted(codes)))


def _postcode_area(node: Node, kind: str) -> Test:
    areas = tuple(sorted({area.upper() for area in node.texts("areas")}))
    for area in areas:
        if not is_area(area):
            node.refuse(f"'{area[:20]}' is not a postcode area; write one such as HD.")
    return PostcodeTest(kind, areas)


def _postcode_district(node: Node, kind: str) -> Test:
    districts = tuple(sorted({district.upper() for district in node.texts("districts")}))
    for district in districts:
        if not is_district(district):
            node.refuse(f"'{district[:20]}' is not a postcode district; write one such as HD1.")
    return PostcodeTest(kind, districts)


def _within(node: Node, kind: str) -> Test:
    of = node.choice("of", _OF)
    metres = node.number("metres", 0, _FARTHEST_M)
    belonging = {"district": {"code"}, "point": {"easting", "northing"}, "payer": set()}
    node.only(("kind", "metres", "of", *sorted(belonging[of])))
    if of == "district":
        return WithinTest(kind, metres, of, code=_district(node, "code"))
    if of == "point":
        easting = node.number("easting", *_EASTINGS)
        return WithinTest(kind, metres, of, None, easting, node.number("northing", *_NORTHINGS))
    return WithinTest(kind, metres, of)


def _decile(node: Node, kind: str) -> Test:
    index = node.choice("index", tuple(INDEX))
    if "fifth" in node.values:
        if node.choice("fifth", ("district",)) and "deciles" in node.values:
            node.refuse("'deciles' and 'fifth' exclude each other; leave one of them out.")
        return FifthTest(kind, index, _district(node, "district"))
    deciles = node.whole_numbers("deciles", 1, 10)
    district = _district(node, "district") if "district" in node.values else None
    return DecileTest(kind, index, deciles, district)


def _payer_town(_node: Node, kind: str) -> Test:
    return PayerTownTest(kind)


_READERS = {
    "district": (("codes",), _area),
    "ward": (("codes",), _area),
    "lsoa": (("codes",), _area),
    "postcode-area": (("areas",), _postcode_area),
    "postcode-district": (("districts",), _postcode_district),
    "within": (("metres", "of", "code", "easting", "northing"), _within),
    "decile": (("index", "deciles", "fifth", "district"), _decile),
    "payer-town": ((), _payer_town),
}
KINDS = tuple(_READERS)


def _district(node: Node, key: str) -> str:
    code = node.text(key, required=True)
    _check_code(node, key, code, "district")
    return code


def _check_code(node: Node, key: str, code: str, kind: str) -> None:
    if kind_of(code) != _AREA_KINDS[kind]:
        example = {"district": "E08000034", "ward": "E05001389", "lsoa": "E01011140"}[kind]
        node.refuse(f"'{key}' holds '{code[:20]}', no code of a {kind}; one looks like {example}.")


def _is_payer(test: Test) -> bool:
    return isinstance(test, WithinTest) and test.of == "payer"


def _codes(test: Test) -> tuple[str, ...]:
    if isinstance(test, AreaTest):
        return test.codes
    if isinstance(test, WithinTest):
        return (test.code,) if test.code else ()
    if isinstance(test, DecileTest | FifthTest):
        return (test.district,) if test.district else ()
    return ()


_ADDRESS_WORDS = {
    "site": "delivery site",
    "branch": "branch",
    "registered": "registered office",
    "payment": "payment address",
}


def describe(definition: Definition, names: Mapping[str, str] | None = None) -> list[str]:
    """Say in plain English what a definition counts.

    Parameters
    ----------
    names
        Names by code, where they are known; an area that none is known of goes by its code.
    """
    return [
        *describe_addresses(definition),
        "It is local when any of these holds:",
        *(f"- {describe_test(test, names or {})}" for test in definition.local),
    ]


def describe_addresses(definition: Definition) -> list[str]:
    """Say in plain English which address of a payee counts."""
    order = listed([_ADDRESS_WORDS[kind] for kind in definition.order], last="then")
    lines = [f"The address that counts, best first: {order}."]
    if set(definition.order) < set(ADDRESS_KINDS):
        then = "that one counts" if definition.otherwise == "use" else "the payment is unlocated"
        lines.append(f"Where only another kind of address is known, {then}.")
    return lines


def describe_test(test: Test, names: Mapping[str, str]) -> str:
    """Say in plain English when one test holds."""
    if isinstance(test, AreaTest):
        called = list(dict.fromkeys(names.get(code, code) for code in test.codes))
        plural = "" if len(called) == 1 else "s"
        return f"it is in the {test.kind}{plural} {listed(called, last='or')}"
    if isinstance(test, PostcodeTest):
        return f"its {test.kind.replace('-', ' ')} is {listed(test.starts, last='or')}"
    if isinstance(test, WithinTest):
        return f"it is within {_miles(test.metres)}, straight line, of {_target(test, names)}"
    if isinstance(test, PayerTownTest):
        return "it is in the post town of the payer's premises"
    index = test.index.replace("imd", "IMD ")
    if isinstance(test, FifthTest):
        place = names.get(test.district, test.district)
        return f"it is in the most deprived fifth of the LSOAs of {place} by the {index}"
    deciles = listed([str(decile) for decile in test.deciles], last="or")
    inside = f" in {names.get(test.district, test.district)}" if test.district else ""
    return f"it is in an LSOA{inside} of decile {deciles} of England by the {index}"


def _miles(metres: float) -> str:
    return f"{metres:,.10g} m ({metres / 1609.344:,.3g} miles)"


def _target(test: WithinTest, names: Mapping[str, str]) -> str:
    if test.of == "district":
        return names.get(test.code or "", test.code or "")
    if test.of == "point":
        return f"the point {test.easting:.10g}, {test.northing:.10g}"
    return "the payer's premises"
