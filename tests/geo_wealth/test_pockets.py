"""Hidden pockets, by hand and against the publisher's own scores."""

from pathlib import Path

import pytest

from boundaries.codes import INDEX
from boundaries.deprivation import read_deprivation
from boundaries.issues import IssueLog
from geo_wealth.pockets import CUT_SCORE, Neighbourhood, hidden_pockets

CUT, N = 40.0, 100


def ward(
    code: str, *rows: tuple[float | None, int | None, float | None]
) -> dict[str, Neighbourhood]:
    return {f"{code}{i}": Neighbourhood(code, *row) for i, row in enumerate(rows)}


def test_a_pocket_is_hidden_where_the_average_of_its_ward_is_below_the_cut() -> None:
    areas = ward("A", (50, 5, 100), (10, 90, 300)) | ward("B", (50, 4, 300), (10, 91, 100))
    pockets, wards = hidden_pockets(areas, CUT, N)
    assert pockets == {"A0": True, "A1": False, "B0": False, "B1": False}
    assert (wards["A"].average_score, wards["B"].average_score) == (20, 40)
    assert wards["B"].average_reaches  # at the cut is in the tenth, as for a neighbourhood
    assert wards["A"].most_deprived == 1


def test_the_tenth_ends_at_its_last_rank() -> None:
    pockets, _ = hidden_pockets(ward("A", (40, 10, 1), (39.9, 11, 1)), CUT, N)
    assert pockets == {"A0": True, "A1": False}


@pytest.mark.parametrize(
    ("unknown", "itself"), [((None, None, 100), None), ((30, 20, None), False)]
)
def test_without_the_average_of_the_ward_it_is_not_known(
    unknown: tuple[float | None, int | None, float | None], itself: bool | None
) -> None:
    pockets, wards = hidden_pockets(ward("A", (50, 5, 100), unknown), CUT, N)
    assert pockets == {"A0": None, "A1": itself}
    assert wards["A"].average_score is None


def test_an_area_in_no_ward_that_we_know_is_not_known() -> None:
    assert hidden_pockets({"x": Neighbourhood(None, 50, 5, 100)}, CUT, N)[0] == {"x": None}


def test_without_a_rank_it_is_not_known_unless_the_ward_itself_reaches_the_cut() -> None:
    assert hidden_pockets({"x": Neighbourhood(None, None, None, 100)}, CUT, N)[0] == {"x": None}
    low = hidden_pockets(ward("A", (30, None, 100), (20, 50, 100)), CUT, N)[0]
    assert low == {"A0": None, "A1": False}
    high = hidden_pockets(ward("A", (50, None, 100), (45, 8, 100)), CUT, N)[0]
    assert high == {"A0": False, "A1": False}  # no average hides it


@pytest.mark.shared
@pytest.mark.parametrize(
    ("index", "name"),
    [
        ("imd2019", "imd2019_england_lsoa11_compiled_excl_holdout.csv"),
        ("imd2025", "imd2025_england_lsoa21_excl_holdout.csv"),
    ],
)
def test_the_cut_is_the_publishers(index: str, name: str, shared: Path) -> None:
    figures = read_deprivation(shared / "imd" / name, index, IssueLog()).scores
    whole = figures[figures["domain"] == "imd"].set_index("rank")["score"]
    last = INDEX[index].areas // 10
    assert whole[last] == CUT_SCORE[index]
    assert whole[last + 1] < CUT_SCORE[index]
