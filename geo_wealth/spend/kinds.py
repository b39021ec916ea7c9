"""What kind of supplier a payee is, as far as there is evidence; kinds overlap.

Unknown is an answer: nobody is called large because no register calls it small.
"""

import re
from dataclasses import dataclass

import numpy as np

from geo_wealth.spend.book import NONE, Book, Flags, Ints

YES, NO, UNKNOWN = 1, 0, NONE


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of supplier: its name, and what counts as evidence, in words."""

    slug: str
    name: str
    evidence: str


KINDS = (
    Kind(
        "business",
        "Businesses",
        "yes with a company number or a name in Limited, PLC or LLP, unless it is a voluntary "
        "organisation; no for those, and for names of councils, schools, the NHS and the like",
    ),
    Kind(
        "sme",
        "Small and medium-sized businesses",
        "yes where a register says so; no where it is an employer of 250 or more",
    ),
    Kind(
        "vcse",
        "Voluntary, community and social enterprise",
        "yes by the ledger's own flag, a charity number, a register of such bodies or a legal "
        "form such as CIC; no by the ledger's flag or as a public limited company",
    ),
    Kind(
        "cooperative",
        "Co-operatives",
        "yes in a register of co-operatives, or by legal form; no as a public limited company",
    ),
    Kind(
        "community-business",
        "Community businesses",
        "yes for community interest companies and community benefit societies; no as a public "
        "limited company",
    ),
    Kind(
        "sole-trader",
        "Persons and sole traders",
        "yes where a register or the name says so; no with a company or charity number",
    ),
)

_CIC = re.compile(r"\b(?:cic|c\.i\.c\.?|community interest (?:company|co))\b", re.IGNORECASE)
_PLC = re.compile(r"\b(?:plc|p\.l\.c\.?|public limited (?:company|co))\b", re.IGNORECASE)
_COMPANY = re.compile(r"\b(?:ltd|limited|plc|p\.l\.c\.?|llp)\b", re.IGNORECASE)
_PUBLIC = re.compile(
    r"\b(?:council|[mc][bd]c|nhs|hospitals?|schools?|college|university|academy|police|"
    r"constabulary|fire (?:and|&) rescue|combined authority|hm revenue|hmrc|ministry|"
    r"department (?:for|of)|dwp|environment agency|land registry)\b",
    re.IGNORECASE,
)
_COOPERATIVE = re.compile(r"\bco-?operatives?\b", re.IGNORECASE)
_BENEFIT = re.compile(r"\bcommunity benefit\b", re.IGNORECASE)
_VCSE = re.compile(
    r"\b(?:vcse|charit\w*|cio|voluntary|social enterprises?|community interest company|cic|"
    r"community benefit society)\b",
    re.IGNORECASE,
)
_SME = re.compile(r"\b(?:sme|micro|small|medium)\b", re.IGNORECASE)


def supplier_kinds(book: Book) -> dict[str, Ints]:
    """Tell for each payee whether it is of a kind: (m,) YES, NO or UNKNOWN by slug.

    Evidence for wins over evidence against; a redacted or blank payee is unknown in all.
    """
    named = np.array([state == "named" for state in book.payees.state], dtype=np.bool_)
    plc = _payees(book, _PLC)
    cic = _payees(book, _CIC)
    forms = _Evidence(book)
    numbered = np.array([number is not None for number in book.payees.company_number], np.bool_)
    charity = forms.sites(book.sites.charity)
    cooperative = forms.register("cooperatives") | forms.form(_COOPERATIVE)
    benefit = cic | forms.form(_CIC) | forms.form(_BENEFIT)
    vcse = (book.payees.vcse == YES) | charity | forms.register("vcse") | forms.form(_VCSE)
    company = numbered | _payees(book, _COMPANY)
    told_vcse = vcse | cic
    found = {
        "business": (
            company & ~told_vcse,
            told_vcse | (_payees(book, _PUBLIC) & ~company),
        ),
        "sme": (forms.form(_SME), forms.register("employers")),
        "vcse": (told_vcse, (book.payees.vcse == NO) | plc),
        "cooperative": (cooperative, plc),
        "community-business": (benefit, plc),
        "sole-trader": (book.payees.individual, numbered | charity),
    }
    return {slug: _told(yes & named, no & named) for slug, (yes, no) in found.items()}


class _Evidence:
    """What the registers say of a payee, over all the organisations it was matched to."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def sites(self, flags: Flags) -> Flags:
        """Lift flags of sites, (s,), to payees, (m,)."""
        found = np.zeros(len(self.book.payees), dtype=np.bool_)
        found[self.book.sites.payee[flags]] = True
        return found

    def register(self, kind: str) -> Flags:
        """Tell who is in a register of a kind."""
        return self.sites(np.array([each == kind for each in self.book.sites.register], np.bool_))

    def form(self, pattern: re.Pattern[str]) -> Flags:
        """Tell whose legal form in a register matches."""
        return self.sites(
            np.array([bool(form and pattern.search(form)) for form in self.book.sites.form], bool)
        )


def _payees(book: Book, pattern: re.Pattern[str]) -> Flags:
    return np.array([bool(pattern.search(name)) for name in book.payees.name], dtype=np.bool_)


def _told(yes: Flags, no: Flags) -> Ints:
    return np.where(yes, YES, np.where(no, NO, UNKNOWN)).astype(np.int64)
