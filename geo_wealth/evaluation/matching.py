"""Comparison areas: those most like the pilot areas before the start, chosen once for all."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from geo_wealth.errors import InvalidRequestError

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

KINDS = {"domain": 1.0, "history": 1.0, "residents": 0.25}
"""What each kind of covariate counts in all; residents little, as LSOAs are drawn to be alike."""

EQUAL = 9
"""Distances that agree to this many decimals are equal, so that ties break alike anywhere."""


@dataclass(frozen=True, slots=True)
class Covariates:
    """What areas are matched on.

    Attributes
    ----------
    codes
        (n,) each once: pilot areas and pool, in any order.
    names
        (k,) covariates.
    weights
        (k,) what each counts in the distance, above 0: see :func:`importance`.
    values
        (n, k) known before the start; NaN: unknown.
    classes
        (n,) rural-urban class, matched exactly; None: unknown.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    weights: Floats
    values: Floats
    classes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A pilot area and its comparison areas, the nearest first, with their distances."""

    pilot: str
    comparisons: tuple[str, ...]
    distances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """Comparison areas, and what could not be done.

    Attributes
    ----------
    groups
        One for each matched pilot area, by code; empty when the pool is too small.
    matches
        Comparison areas to each pilot area; fewer than asked when the pool is small.
    names, dropped
        Covariates matched on; those that no area has a value for.
    pool
        Codes of the areas that could be chosen.
    lacking, unmatched
        Codes of the pool, and of the pilot, left out because a covariate is unknown.
    loosened
        Classes with too few areas in the pool, whose pilot areas were matched across classes.
    notes
        A sentence for everything above that is not as asked.
    """

    groups: tuple[Group, ...]
    matches: int
    names: tuple[str, ...]
    dropped: tuple[str, ...]
    pool: tuple[str, ...]
    lacking: tuple[str, ...]
    unmatched: tuple[str, ...]
    loosened: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of the comparison areas, in order."""
        return tuple(sorted(code for group in self.groups for code in group.comparisons))


@dataclass(frozen=True, slots=True)
class Space:
    """Areas as points: complete, by code, scaled so that straight distance is the distance.

    Attributes
    ----------
    points
        (n, k) covariates over their standard deviation, times the root of their weight.
    classes
        (n,) numbers of classes; areas of different classes are not matched.
    """

    codes: tuple[str, ...]
    points: Floats
    classes: Indices

    def among(self, codes: Collection[str]) -> "Space":
        """Keep some of the areas, without moving any."""
        places = [place for place, code in enumerate(self.codes) if code in codes]
        return Space(
            tuple(self.codes[place] for place in places), self.points[places], self.classes[places]
        )


def importance(
    names: Sequence[str], kinds: Sequence[str], shares: Mapping[str, float]
) -> tuple[float, ...]:
    """Say what each covariate counts.

    Parameters
    ----------
    names, kinds
        (k,) covariates, each a ``domain``, ``history`` or ``residents``.
    shares
        Of domains by name: what the index itself gives each; others share their kind alike.

    Returns
    -------
    tuple of float
        (k,) that sum to :data:`KINDS` in each kind that is there.
    """
    raw = [
        shares[name] if kind == "domain" else 1.0 for name, kind in zip(names, kinds, strict=True)
    ]
    sums = {
        kind: sum(part for part, its in zip(raw, kinds, strict=True) if its == kind)
        for kind in kinds
    }
    return tuple(part / sums[kind] * KINDS[kind] for part, kind in zip(raw, kinds, strict=True))


