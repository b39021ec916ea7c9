"""The root of the exception tree: what a person can be told in one sentence."""


class GeoWealthError(Exception):
    """Something a user can act on. Its text is one sentence and safe to show."""


class RefusedFileError(GeoWealthError):
    """A file that cannot be used as it is: names the file, what was found and the remedy."""
