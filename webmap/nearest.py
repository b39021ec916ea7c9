"""What is near a place, as rows to print and as points of a map."""

from geo_wealth.queries.rows import AnchorRow, AssetRow, SupplierRow
from webmap import wording
from webmap.choropleth import MapPoint

ELIGIBILITY = {
    "eligible": "May be transferred",
    "not_eligible": "May not be transferred",
    "unknown": "Not known whether it may be transferred",
}


def asset_point(asset: AssetRow) -> MapPoint | None:
    """Mark a building; None while it has no place."""
    if asset.longitude is None or asset.latitude is None:
        return None
    lines = [asset.use, ELIGIBILITY[asset.eligibility], _sample(sample=asset.sample)]
    return _point("asset", asset.name, asset.longitude, asset.latitude, lines)


def supplier_point(supplier: SupplierRow) -> MapPoint | None:
    """Mark a supplier; None for a person, whose place is not shown."""
    if supplier.name is None or supplier.longitude is None or supplier.latitude is None:
        return None
    paid = f"{wording.pounds(supplier.pounds)} in {wording.count(supplier.payments, 'payment')}"
    lines = [paid, _sample(sample=supplier.sample)]
    return _point("supplier", supplier.name, supplier.longitude, supplier.latitude, lines)


def anchor_point(anchor: AnchorRow) -> MapPoint | None:
    """Mark a site of an anchor institution."""
    if anchor.longitude is None or anchor.latitude is None:
        return None
    lines = [anchor.use, _sample(sample=anchor.sample)]
    return _point("anchor", anchor.name, anchor.longitude, anchor.latitude, lines)


def _point(
    kind: str, name: str, longitude: float, latitude: float, lines: list[str | None]
) -> MapPoint:
    told = tuple(line for line in lines if line)
    return MapPoint(kind, name, round(longitude, 5), round(latitude, 5), told)


def _sample(*, sample: bool) -> str | None:
    return "Sample data" if sample else None
