"""What goes into matching and what comes out."""

from dataclasses import dataclass

ACCEPTED = "accepted"
REVIEW = "review"
REJECTED = "rejected"

STAGES = ("decision", "company-number", "charity-number", "exact-name", "alias", "fuzzy")
"""From the surest to the least sure."""


@dataclass(frozen=True, slots=True)
class Payees:
    """Whom ledgers name, one position each.

    Attributes
    ----------
    key
        ``name_key`` of the name.
    company_number
        Of eight characters, or None.
    charity_numbers
        Those that payments to this payee state, sorted; mostly none.
    """

    key: tuple[str, ...]
    company_number: tuple[str | None, ...]
    charity_numbers: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class Organisations:
    """Whom registers list, one position each; individuals are not among them.

    Attributes
    ----------
    areas
        Postcode areas of its addresses, such as HX.
    """

    key: tuple[str, ...]
    company_number: tuple[str | None, ...]
    charity_number: tuple[str | None, ...]
    areas: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One organisation that a payee may be.

    Attributes
    ----------
    payee, organisation
        Positions in :class:`Payees` and :class:`Organisations`.
    score
        0 to 1; comparable between stages, the surer the higher.
    band
        ``accepted``, ``review`` or ``rejected``.
    reason
        Why, in words.
    """

    payee: int
    organisation: int
    stage: str
    score: float
    band: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: that two names are, or are not, one organisation.

    A decision without a number holds for every number of that name.
    """

    payee_key: str
    payee_number: str | None
    organisation_key: str
    organisation_number: str | None
    accept: bool
    by: str
