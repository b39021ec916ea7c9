"""One exception tree; the web maps each class to a status in one table."""

from boundaries.errors import GeoWealthError, RefusedFileError

__all__ = [
    "BusyError",
    "DatabaseUnavailableError",
    "GeoWealthError",
    "InvalidRequestError",
    "NotFoundError",
    "OtherVersionError",
    "RefusedFileError",
    "RefusedStepError",
    "SetupError",
]


class SetupError(GeoWealthError):
    """The machine lacks something; the text names the command that mends it."""


class DatabaseUnavailableError(GeoWealthError):
    """The database does not answer."""


class BusyError(GeoWealthError):
    """As much of this is being done as may be at once; later it can be had."""


class NotFoundError(GeoWealthError):
    """A code, place or id that is not loaded."""


class OtherVersionError(GeoWealthError):
    """Evidence that another version of the programme made, which this one cannot read."""


class RefusedStepError(GeoWealthError):
    """A step that a pilot may not take now, or not by this person; the text says what must be."""


class InvalidRequestError(GeoWealthError):
    """A parameter with a value that is not allowed.

    Parameters
    ----------
    parameter
        The name the user typed: ``w.deprivation``, ``--top``.
    message
        One sentence that says what is allowed.
    """

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter
        self.reason = message
