"""An invented year of a second payer: a university that buys from some of the same suppliers."""

from datetime import timedelta

from geo_wealth.sample.chance import Chance
from geo_wealth.sample.payments import DAYS, FIRST, Vendor

ROWS = 1000
COUNCIL = "Kirklees Council (sample)"

CATEGORIES = {
    "Construction": "Estates",
    "Facilities": "Estates",
    "Environment": "Estates",
    "Education": "Teaching",
    "Technology": "IT and digital",
    "Office": "Office and print",
    "Professional": "Professional services",
    "Food": "Catering",
    "Transport": "Travel",
    "Culture": "Student life",
    "Community": "Student life",
}


def university_ledger(chance: Chance, payees: list[Vendor]) -> list[dict[str, str]]:
    """Invent the payments; every seventh payee of the council is paid, and the council itself.

    What one anchor pays another is in both ledgers: the sample has a case of it.
    """
    chosen = [payee for payee in payees if payee.activity in CATEGORIES][::7]
    council = Vendor("700000", COUNCIL, "", "", 12_000.0)
    weights = [chance.heavy_tail(1.0, 25.0) for _ in chosen]
    drawn = chance.weighted(chosen, weights, ROWS - len(chosen) - 12)
    everyone = chance.shuffled([*chosen, *drawn, *[council] * 12])
    days = sorted(chance.whole(0, DAYS - 1) for _ in everyone)
    return [
        _payment(chance, day, number, payee)
        for number, (day, payee) in enumerate(zip(days, everyone, strict=True), start=900_001)
    ]


def _payment(chance: Chance, day: int, number: int, payee: Vendor) -> dict[str, str]:
    pence = int(100 * (500 + chance.light_tail(payee.size)))
    category = CATEGORIES.get(payee.activity, "Rates and rents")
    return {
        "Date Paid": (FIRST + timedelta(days=day)).isoformat(),
        "Transaction Number": str(number),
        "Beneficiary Name": payee.name,
        "Company Number": payee.company_number.strip(),
        "Net Amount": f"{pence // 100}.{pence % 100:02d}",
        "Category": category,
        "Purpose": f"Sample data: {category.lower()}",
    }
