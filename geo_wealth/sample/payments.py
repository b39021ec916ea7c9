"""An invented year of payments in the layout that Kirklees Council publishes."""

from dataclasses import dataclass
from datetime import date, timedelta

from geo_wealth.sample.chance import Chance
from geo_wealth.sample.organisations import Organisation

FIRST = date(2021, 4, 1)
DAYS = 365
ROWS = 5900
SHARE_REDACTED = 0.35
SHARE_CREDIT = 0.06

DEPARTMENTS = {
    "Construction": ("41200", "Homes and Neighbourhoods"),
    "Highways": ("42100", "Highways"),
    "Transport": ("42300", "Passenger Transport"),
    "Social care": ("31100", "Adults and Health"),
    "Education": ("32100", "Learning"),
    "Food": ("43500", "Catering"),
    "Facilities": ("43100", "Facilities"),
    "Environment": ("42700", "Waste"),
    "Office": ("51100", "Corporate Services"),
    "Technology": ("51400", "IT and Digital"),
    "Professional": ("51700", "Strategy"),
    "Community": ("52100", "Communities"),
    "Culture": ("52400", "Culture and Leisure"),
}
ANY_DEPARTMENT = ("59900", "Corporate Services")

COLUMNS = (
    "Payment Date",
    "Transaction Number",
    "Amount Excluding VAT",
    "Vendor Number",
    "Vendor Name",
    "Company Number",
    "Debit/Credit Indicator",
    "PO Number",
    "Document Type",
    "Cost Centre",
    "Cost Centre Description",
    "Proclass Code",
    "Proclass Description",
    "Purpose of Spend",
)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A payee as the ledger spells it, which need not be as the register does."""

    number: str
    name: str
    company_number: str
    activity: str
    size: float


def vendors(chance: Chance, organisations: list[Organisation]) -> list[Vendor]:
    """Make one payee of each organisation; a few are large, most are small."""
    by_name = {organisation.name: organisation for organisation in organisations}
    return [
        _vendor(chance, number, organisation)
        for number, organisation in enumerate(by_name.values(), start=1)
    ]


def ledger(chance: Chance, payees: list[Vendor]) -> list[dict[str, str]]:
    """Invent the payments of a year: redacted and blank payees, credits, heavy tails.

    Every payee is paid at least once; the rest of the rows go to payees by chance, the larger
    the more often.
    """
    named = round(ROWS * (1 - SHARE_REDACTED))
    weights = [chance.heavy_tail(1.0, 25.0) for _ in payees]
    chosen: list[Vendor | None] = [*payees]
    chosen += chance.weighted(payees, weights, named - len(payees))
    chosen += [None] * (ROWS - named)
    days = sorted(_working_day(chance) for _ in range(ROWS))
    number = 5_100_000_000
    rows = []
    paid: set[Vendor] = set()
    for day, payee in zip(days, chance.shuffled(chosen), strict=True):
        number += chance.happens(0.85)  # some payments have several lines
        who = payee or _unnamed(chance)
        # A credit needs something paid before that it takes back.
        credit = (payee is None or payee in paid) and chance.happens(SHARE_CREDIT)
        paid.add(who)
        rows.append(_payment(chance, day, number, who, credit=credit))
    return rows


def _vendor(chance: Chance, number: int, organisation: Organisation) -> Vendor:
    from_afar = organisation.postcode and not organisation.postcode.startswith(("HD", "WF", "BD"))
    size = chance.heavy_tail(9000.0 if from_afar else 3000.0, 90_000.0)
    company = organisation.company_number if chance.happens(0.45) else ""
    if company and chance.happens(0.1):
        company = f" {company}"
    name = _spelling(chance, organisation.name, misspell=not company)
    return Vendor(str(700_000 + number), name, company, organisation.activity, size)


def _spelling(chance: Chance, name: str, *, misspell: bool) -> str:
    if misspell and chance.happens(0.04):
        position = chance.whole(9, len(name) - 1)
        return name[:position] + name[position + 1 :]
    if name.endswith(" Ltd") and chance.happens(0.3):
        name = name.removesuffix("Ltd") + "Limited"
    return name.upper() if chance.happens(0.3) else name


def _working_day(chance: Chance) -> date:
    day = FIRST + timedelta(days=chance.whole(0, DAYS - 1))
    weekend = max(0, day.weekday() - 4)
    return day - timedelta(days=weekend)


def _payment(
    chance: Chance, day: date, number: int, who: Vendor, *, credit: bool
) -> dict[str, str]:
    code, department = DEPARTMENTS.get(who.activity, ANY_DEPARTMENT)
    classified = chance.happens(0.85)
    pence = int(100 * (250 + chance.light_tail(who.size)))
    signed = -(pence // 3) if credit else pence
    order = f"45{chance.whole(0, 999_999):06d}" if chance.happens(0.6) else ""
    values = (
        day.strftime("%d/%m/%Y"),
        str(number),
        _pounds(signed),
        who.number,
        who.name,
        who.company_number,
        "C" if credit else "D",
        order,
        "KG" if credit else "RE",
        code,
        department,
        f"S{code[:2]}" if classified else "",
        who.activity if classified else "",
        f"Sample data: {who.activity.lower()}",
    )
    return dict(zip(COLUMNS, values, strict=True))


def _unnamed(chance: Chance) -> Vendor:
    draw = chance.whole(1, 1000)
    name = "REDACTED DATA" if draw <= 690 else "REDACTED PERSONAL DATA"
    activity = chance.one_of(("Social care", "Social care", "Education", "Transport"))
    return Vendor("", "" if draw > 995 else name, "", activity, chance.heavy_tail(900, 40_000))


def _pounds(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"
