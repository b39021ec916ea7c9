"""A log of every odd, repaired, excluded or rejected value, with line, field and reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing worth telling about one row.

    Attributes
    ----------
    line
        Line of the file (1 = first line, the header included), or the number of the
        feature in a geographic file; None when the issue concerns the whole file.
    field
        The publisher's own name of the column.
    kind
        A short slug, the same for all issues of a sort: ``invalid-postcode``.
    value
        What the file had.
    message
        One sentence: what is wrong and what was done.
    rejects
        True when the row was left out because of it.
    """

    line: int | None
    field: str | None
    kind: str
    value: str | None
    message: str
    rejects: bool = False


@dataclass(slots=True)
class IssueLog:
    """Counts of rows (and pounds) and the issues found, gathered while a file is read.

    The invariant ``read == loaded + sum(excluded) + rejected`` is checked by
    :meth:`balanced` and holds for rows, and for pounds in ledgers.
    """

    issues: list[Issue] = field(default_factory=list)
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    pounds_read: Decimal = Decimal(0)
    pounds_loaded: Decimal = Decimal(0)
    pounds_rejected: Decimal = Decimal(0)
    pounds_excluded: dict[str, Decimal] = field(default_factory=dict)

    def note(
        self, line: int | None, field_name: str | None, kind: str, value: object, message: str
    ) -> None:
        """Record something that was repaired or is merely odd; the row is kept."""
        self.issues.append(Issue(line, field_name, kind, _text(value), message))

    def reject(
        self,
        line: int | None,
        field_name: str | None,
        kind: str,
        value: object,
        message: str,
        *,
        pounds: Decimal = Decimal(0),
    ) -> None:
        """Record a row that is left out because it cannot be trusted (adds 1 to rejected)."""
        self.issues.append(Issue(line, field_name, kind, _text(value), message, rejects=True))
        self.rejected += 1
        self.pounds_rejected += pounds

    def exclude(self, reason: str, *, pounds: Decimal = Decimal(0), rows: int = 1) -> None:
        """Count sound rows that are left out for a stated reason."""
        self.excluded[reason] += rows
        self.pounds_excluded[reason] = self.pounds_excluded.get(reason, Decimal(0)) + pounds

    def balanced(self) -> bool:
        """Tell whether rows, and pounds, read equal loaded + excluded + rejected."""
        rows = self.loaded + sum(self.excluded.values()) + self.rejected
        excluded = sum(self.pounds_excluded.values(), Decimal(0))
        pounds = self.pounds_loaded + excluded + self.pounds_rejected
        return self.read == rows and self.pounds_read == pounds

    def rejections(self) -> Iterator[Issue]:
        """Yield the issues that cost a row."""
        return (issue for issue in self.issues if issue.rejects)


def _text(value: object) -> str | None:
    """Shorten a value for a list a person reads; None stays None."""
    if value is None:
        return None
    text = str(value).replace("\x00", "\\0")
    return text if len(text) <= 200 else text[:199] + "…"
