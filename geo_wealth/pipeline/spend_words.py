"""Spend told in sentences: the same words on the command line and on the page."""

from decimal import Decimal

from geo_wealth.pipeline.spend import SpendResult

LEANS = (
    "Registers of one district find the suppliers there and miss others, so the share of what "
    "could be located leans towards the districts whose registers are loaded. The bounds hold as "
    "far as the matches do, and for the address that the definition counts."
)


def spend_sentences(result: SpendResult) -> list[str]:
    """Tell what was asked, what came out, how sure it is and what was left out."""
    told = [headline(result), scope(result)]
    if result.split.payments:
        told += [bounds(result), *leaning(result)]
    told += left_out(result)
    told += either_way(result)
    if result.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def headline(result: SpendResult) -> str:
    """Give the point estimate, never without its bounds."""
    split = result.split
    if not split.payments:
        first, last = result.covered
        when = " in this period" if result.request.first or result.request.last else ""
        ran = "hold no day" if first is None else f"run from {day(first)} to {day(last)}"
        return f"No payment counts{when}; the ledgers {ran}."
    share, between = split.share_of_located, split.bounds
    if share is None or between is None:
        return (
            f"No local share can be given of {pounds(split.total)}: nothing of it could be "
            "located, or credits outweigh payments."
        )
    return (
        f"{percent(share)} of the pounds that could be located were local "
        f"({result.definition.title}); of all pounds, between {percent(between[0])} and "
        f"{percent(between[1])}."
    )


def scope(result: SpendResult) -> str:
    """Say whose spend, over which period, under which definition and rules."""
    period = (
        f", paid from {day(result.first)} to {day(result.last)}"
        if result.first is not None and result.last is not None
        else ""
    )
    return (
        f"{listed(result.payers)}: {pounds(result.split.total)} in {result.split.payments:,} "
        f"payments{period}{_gaps(result)}. Local as in {result.definition.title} "
        f"({result.definition.slug} version {result.definition.version}); counted by the rules "
        f"{result.rules.title} ({result.rules.slug} version {result.rules.version})."
    )


def _gaps(result: SpendResult) -> str:
    """Say in how many months more than a few payments count, where some in between lack."""
    if result.first is None or result.last is None:
        return ""
    span = 12 * (result.last.year - result.first.year) + result.last.month - result.first.month + 1
    if result.months == span:
        return ""
    return (
        f", in {result.months} month{'' if result.months == 1 else 's'} with more than a few "
        f"payments of the {span} from the first to the last"
    )


def leaning(result: SpendResult) -> list[str]:
    """Say what the registers make easy to find: the point estimate leans that way."""
    if not result.by_register:
        return []
    parts = "; ".join(
        f"{part.name.lower()} {pounds(part.split.local)} local and {pounds(part.split.leaked)} "
        "leaked"
        for part in result.by_register
    )
    told = f"What was located, by what gave the address: {parts}. {LEANS}"
    return [told]


def bounds(result: SpendResult) -> str:
    """Give the three sums, and why some of it is unlocated."""
    split = result.split
    reasons = "; ".join(f"{pounds(sum_)} {reason}" for reason, sum_, _ in result.why_unlocated)
    because = f" ({reasons})" if reasons else ""
    return (
        f"{pounds(split.local)} local, {pounds(split.leaked)} leaked, "
        f"{pounds(split.unlocated)} unlocated{because}."
    )


def either_way(result: SpendResult) -> list[str]:
    """Say what another order of addresses could change, and how far the bounds then reach."""
    torn, wide = result.torn, result.wide_bounds
    if not torn.payments:
        return []
    told = (
        f"{pounds(torn.local)} of what is local and {pounds(torn.leaked)} of what leaked went to "
        "payees that have addresses both local and not"
    )
    if wide is None:
        return [f"{told}: another order of addresses would count it otherwise."]
    return [
        (
            f"{told}: with that open as well, the local share of all pounds lies between "
            f"{percent(wide[0])} and {percent(wide[1])}."
        )
    ]


def left_out(result: SpendResult) -> list[str]:
    """Account for every line of the files."""
    rows, sums = result.rows, result.pounds
    parts = [
        f"{count:,} left out as {reason} ({pounds(sums['excluded'][reason])})"
        for reason, count in rows["excluded"].items()
        if reason in sums["excluded"]
    ]
    parts += [
        f"{count:,} left out as {reason}"
        for reason, count in rows["excluded"].items()
        if reason not in sums["excluded"]
    ]
    if rows["rejected"]:
        parts.append(f"{rows['rejected']:,} rejected ({pounds(sums['rejected'])})")
    counted = f"{rows['read']:,} rows read ({pounds(sums['read'])}), {rows['included']:,} counted"
    return ["; ".join([counted, *parts]) + "."]


def pounds(value: Decimal) -> str:
    """Write pounds to the penny: £1,234.50; a credit as -£12.00."""
    return f"{'-' if value < 0 else ''}£{abs(value):,.2f}"


def percent(share: float) -> str:
    """Write a share with one decimal: 41.2 %."""
    return f"{100 * share:.1f} %"


def day(value: object) -> str:
    """Write a day as 7 March 2017."""
    return f"{value:%-d %B %Y}"


def listed(names: tuple[str, ...]) -> str:
    """Join names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
