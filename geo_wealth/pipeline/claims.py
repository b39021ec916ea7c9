"""Claims recorded, taken back and told: beside baselines, never compared with them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Engine

from geo_wealth.errors import InvalidRequestError
from geo_wealth.queries.claims import Claim
from geo_wealth.store import claims as store

LONGEST = 500
NO_LEDGER = (
    "It has no ledger behind it, so it is neither compared with a baseline nor drawn as a trend."
)


def record_claim(
    engine: Engine,
    payer: str,
    share: str,
    source: str,
    period: str | None = None,
    about: str | None = None,
    added_by: str | None = None,
) -> tuple[int, bool]:
    """Record that a source states a share; returns the claim's id and whether it is new.

    Parameters
    ----------
    share
        As people write it: ``31%`` or ``0.31``.

    Raises
    ------
    InvalidRequestError
        For a share that is none, or a text that is empty or too long.
    """
    stated = read_share(share)
    texts = {"payer": payer, "source": source, "period": period, "about": about, "by": added_by}
    clean = {name: _checked(name, value) for name, value in texts.items()}
    for name in ("payer", "source"):
        if not clean[name]:
            raise InvalidRequestError(name, "a claim needs one: say who states what of whom.")
    with engine.begin() as connection:
        return store.add_claim(
            connection,
            clean["payer"] or "",
            stated,
            clean["source"] or "",
            period=clean["period"],
            about=clean["about"],
            added_by=clean["by"],
        )


def take_back(engine: Engine, claim: int) -> None:
    """Remove a claim; raises ``NotFoundError`` where there is none."""
    with engine.begin() as connection:
        store.remove_claim(connection, claim)


def read_share(text: str) -> Decimal:
    """Read a share: ``31%``, ``31 %`` or ``0.31``.

    Raises
    ------
    InvalidRequestError
        When it is no number, or none from 0 to 100 %; a bare 31 is refused as ambiguous.
    """
    plain = text.strip()
    by_hundred = plain.endswith("%")
    try:
        share = Decimal(plain.removesuffix("%").strip())
        share = share / 100 if by_hundred else share
        if not (share.is_finite() and 0 <= share <= 1 and share == round(share, 6)):
            raise InvalidOperation
    except InvalidOperation:
        raise InvalidRequestError(
            "share", f"write a share from 0 to 100 % as 31% or 0.31; found {text[:40]!r}."
        ) from None
    return share.normalize()


def _checked(name: str, value: str | None) -> str | None:
    clean = " ".join(value.split()) if value else None
    if clean and len(clean) > LONGEST:
        raise InvalidRequestError(name, f"at most {LONGEST} characters; found {len(clean)}.")
    return clean or None


def claim_document(claim: Claim) -> dict[str, Any]:
    """Give a claim as JSON; ``ledger`` is always null: nothing stands behind it."""
    return {
        "id": claim.id,
        "payer": claim.payer,
        "share": float(claim.share),
        "period": claim.period,
        "about": claim.about,
        "source": claim.source,
        "added_at": claim.added_at,
        "ledger": None,
    }


def signed_claim_document(claim: Claim) -> dict[str, Any]:
    """Give a claim as JSON with who added it: for those who run the service, not for the web."""
    return {**claim_document(claim), "added_by": claim.added_by}


def claim_sentence(claim: Claim) -> str:
    """Tell a claim as a claim."""
    about = f" of {claim.about}" if claim.about else ""
    period = f" ({claim.period})" if claim.period else ""
    share = f"{100 * claim.share:f}"
    share = share.rstrip("0").rstrip(".") if "." in share else share
    return (
        f"Claim: {claim.payer}, {share} %{about}{period}, according to {claim.source}. {NO_LEDGER}"
    )
