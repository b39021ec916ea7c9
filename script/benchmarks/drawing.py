"""Drawing a pilot area for Kirklees, against growth with swaps and against max-p, on the sample.

All sides get the same problem and are judged by the same objective. Max-p (spopt) parts the
whole district into regions of at least so many residents; it knows no cap and no width. Each of
its regions is therefore trimmed to both, by taking out the area of lowest score that leaves it
connected, and filled up again; the best one counts. That is more than max-p was made for, and
all that it can give here.
"""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import partial

import geopandas
import numpy as np
import orjson
import spopt.region
from databases import Server
from libpysal import weights
from measure import Finding, WrongResultError, interleaved, timed

from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.ground import Ground, ground_document
from geo_wealth.drawing.grow import bettered, extend, grown
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.search import Problem, bits, search
from geo_wealth.drawing.sketch import sketch
from geo_wealth.pipeline.drawing import read_ground
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.sample import load_sample
from geo_wealth.pipeline.terrain import district_terrain
from geo_wealth.queries.rows import RankRequest

_KIRKLEES = "E08000034"
_REQUEST = DrawRequest()
_KILO = 1000.0
_FRESH = """
import sys, time
import orjson
document = orjson.loads(sys.stdin.buffer.read())
started = time.perf_counter()
from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.ground import read_ground
from geo_wealth.drawing.request import DrawRequest
draw(read_ground(document), DrawRequest())
print(time.perf_counter() - started)
"""


def compare(on: Server, rounds: int) -> Iterator[Finding]:
    """Time a drawing with its alternatives, and compare what the sides reach."""
    ground = _ground(on)
    problem = sketch(ground, _REQUEST, None).problem
    ours, growth, regions = search(problem), _grown(problem), _max_p(problem)
    reached = {
        "ours": float(ours.value),
        "growth": float(problem.total(growth)),
        "max-p": float(problem.total(regions)),
    }
    if not ours.proved or not all(map(problem.allows, (ours.chosen, growth, regions))):
        raise WrongResultError("a side drew what the request does not allow, or proved nothing.")
    for name in ("growth", "max-p"):
        yield Finding(
            "drawing", f"reach of {name} / ours", reached[name] / reached["ours"], target=1.0
        )
    seconds = interleaved(
        {
            "ours": partial(timed, partial(draw.__wrapped__, ground, _REQUEST)),
            "growth": partial(timed, partial(_grown, problem)),
            "max-p": partial(timed, partial(_max_p, problem)),
        },
        rounds,
    )
    what = f"{len(ground.places)} areas, best and 3 others"
    yield Finding("drawing", what, seconds["ours"] * _KILO, "ms", 2_000, rounds)
    for name in ("growth", "max-p"):
        yield Finding(
            "drawing", f"time / {name}", seconds["ours"] / seconds[name], "x", None, rounds, seconds
        )
    fresh = [_fresh(ground) for _ in range(min(rounds, 5))]
    yield Finding(
        "drawing",
        "in a fresh process, imports too",
        float(np.median(fresh)) * _KILO,
        "ms",
        2_000,
        len(fresh),
    )


def _ground(on: Server) -> Ground:
    with on.database() as engine:
        load_sample(engine)
        with engine.connect() as connection:
            ranking = build_ranking(connection, RankRequest(_KIRKLEES))
            terrain = district_terrain(
                connection, _KIRKLEES, ranking.lsoa_vintage, ranking.request.index
            )
            return read_ground(connection, ranking, terrain)


def _fresh(ground: Ground) -> float:
    """Time the first drawing of a process, with all that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", _FRESH],
        input=orjson.dumps(ground_document(ground)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout)


def _grown(problem: Problem) -> int:
    return bettered(problem, grown(problem), most=10**9)[0]


def _max_p(problem: Problem) -> int:
    """Give the best region of max-p, trimmed to the cap and the width and filled up again."""
    frame = geopandas.GeoDataFrame(
        {
            "people": list(problem.size),
            "score": [
                value / size for value, size in zip(problem.value, problem.size, strict=True)
            ],
        }
    )
    near = {area: list(bits(each)) for area, each in enumerate(problem.touches)}
    np.random.seed(1)  # noqa: NPY002  (spopt draws from it)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = spopt.region.MaxPHeuristic(
            frame, weights.W(near), ["score"], "people", 0.8 * _REQUEST.cap, 1,
            max_iterations_construction=20,
        )  # fmt: skip
        model.solve()
    labels = np.array(model.labels_)
    regions = [
        sum(1 << int(area) for area in np.flatnonzero(labels == label))
        for label in sorted(set(model.labels_))
    ]
    trimmed = [extend(problem, kept) for kept in (_trim(problem, each) for each in regions)]
    return max(trimmed, key=problem.total)


def _trim(problem: Problem, region: int) -> int:
    while not problem.allows(region):
        region ^= next(
            1 << area
            for area in reversed(list(bits(region)))
            if problem.connected(region ^ 1 << area)
        )
    return region
