"""Pages for people: thin views, each a dozen lines."""

from webmap.pages import about, area, buildings, home, rank, spend, ward
from webmap.pages.blueprint import blueprint

__all__ = ["about", "area", "blueprint", "buildings", "home", "rank", "spend", "ward"]
