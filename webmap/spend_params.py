"""The parameters of the addresses about spend, and the request that they become."""

from typing import Any

from geo_wealth.pipeline.spend import SpendRequest
from webmap.params import Param, Values

BREAKDOWNS = ("destination", "supplier", "kind", "category", "decile", "address")
REFERENCE = r"[a-z0-9-]{2,60}(@[1-9]\d{0,8})?"

PAYER = Param(
    "payer",
    "Who paid, by name as loaded; repeat it for several, leave it out for all.",
    maximum=300,
    many=True,
)
DATASET = Param(
    "dataset",
    "A ledger by its key, superseded ones too; may be repeated; left out, all that are current.",
    maximum=100,
    many=True,
)
DEFINITION = Param(
    "definition",
    "Definition of local: its slug, or slug@version.",
    pattern=REFERENCE,
    example="kirklees@1",
    default=SpendRequest().definition,
)
RULES = Param(
    "rules",
    "Which payments are in: slug of a rule set, or slug@version.",
    pattern=REFERENCE,
    example="third-party@1",
    default=SpendRequest().rules,
)
FROM = Param("from", "First day paid on.", kind="date", example="2021-04-01")
TO = Param("to", "Last day paid on.", kind="date", example="2022-03-31")
SPEND = (PAYER, DEFINITION, RULES, FROM, TO, DATASET)
ALL = Param("all", "Table to show in full; may be repeated.", allowed=BREAKDOWNS, many=True)

MIN_POUNDS = Param(
    "min_pounds",
    "Only payees that were paid at least so many pounds, net.",
    kind="integer",
    minimum=0,
    maximum=1_000_000_000 - 1,
)
OFFSET = Param("offset", "Rows to skip.", kind="integer", minimum=0, maximum=100_000_000, default=0)


def spend_request(values: Values) -> SpendRequest:
    """Gather the parameters of :data:`SPEND`."""
    return SpendRequest(
        payers=values["payer"],
        datasets=values["dataset"],
        definition=values["definition"],
        rules=values["rules"],
        first=values["from"],
        last=values["to"],
    )


def query_of(values: Values, **changes: Any) -> dict[str, Any]:
    """Write the values back as arguments of an address, those not given left out.

    ``changes`` are laid over them, ``from_`` standing for ``from``; None takes one away.
    """
    changed = {name.removesuffix("_"): value for name, value in changes.items()}
    return {
        name: list(value) if isinstance(value, tuple) else str(value)
        for name, value in (values | changed).items()
        if value not in (None, ())
    }
