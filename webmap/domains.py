"""The domains of the Indices of Deprivation, by name and in their usual order."""

from collections.abc import Iterable

from geo_wealth.queries.rows import DomainRow

DOMAINS = {
    "imd": "Overall (Index of Multiple Deprivation)",
    "income": "Income",
    "employment": "Employment",
    "education": "Education, skills and training",
    "health": "Health and disability",
    "crime": "Crime",
    "barriers": "Barriers to housing and services",
    "living_environment": "Living environment",
    "idaci": "Income, affecting children",
    "idaopi": "Income, affecting older people",
    "children_and_young_people": "Education: children and young people",
    "adult_skills": "Education: adult skills",
    "geographical_barriers": "Barriers: distance to services",
    "wider_barriers": "Barriers: housing",
    "indoors": "Living environment: indoors",
    "outdoors": "Living environment: outdoors",
}


def domain_rows(rows: Iterable[DomainRow]) -> list[tuple[str, DomainRow]]:
    """Name the domains of an area, the index as a whole first."""
    order = list(DOMAINS)
    known = sorted(rows, key=lambda row: order.index(row.domain) if row.domain in order else 99)
    return [(DOMAINS.get(row.domain, row.domain), row) for row in known]
