"""The facts of a pilot area in print: what it is, and what changed against the drawn best."""

from collections.abc import Callable
from dataclasses import dataclass

from geo_wealth.drawing.facts import FIRST, SetFacts
from webmap.wording import count, index_name, number, ordinal, pounds

NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: what it is called, its value here and in the best drawing, what changed.

    ``best`` is None where what is shown is the best drawing; ``change`` is empty where nothing
    changed or where a difference says nothing.
    """

    name: str
    now: str
    best: str | None
    change: str

    @property
    def beside(self) -> str:
        """Say what the best drawing has instead; empty where it has the same."""
        if self.best is None or self.best == self.now:
            return ""
        change = f"{self.change} against " if self.change else ""
        return f"{change}{self.best} in the best drawing"


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    print: Callable[[SetFacts], str]
    value: Callable[[SetFacts], float | None] | None = None
    decimals: int = 0
    unit: str = ""


def lines(shown: SetFacts, best: SetFacts | None, index: str) -> list[Line]:
    """List the facts of a set of areas beside those of the best drawing.

    Parameters
    ----------
    best
        None where what is shown is the best drawing itself.
    index
        The deprivation index, by its slug.
    """
    return [
        Line(
            fact.name,
            fact.print(shown),
            None if best is None else fact.print(best),
            "" if best is None else _change(fact, shown, best),
        )
        for fact in _facts(index)
    ]


def _facts(index: str) -> list[_Fact]:
    return [
        _Fact("Neighbourhoods", lambda f: str(len(f.places)), lambda f: len(f.places)),
        _Fact("Residents", residents_text, lambda f: f.residents),
        _Fact(
            "Score, average over residents",
            lambda f: number(f.mean_score, 3),
            lambda f: f.mean_score,
            3,
        ),
        _Fact("Reach: residents times score", lambda f: number(f.reach, 0), lambda f: f.reach),
        _Fact("Ranks", ranks_text),
        _Fact(
            "Among the most deprived tenth of England",
            decile_text,
            lambda f: f.in_decile_1,
        ),
        _Fact(
            f"{index_name(index)} score, average over residents",
            lambda f: number(f.index_score, 1),
            lambda f: f.index_score,
            1,
        ),
        _Fact(
            "Across: longest straight line between two centres",
            lambda f: metres_text(f.across_m),
            lambda f: f.across_m,
            0,
            "m",
        ),
        _Fact(
            "From home to the middle, straight line, on average",
            lambda f: metres_text(f.from_middle_m),
            lambda f: f.from_middle_m,
            0,
            "m",
        ),
        _Fact(
            "Compactness of its outline (1 is a circle)",
            lambda f: number(f.compactness, 2),
            lambda f: f.compactness,
            2,
        ),
        _Fact("Connected", connected_text),
        _Fact("Wards", wards_text),
        _Fact("Buildings that may be transferred", buildings_text, lambda f: _of(f, "eligible")),
        _Fact("Anchor institutions", _inside_text("anchors"), lambda f: _of(f, "anchors")),
        _Fact("Suppliers paid", _inside_text("suppliers"), lambda f: _of(f, "suppliers")),
        _Fact("Paid to those suppliers", pounds_text),
    ]


def residents_text(facts: SetFacts) -> str:
    """Print how many live there, or whose residents are not known."""
    if facts.residents is None:
        return f"not known for {', '.join(facts.without_residents)}"
    return number(facts.residents, 0)


def metres_text(metres: float | None) -> str:
    """Print metres to the metre, as the sentences about drawings do."""
    return NOT_KNOWN if metres is None else f"{metres:,.0f}\u00a0m"


def ranks_text(facts: SetFacts) -> str:
    """Print from which rank to which its areas are."""
    if facts.best_rank is None or facts.worst_rank is None:
        return NOT_KNOWN
    if facts.best_rank == facts.worst_rank:
        return ordinal(facts.best_rank)
    first = f"{facts.in_first} of {len(facts.places)} among the first {FIRST}"
    return f"{ordinal(facts.best_rank)} to {ordinal(facts.worst_rank)}, {first}"


def decile_text(facts: SetFacts) -> str:
    """Print how many are among the most deprived tenth, and of how many nobody knows."""
    unknown = facts.decile_unknown
    if unknown == len(facts.places):
        return NOT_KNOWN
    told = f"{facts.in_decile_1} of {len(facts.places)}"
    return f"{told}, and {unknown} of which it is not known" if unknown else told


def connected_text(facts: SetFacts) -> str:
    """Print whether it hangs together."""
    return "yes" if facts.connected else f"no: {count(len(facts.parts), 'part')}"


def wards_text(facts: SetFacts) -> str:
    """Name the wards with the number of areas of each."""
    return ", ".join(f"{name or code or 'no ward'} ({areas})" for code, name, areas in facts.wards)


def buildings_text(facts: SetFacts) -> str:
    """Print how many buildings may be taken over, and of how many nobody knows."""
    inside = facts.inside
    if inside is None or inside.eligible is None:
        return "no list of buildings loaded"
    if not inside.unknown:
        return number(inside.eligible, 0)
    return f"{inside.eligible:,}, and {inside.unknown:,} of which it is not known"


def pounds_text(facts: SetFacts) -> str:
    """Print the pounds, or why they are not shown."""
    inside = facts.inside
    if inside is None:
        return NOT_KNOWN
    hidden = f"not shown: {inside.pounds_because}" if inside.pounds_because else ""
    if inside.pounds is None:
        return hidden or NOT_KNOWN
    told = pounds(float(inside.pounds))
    if not hidden:
        return told
    return f"{told} in {inside.pounds_areas} of its {len(facts.places)} neighbourhoods; {hidden}"


def _inside_text(field: str) -> Callable[[SetFacts], str]:
    def told(facts: SetFacts) -> str:
        found = _of(facts, field)
        return f"no list of {field} loaded" if found is None else number(found, 0)

    return told


def _of(facts: SetFacts, field: str) -> float | None:
    return None if facts.inside is None else getattr(facts.inside, field)


def _change(fact: _Fact, shown: SetFacts, best: SetFacts) -> str:
    """Print the difference of the values as they are printed."""
    if fact.value is None:
        return ""
    now, before = fact.value(shown), fact.value(best)
    if now is None or before is None:
        return ""
    change = round(now, fact.decimals) - round(before, fact.decimals)
    if not round(change, fact.decimals):
        return ""
    text = f"{'+' if change > 0 else '−'}{abs(change):,.{fact.decimals}f}"
    return f"{text}\u00a0{fact.unit}" if fact.unit else text
