"""A decision pack in sentences: what was asked, why here, how sure, what else, what risks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo_wealth.indicators import INDICATORS
from geo_wealth.pack.record import newest, written_down
from geo_wealth.pack.tables import POINTS, names_of
from geo_wealth.pipeline.words import count, index_name, percent
from geo_wealth.queries.rows import Ranking
from webmap import wording
from webmap.pack_chosen import chosen_facts, considered, district, why
from webmap.pack_drawing import drawn_again

Evidence = Mapping[str, Any]
Record = Mapping[str, Any]

OFTEN = 0.9
"""Share of the weightings from which an area is said to be among the first nearly always."""

TOP = "10"


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of the pilot as the table and the reasons have it; None where not known."""

    number: int
    code: str
    name: str
    ward: str | None
    rank: int | None
    span: str | None
    methods: str | None
    often: float | None
    residents: int | None
    score: float | None
    cells: tuple[str, ...]
    sentences: tuple[str, ...]
    reversal: str | None


def standing(record: Record) -> str:
    """Say what was decided, and when."""
    approved = newest(record, "approved")
    if approved is None:
        word = "stopped before approval" if record["state"] == "stopped" else "not approved"
        return f"Proposal, {word}"
    since = "" if record["state"] == "approved" else f"; now {record['state']}"
    return f"Approved on {_told_on(approved)}{since}"


def _told_on(event: Mapping[str, Any]) -> str:
    """Write the date of an event, and when it was written down if that was later."""
    later = later_words(event)
    day = wording.long_date(date.fromisoformat(event["on"]))
    return f"{day} ({later})" if later else day


def later_words(event: Mapping[str, Any]) -> str:
    """Say when an event was written down; nothing when it was at once."""
    day = written_down(event)
    return "" if day is None else f"written down on {wording.long_date(day)}"


def asked(evidence: Evidence, record: Record, areas: Sequence[AreaLine]) -> str:
    """Say which decision is asked for, or was taken."""
    where = f"in {count(len(areas), 'neighbourhood')} of {district(evidence)}{_people(evidence)}"
    first = newest(record, "proposed")
    proposed = "a day not known" if first is None else _told_on(first)
    if newest(record, "approved") is not None:
        return (
            f"A pilot {where}, proposed on {proposed}. Its evidence is frozen since its approval."
        )
    if record["state"] == "stopped":
        return f"A pilot {where} was proposed on {proposed} and stopped before it was approved."
    return f"To approve, or refuse, a pilot {where}. It was proposed on {proposed}."


def reversal_sentence(evidence: Evidence, ranking: Ranking, code: str) -> str | None:
    """Say which smallest change of weights puts an area left out before one of the pilot."""
    rows = evidence["sections"]["ranking"]["results"]["reversals"]
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        return None
    ahead = ""
    if row["ahead"]:
        verb = "is" if row["ahead"] == 1 else "are"
        ahead = f"{count(row['ahead'], 'area')} left out {verb} before it already. "
        ahead = wording.sentence_case(ahead)
    if row["against"] is None:
        return f"{ahead}No choice of weights puts any other area left out before it."
    name = names_of(evidence)[row["against"]][0]
    return (
        f"{ahead}{name} passes it once {_points(row['change'])} of weight moves: "
        f"{moves(ranking.request.weights, row['weights'])}."
    )


def _points(change: float) -> str:
    """Write the weight that moves: half of the sum of all changes."""
    points = POINTS * change
    return "less than 0.1 percentage points" if points < 0.1 else f"{points:.1f} percentage points"


def moves(weights: Mapping[str, float], then: Mapping[str, float]) -> str:
    """Say which weights change, from what to what."""
    parts = [
        f"{INDICATORS[slug].short_name.lower()} from {100 * weights[slug]:.1f} % "
        f"to {100 * then[slug]:.1f} %"
        for slug in INDICATORS
        if abs(then[slug] - weights[slug]) > 5e-4
    ]
    return wording.kept(wording.listed(parts)) or "a change too small to print"


