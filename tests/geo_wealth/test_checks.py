"""An index whose parts do not give the whole is refused."""

from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from boundaries.deprivation import read_deprivation
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.pipeline.checks import recombination

SAMPLE = Path(str(resources.files("boundaries"))) / "sample/imd2019_kirklees_figures.csv"


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return read_deprivation(SAMPLE, "imd2019", IssueLog()).scores


def test_domain_ranks_give_the_score_of_every_neighbourhood(scores: pd.DataFrame) -> None:
    assert recombination(scores, "imd2019", "x.csv") == {"areas": 259, "largest_error": 0.0005}


def test_mixed_up_columns_are_refused(scores: pd.DataFrame) -> None:
    mixed = scores.replace({"domain": {"income": "crime", "crime": "income"}})
    with pytest.raises(RefusedFileError, match=r"x\.csv: the seven domain ranks of E010"):
        recombination(mixed, "imd2019", "x.csv")


def test_a_file_without_all_domains_cannot_be_checked(scores: pd.DataFrame) -> None:
    assert recombination(scores[scores["domain"] != "health"], "imd2019", "x.csv") is None
