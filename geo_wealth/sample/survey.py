"""Invented answers of a council's suppliers: what they received, and spent in the district."""

from collections import defaultdict
from decimal import Decimal

from geo_wealth.sample.chance import Chance

ASKED = 140


def survey(chance: Chance, ledger: list[dict[str, str]]) -> list[dict[str, str]]:
    """Invent one round of LM3: the suppliers paid most are asked, and half of them answer.

    What they say they received is what the ledger paid them, in whole pounds.
    """
    pence: defaultdict[str, int] = defaultdict(int)
    for row in ledger:
        if row["Vendor Name"].lower().startswith("sample") and _is_firm(row["Vendor Name"]):
            pence[row["Vendor Name"]] += int(100 * Decimal(row["Amount Excluding VAT"]))
    asked = sorted(pence, key=lambda name: (-pence[name], name))[:ASKED]
    return [_answer(chance, name, pence[name] // 100) for name in asked if chance.happens(0.5)]


def _is_firm(name: str) -> bool:
    return "sole" not in name.lower()


def _answer(chance: Chance, name: str, received: int) -> dict[str, str]:
    share = chance.whole(10, 75)
    return {
        "Supplier": name,
        "Received": str(received),
        "Spent locally": str(received * share // 100),
        "Note": "sample data",
    }