def match(
    pilot: Collection[str], pool: Collection[str], covariates: Covariates, matches: int
) -> Matched:
    """Choose comparison areas by optimal matching without replacement.

    The distance is standardised Euclidean: the root of the weighted sum of squared differences,
    each over the covariate's standard deviation among pilot and pool. Not Mahalanobis: that
    counts the small difference of two near-equal domains as much as deprivation itself (Gu and
    Rosenbaum 1993), and forgets what the index weighs. The sum of distances is the smallest
    there is (Rosenbaum 1989), within the rural-urban class where that is known.

    Parameters
    ----------
    pilot
        Codes of the pilot areas.
    pool
        Codes that may be chosen: without the pilot and the areas that touch it.
    matches
        Comparison areas to each pilot area.

    Raises
    ------
    InvalidRequestError
        When a pilot area is in the pool, or an area has no row of covariates.
    """
    _check(pilot, pool, covariates)
    kept, dropped = useful(covariates, {*pilot, *pool})
    space = space_of(kept, {*pilot, *pool})
    have = set(space.codes)
    rows = [place for place, code in enumerate(space.codes) if code in set(pilot)]
    columns = [place for place, code in enumerate(space.codes) if code not in set(pilot)]
    possible = min(matches, len(columns) // len(rows)) if rows else 0
    allowed, loosened = allowed_pairs(space.classes[rows], space.classes[columns], possible)
    groups: tuple[Group, ...] = ()
    if possible:
        chosen = assign(cdist(space.points[rows], space.points[columns]), allowed, possible)
        groups = tuple(
            _group(space, row, [columns[place] for place in found])
            for row, found in zip(rows, chosen, strict=True)
        )
    names = _class_names(covariates, space, loosened)
    return Matched(
        groups,
        possible,
        kept.names,
        dropped,
        tuple(space.codes[place] for place in columns),
        tuple(sorted(set(pool) - have)),
        tuple(sorted(set(pilot) - have)),
        names,
        tuple(_notes(matches, possible, dropped, set(pilot) - have, set(pool) - have, names)),
    )


def useful(covariates: Covariates, codes: Collection[str]) -> tuple[Covariates, tuple[str, ...]]:
    """Drop the covariates that no area among ``codes`` has; give what is left, and their names."""
    among = set(codes)
    there = [place for place, code in enumerate(covariates.codes) if code in among]
    some = np.asarray(np.any(~np.isnan(covariates.values[there]), axis=0), dtype=np.bool_)
    return Covariates(
        covariates.codes,
        tuple(name for name, known in zip(covariates.names, some, strict=True) if known),
        covariates.weights[some],
        covariates.values[:, some],
        covariates.classes,
    ), tuple(name for name, known in zip(covariates.names, some, strict=True) if not known)


def space_of(covariates: Covariates, codes: Collection[str]) -> Space:
    """Place complete areas among ``codes``, by code, in the space of distances."""
    wanted = set(codes)
    complete = np.asarray(np.all(~np.isnan(covariates.values), axis=1), dtype=np.bool_)
    order = sorted(
        (
            place
            for place, code in enumerate(covariates.codes)
            if code in wanted and complete[place]
        ),
        key=lambda place: covariates.codes[place],
    )
    values = covariates.values[order]
    spread = values.std(axis=0, ddof=1) if len(order) > 1 else np.zeros(values.shape[1])
    scale = np.sqrt(covariates.weights) / np.where(spread > 0, spread, np.inf)
    known = sorted({its for its in covariates.classes if its is not None})
    numbers = {its: number for number, its in enumerate(known)}
    classes = [numbers.get(covariates.classes[place] or "", -1) for place in order]
    return Space(
        tuple(covariates.codes[place] for place in order),
        values * scale,
        np.array(classes, dtype=np.int64),
    )


def assign(apart: Floats, allowed: NDArray[np.bool_], matches: int) -> Indices:
    """Give each row its own columns, so that the sum of distances is the smallest there is.

    Parameters
    ----------
    apart
        (t, c) distances; of equal ones the earlier column is taken.
    allowed
        (t, c) which pairs may be.
    matches
        Columns to each row, at most c / t.

    Returns
    -------
    array
        (t, matches) places among the columns, the nearest first.

    Raises
    ------
    ValueError
        When there are too few allowed columns.
    """
    cost = np.where(allowed, apart.round(EQUAL), np.inf)
    # No row needs more than its nearest t x matches: all other slots take fewer than these.
    need = len(cost) * matches - 1
    furthest = np.partition(cost, need, axis=1)[:, need, None]
    places = np.flatnonzero((cost <= furthest).any(axis=0))
    nudge = np.arange(len(places)) * 10.0 ** -(EQUAL + 4)  # the earlier of two equals, by code
    slots = np.repeat(cost[:, places] + nudge, matches, axis=0)
    found = places[linear_sum_assignment(slots)[1]].reshape(len(cost), matches)
    order = np.argsort(np.take_along_axis(cost, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)


def allowed_pairs(
    rows: Indices, columns: Indices, matches: int
) -> tuple[NDArray[np.bool_], set[int]]:
    """Tell which pairs share a class, and for which classes that had to be given up.

    Parameters
    ----------
    rows, columns
        (t,) and (c,) numbers of classes; -1: unknown, which among rows goes with any.
    matches
        Columns that each row needs.
    """
    if not (rows >= 0).any():
        return np.ones((len(rows), len(columns)), dtype=np.bool_), set()
    asked, there = Counter(rows.tolist()), Counter(columns.tolist())
    short = {its for its in asked if its >= 0 and there[its] < asked[its] * matches}
    free = np.array([its < 0 or its in short for its in rows.tolist()], dtype=np.bool_)
    return (rows[:, None] == columns[None, :]) | free[:, None], short


def _check(pilot: Collection[str], pool: Collection[str], covariates: Covariates) -> None:
    both = sorted(set(pilot) & set(pool))
    if both:
        raise InvalidRequestError("pool", f"{', '.join(both)} is a pilot area: leave it out.")
    unknown = sorted({*pilot, *pool} - set(covariates.codes))
    if unknown:
        raise InvalidRequestError(
            "covariates", f"{', '.join(unknown[:3])} has no row: give one, empty where unknown."
        )


def _group(space: Space, row: int, found: Sequence[int]) -> Group:
    apart = cdist(space.points[[row]], space.points[found])[0]
    return Group(
        space.codes[row],
        tuple(space.codes[place] for place in found),
        tuple(round(float(value), EQUAL) for value in apart),
    )


def _class_names(covariates: Covariates, space: Space, numbers: set[int]) -> tuple[str, ...]:
    its = dict(zip(covariates.codes, covariates.classes, strict=True))
    return tuple(
        sorted(
            {
                str(its[code])
                for code, number in zip(space.codes, space.classes.tolist(), strict=True)
                if number in numbers
            }
        )
    )


def _notes(
    asked: int,
    matches: int,
    dropped: Sequence[str],
    unmatched: Collection[str],
    lacking: Collection[str],
    loosened: Sequence[str],
) -> list[str]:
    notes = []
    if not matches:
        notes.append("No comparison group: there are fewer areas to choose from than in the pilot.")
    elif matches < asked:
        notes.append(
            f"There are areas for {matches} to each pilot area only, not the {asked} asked for."
        )
    if dropped:
        notes.append(f"Not matched on, as no area has a value: {', '.join(dropped)}.")
    if unmatched:
        notes.append(
            f"Not matched, as a value is unknown: pilot area {', '.join(sorted(unmatched))}."
        )
    if lacking:
        notes.append(f"{len(lacking)} areas could not be chosen, as a value of theirs is unknown.")
    notes.extend(
        f"Too few areas of class {its} to choose from: "
        "its pilot areas were matched with areas of any class."
        for its in loosened
    )
    return notes