def weights_sentence(weights: Mapping[str, float]) -> str:
    """Say the weights in words."""
    parts = [
        f"{INDICATORS[slug].short_name.lower()} {percent(weights[slug])}" for slug in INDICATORS
    ]
    return wording.kept(wording.listed(parts))


def summary(
    evidence: Evidence, ranking: Ranking, areas: Sequence[AreaLine]
) -> list[tuple[str, str]]:
    """Give the one page for those who read one: a heading and a sentence or two for each."""
    ranks = {area.code: area.rank for area in areas if area.rank is not None}
    weights = weights_sentence(ranking.request.weights)
    drawn = _absent(evidence, "drawing", "No other pilot area was drawn.")
    found = [
        ("Where", _where(evidence, areas)),
        ("Why here", why(evidence, ranks, len(ranking.areas), weights)),
        ("How sure", _how_sure(evidence, areas)),
        ("What would change it", _closest(evidence, ranking)),
        ("What else was considered", considered(evidence, drawn)),
        ("What it will be compared with", _compared(evidence)),
        ("Whether success could be seen", _seen(evidence)),
    ]
    return [(heading, wording.kept(text)) for heading, text in found]


def _where(evidence: Evidence, areas: Sequence[AreaLine]) -> str:
    wards: dict[str, int] = {}
    for area in areas:
        wards[area.ward or "no known ward"] = wards.get(area.ward or "no known ward", 0) + 1
    ordered = sorted(wards.items(), key=lambda item: (-item[1], item[0]))
    named = wording.listed([f"{name} ({number})" for name, number in ordered])
    across = (chosen_facts(evidence) or {}).get("across_m")
    wide = f" The centres of no two are more than {wording.metres(across)} apart." if across else ""
    things = wording.sentence_case(count(len(areas), "neighbourhood"))
    return f"{things} of {district(evidence)}{_people(evidence)}. Wards: {named}.{wide}"


def _how_sure(evidence: Evidence, areas: Sequence[AreaLine]) -> str:
    drawn = drawn_again(evidence)
    section = evidence["sections"].get("robustness")
    known = [area.often for area in areas if area.often is not None]
    if section is None or not known:
        return f"It was not worked out how far the ranks depend on the weights. {drawn}"
    often = sum(share >= OFTEN for share in known)
    draws = section["inputs"]["draws"]
    verb = "is" if 1 in {often, len(areas)} else "are"
    return (
        f"{_of(often, len(areas))} {verb} among the first {TOP} in at least 90 % of {draws:,} "
        f"other weightings. {drawn} This is sensitivity to the weights, not a confidence interval."
    )


def _closest(evidence: Evidence, ranking: Ranking) -> str:
    """Say how firm the lead of the best areas is, and which areas left out rank before others."""
    rows = evidence["sections"]["ranking"]["results"]["reversals"]
    leading = [row for row in rows if not row["ahead"]]
    behind = max((row["ahead"] for row in rows), default=0)
    found = []
    if leading:
        found.append(_lead(evidence, ranking, leading))
    if behind:
        others = wording.sentence_case(count(behind, "neighbourhood"))
        found.append(
            f"{others} left out {'ranks' if behind == 1 else 'rank'} above at least one of these: "
            "a pilot area is drawn as one connected piece, not by ranks alone."
        )
    return " ".join(found) or "None of these is ranked."


def _lead(evidence: Evidence, ranking: Ranking, leading: Sequence[Mapping[str, Any]]) -> str:
    verb = "ranks" if len(leading) == 1 else "rank"
    chosen = len(evidence["plan"]["areas"])
    head = f"{_of(len(leading), chosen)} {verb} above every neighbourhood left out"
    passed = [row for row in leading if row["against"] is not None]
    if not passed:
        return f"{head}, and no choice of weights changes that."
    least = min(passed, key=lambda row: (row["change"], row["code"]))
    names = names_of(evidence)
    return (
        f"{head}. The smallest change of weights that ends this moves {_points(least['change'])} "
        f"of weight: {names[least['against']][0]} then ranks before {names[least['code']][0]} "
        f"({moves(ranking.request.weights, least['weights'])})."
    )


