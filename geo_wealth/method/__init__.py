"""How a choice is defended, in words: one text for the repository and for the page."""

from importlib.resources import files

CHAPTERS = ("robustness", "reasons", "drawing", "outcomes", "evaluation", "pilots", "pack")
"""The chapters, in the order in which an officer meets them."""


def chapter(name: str) -> str:
    """Give a chapter as Markdown, its heading of the second level first."""
    return files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
