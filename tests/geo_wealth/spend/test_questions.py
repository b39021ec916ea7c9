"""Questions that are asked oddly: about nothing, in another spelling, of kinds not known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.anchors import kind_share
from geo_wealth.pipeline.spend import SpendRequest, spend
from geo_wealth.pipeline.spend_words import spend_sentences
from geo_wealth.spend.measure import Split
from geo_wealth.spend.parts import KindPart

COUNCIL = "Kirklees Council (sample)"
Run = Callable[..., str]


@pytest.fixture
def gw(
    sample_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command that must succeed over the sample; gives its standard output."""
    monkeypatch.setenv("DATABASE_URL", sample_database)

    def call(*arguments: str) -> str:
        assert run(arguments) == 0
        return capsys.readouterr().out

    return call


def test_a_period_without_payments_is_said_to_be_one(sample: Connection) -> None:
    asked = SpendRequest((COUNCIL,), first=date(2030, 1, 1))
    first, last = spend(sample, SpendRequest((COUNCIL,))).covered
    told = spend_sentences(spend(sample, asked))
    assert told[0] == (
        f"No payment counts in this period; the ledgers run from {first:%-d %B %Y} to "
        f"{last:%-d %B %Y}."
    )
    assert not any("£0.00 local" in sentence for sentence in told)


def test_a_period_without_payments_has_no_table(gw: Run) -> None:
    assert "local, of located" in gw("spend", "--by", "category")
    assert "local, of located" not in gw("spend", "--by", "category", "--from", "2030-01-01")


@pytest.mark.parametrize("by", ["decile", "destination"])
def test_what_is_all_located_has_sums_and_no_range(gw: Run, by: str) -> None:
    out = gw("spend", "--by", by)
    assert "unlocated" in out
    assert "between" not in out.splitlines()[-1]
    assert "0.0% and 0.0%" not in out


def test_a_payer_is_found_whatever_its_case_and_the_nearest_is_named(sample: Connection) -> None:
    meant = spend(sample, SpendRequest((COUNCIL,)))
    found = spend(sample, SpendRequest((f" {COUNCIL.upper()} ",)))
    assert (found.payers, found.split) == (meant.payers, meant.split)
    with pytest.raises(InvalidRequestError, match=r"did you mean 'Kirklees Council \(sample\)'"):
        spend(sample, replace(meant.request, payers=("Kirkless Council (sample)",)))
    with pytest.raises(InvalidRequestError) as refused:
        spend(sample, SpendRequest(("Zzz",)))
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize(
    ("yes", "no", "unknown", "told"),
    [
        (0, 0, 10, "not known"),
        (0, 5, 5, "not known"),
        (0, 10, 0, "0.0 %"),
        (1, 4_000, 5_999, "not known"),  # at least 0.0 % would tell nothing
        (2, 3, 5, "at least 20.0 % (50.0 % not known)"),
        (2, 8, 0, "20.0 %"),
        (0, 0, 0, "not known"),
        (5, -1, 5, "not known"),
    ],
)
def test_what_is_not_known_of_a_kind_is_no_zero(yes: int, no: int, unknown: int, told: str) -> None:
    splits = (Split(Decimal(pounds), Decimal(0), Decimal(0), 1, 1) for pounds in (yes, no, unknown))
    assert kind_share(KindPart("sme", "SMEs", "", *splits)) == told