def _of(some: int, every: int) -> str:
    """Say how many of the pilot's neighbourhoods."""
    if every == 1:
        return "It" if some else "Not even it"
    number = wording.sentence_case(wording.number_in_words(some))
    return f"{number} of the {wording.number_in_words(every)} neighbourhoods"


def _compared(evidence: Evidence) -> str:
    section = evidence["sections"].get("comparison")
    if section is None:
        return _absent(evidence, "comparison", "No comparison group was chosen.")
    found = section["results"]
    things = count(len(found["areas"]), "neighbourhood")
    lead = found["verdict"].split(". ")[0].rstrip(".")
    return f"{wording.sentence_case(things)} outside the pilot and not next to it. {lead}."


def _seen(evidence: Evidence) -> str:
    found = power_sentences(evidence)
    if not found and outcomes(evidence):
        return "How large an effect must be to be seen cannot be told of the outcomes loaded."
    if not found:
        return _absent(
            evidence,
            "effect",
            "No outcome is loaded, so it is not known how large an effect must be to be seen.",
        )
    named = "" if evidence["plan"]["outcomes"] else "None was named; of what is loaded, "
    return f"{named}{' '.join(found)}"


def power_sentences(evidence: Evidence) -> list[str]:
    """Say for each outcome which effects cannot be seen."""
    return [
        f"{each['measure']['name']}: {each['power']['sentence']}"
        for each in outcomes(evidence)
        if each.get("power")
    ]


def least_p(design: Mapping[str, Any]) -> str:
    """Say why no p-value is smaller, however large an effect is."""
    one_in = round(1 / design["smallest_p"])
    overlap = (
        f"placebo pilots that overlap repeat each other, and no more than {design['apart']:,} lie "
        "side by side"
    )
    few = f"there are {design['placebos']:,} placebo pilots to compare with"
    return (
        "A p-value is how often a placebo pilot, where nothing was done, changes by as much as the "
        f"pilot. It cannot be below 1 in {one_in:,}, however large the effect, since "
        f"{overlap if design['apart'] < design['placebos'] else few}."
    )


def outcomes(evidence: Evidence) -> list[Mapping[str, Any]]:
    """Give what was worked out of each outcome."""
    section = evidence["sections"].get("effect")
    return [] if section is None else list(section["results"]["measures"])


def _absent(evidence: Evidence, name: str, otherwise: str) -> str:
    return str(evidence["absent"].get(name) or otherwise)


def risks(ranking: Ranking) -> list[str]:
    """List what the evidence cannot bear."""
    placed = ranking.spend.share_located
    found = [*_ALWAYS, f"The {index_name(ranking.request.index)} {_NO_OUTCOME}"]
    if placed is not None:
        found.append(
            f"Of the spending loaded, {percent(placed)} could be placed on the map; where the rest "
            "goes is not known."
        )
    if not ranking.spend.datasets:
        found.append("No ledger is loaded: local spend is not known.")
    if ranking.not_ranked:
        found.append(f"{len(ranking.not_ranked)} neighbourhoods are not ranked, for lack of data.")
    return [wording.kept(text) for text in found]


_ALWAYS = tuple(
    """\
A pilot is a few neighbourhoods: only a large change there can be told from chance.
Areas that stand out in one year tend to be nearer the average in the next, without any pilot \
(regression to the mean). The comparison areas are there to show that.
The ranks describe neighbourhoods, and not the people in them.
Ranges of ranks say how far the ranks depend on the weights and the method. They say nothing of \
errors in the data.
Distances are straight lines, not walks.""".splitlines()
)
_NO_OUTCOME = "chose the areas, and is years old when it appears: it must not judge the pilot."


def _people(evidence: Evidence) -> str:
    found = chosen_facts(evidence)
    if not found or found["residents"] is None:
        return ""
    return f", where {found['residents']:,} people live ({found['residents_from']})"
