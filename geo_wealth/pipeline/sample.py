"""The Kirklees sample: real boundaries, deprivation and postcodes; invented money and buildings."""

from importlib import resources
from pathlib import Path

from sqlalchemy import Engine

from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadJob, LoadResult, load
from geo_wealth.pipeline.outcomes import outcomes_job
from geo_wealth.sample import FOLDER
from geo_wealth.sample.outcome import MEASURE, UNIT

PAYER = "Kirklees Council (sample)"
UNIVERSITY = "Sample University"


def sample_jobs() -> list[LoadJob]:
    """List the loads of the sample, in an order in which each finds what it needs."""
    real = Path(str(resources.files("boundaries"))) / "sample"
    return [
        geography.names_job(real / "wards_kirklees_2025.csv", 2025, gives_way=True),
        geography.boundaries_job(
            real / "lsoa11_kirklees_bsc.geojson", "lsoa", 2011, gives_way=True
        ),
        geography.deprivation_job(real / "imd2019_kirklees_figures.csv", "imd2019", gives_way=True),
        geography.postcodes_job(real / "codepoint_open_2025_kirklees.csv.gz", gives_way=True),
        geography.names_job(FOLDER / "districts_2024.csv", 2024, gives_way=True),
        geography.postcodes_job(FOLDER / "codepoint_open_2025_elsewhere.csv", gives_way=True),
        council.register_job(FOLDER / "suppliers.csv", "suppliers", sample=True),
        council.register_job(FOLDER / "anchors.csv", "anchors", sample=True),
        council.assets_job(FOLDER / "assets.csv", PAYER, sample=True),
        council.ledger_job(FOLDER / "ledger.csv", PAYER, sample=True),
        council.ledger_job(FOLDER / "university.csv", UNIVERSITY, sample=True),
        council.survey_job(FOLDER / "survey.csv", PAYER, "2022", "suppliers", sample=True),
        outcomes_job(FOLDER / "outcome.csv", MEASURE, 2011, UNIT, sample=True),
    ]


def load_sample(engine: Engine) -> list[LoadResult]:
    """Load the whole sample; a second time changes nothing."""
    return [load(engine, job) for job in sample_jobs()]
