"""Payments straight from a ledger's chunks into their table, each with its payee."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from geo_wealth.names import name_key, payee_state
from geo_wealth.store.copy import copy_frame, stage
from geo_wealth.store.indexes import bulk, references_hold

_STORED = (
    "line",
    "paid_on",
    "reference",
    "amount",
    "charity_number",
    "payee_ref",
    "category",
    "department",
    "purpose",
    "channel",
    "repeats",
    "vcse",
)

REDACTED = "REDACTED"
"""Under what name all payees are kept whose name a council hides."""

_Payee = tuple[str, str, str | None]
"""Who a payee is: normalised name, state, company number."""


def store_payments(connection: Connection, dataset_id: int, chunks: Iterable[pd.DataFrame]) -> None:
    """Store a ledger; a payee is one name and company number, however often it is paid.

    Parameters
    ----------
    chunks
        Frames as :class:`geo_wealth.ledger.LedgerFile` has them.
    """
    # The first chunk is read before anything is locked: by then the whole file is parsed.
    remaining = iter(chunks)
    first = next(remaining, None)
    if first is None:
        return
    payees = _Payees(connection)
    with bulk(connection, "payment"), references_hold(connection):
        while first is not None:
            rows = first.loc[:, list(_STORED)]
            rows.insert(0, "payee_id", payees.ids(first))
            rows.insert(0, "dataset_id", dataset_id)
            copy_frame(connection, "payment", rows)
            first = next(remaining, None)


@dataclass
class _Payees:
    """The payees met so far in one ledger, by who they are."""

    connection: Connection
    known: dict[_Payee, int] = field(default_factory=dict)

    def ids(self, chunk: pd.DataFrame) -> NDArray[np.int64]:
        """Give the payee of each payment, adding those that are new; (n,)."""
        by_name, written = pd.factorize(chunk["payee"])
        by_number, numbers = pd.factorize(chunk["company_number"])
        pairs, which = np.unique(by_name * (len(numbers) + 1) + by_number + 1, return_inverse=True)
        states = [payee_state(name) for name in written]
        keys = [
            name_key(name) if state == "named" else ""
            for name, state in zip(written, states, strict=True)
        ]
        names: dict[_Payee, str] = {}
        payees: list[_Payee] = []
        for pair in pairs.tolist():
            name, number = divmod(pair, len(numbers) + 1)
            payee = (keys[name], states[name], numbers[number - 1] if number else None)
            payees.append(payee)
            shown = REDACTED if states[name] == "redacted" else written[name]
            names[payee] = min(names.get(payee, shown), shown)
        self._add({payee: names[payee] for payee in names if payee not in self.known})
        return np.array([self.known[payee] for payee in payees], np.int64)[which]

    def _add(self, new: dict[_Payee, str]) -> None:
        if not new:
            return
        stage(
            self.connection,
            "staging_payee",
            {"place": "integer"}
            | dict.fromkeys(("name", "name_key", "state", "company_number"), "text"),
        )
        rows = [(place, new[payee], *payee) for place, payee in enumerate(new)]
        columns = ["place", "name", "name_key", "state", "company_number"]
        frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], object))
        copy_frame(self.connection, "staging_payee", frame)
        self.connection.execute(text("ANALYZE staging_payee"))
        self.connection.execute(
            text("""
                INSERT INTO payee (name, name_key, company_number, state)
                SELECT name, name_key, company_number, state FROM staging_payee
                ORDER BY name_key, company_number, state
                ON CONFLICT DO NOTHING
            """)
        )
        found = self.connection.execute(
            text("""
                SELECT s.place, p.id FROM staging_payee s
                JOIN payee p ON p.name_key = s.name_key AND p.state = s.state
                    AND coalesce(p.company_number, '') = coalesce(s.company_number, '')
                ORDER BY s.place
            """)
        )
        payees = list(new)
        self.known.update((payees[row.place], row.id) for row in found)
