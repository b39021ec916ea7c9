"""Request arguments to typed values, or a 400 that names the parameter and what is allowed.

One declaration of a parameter serves the reader, the sentence of the refusal and the
OpenAPI document, so that the three cannot drift apart.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from geo_wealth.errors import InvalidRequestError

_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})\Z", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,9}\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of an address.

    Attributes
    ----------
    name
        As it stands in the address: ``w.deprivation``.
    about
        One phrase for the OpenAPI document.
    kind
        ``string``, ``number``, ``integer``, ``boolean`` or ``date``.
    allowed
        The values that a string (or an integer) may take; empty when any may be given.
    minimum, maximum
        Limits of a number; for a string ``maximum`` is its length.
    pattern, example
        Form of a string, and an example of it for the refusal.
    default
        What stands for a parameter that is not given.
    required
        Whether the address makes no sense without it.
    many
        Whether it may be given several times; its value is then a tuple.
    most
        How often, where that is limited.
    """

    name: str
    about: str
    kind: Literal["string", "number", "integer", "boolean", "date"] = "string"
    allowed: tuple[str | int, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    example: str | None = None
    default: str | float | bool | None = None
    required: bool = False
    many: bool = False
    most: int | None = None

    def parse(self, text: str) -> str | float | int | bool | date:
        """Turn the text of an address into a value.

        Raises
        ------
        InvalidRequestError
            When it is not one of the values allowed.
        """
        value: str | float | int | bool | date = _PARSERS[self.kind](self, text)
        if self.allowed and value not in self.allowed:
            raise self.refusal()
        return value

    def refusal(self) -> InvalidRequestError:
        """Say what is allowed."""
        return InvalidRequestError(self.name, f"{self.allowed_text()}.")

    def allowed_text(self) -> str:
        """Describe the values allowed, as a phrase that follows the parameter's name."""
        if self.allowed:
            return f"must be one of {', '.join(map(str, self.allowed))}"
        if self.kind == "boolean":
            return "must be true or false"
        if self.kind == "date":
            return "must be a day such as 2021-04-01"
        if self.kind == "string":
            return f"must look like {self.example}" if self.example else "must be plain text"
        noun = "a whole number" if self.kind == "integer" else "a number"
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"must be {noun} from {low:g} to {high:g}"
        return f"must be {noun}" if low is None else f"must be {noun}, {low:g} or more"

    def schema(self) -> dict[str, Any]:
        """Describe the parameter as JSON Schema, for the OpenAPI document."""
        if self.kind == "date":
            return {"type": "string", "format": "date"}
        schema: dict[str, Any] = {"type": self.kind}
        if self.allowed:
            schema["enum"] = list(self.allowed)
        if self.kind == "string":
            schema |= {} if self.pattern is None else {"pattern": f"^{self.pattern}$"}
            schema |= {} if self.maximum is None else {"maxLength": int(self.maximum)}
        else:
            schema |= {} if self.minimum is None else {"minimum": self.minimum}
            schema |= {} if self.maximum is None else {"maximum": self.maximum}
        schema |= {} if self.default is None else {"default": self.default}
        if not self.many:
            return schema
        limit = {} if self.most is None else {"maxItems": self.most}
        return {"type": "array", "items": schema, **limit}


def _parse_string(param: Param, text: str) -> str:
    cleaned = text.strip()
    too_long = len(cleaned) > (param.maximum or 100)
    if too_long or not cleaned.isprintable():
        raise param.refusal()
    if param.pattern and not re.fullmatch(param.pattern, cleaned, re.ASCII):
        raise param.refusal()
    return cleaned


def _parse_number(param: Param, text: str) -> float:
    if not _NUMBER.match(text.strip()):
        raise param.refusal()
    return _within(param, float(text))


def _parse_integer(param: Param, text: str) -> int:
    if not _INTEGER.match(text.strip()):
        raise param.refusal()
    return int(_within(param, int(text)))


def _parse_boolean(param: Param, text: str) -> bool:
    try:
        return _BOOLEANS[text.strip().lower()]
    except KeyError:
        raise param.refusal() from None


def _parse_date(param: Param, text: str) -> date:
    if not _DAY.match(text.strip()):
        raise param.refusal()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise param.refusal() from None


def _within(param: Param, value: float) -> float:
    low = -math.inf if param.minimum is None else param.minimum
    high = math.inf if param.maximum is None else param.maximum
    if not low <= value <= high:
        raise param.refusal()
    return value


_PARSERS: dict[str, Callable[[Param, str], str | float | int | bool | date]] = {
    "string": _parse_string,
    "number": _parse_number,
    "integer": _parse_integer,
    "boolean": _parse_boolean,
    "date": _parse_date,
}


def read(args: MultiDict[str, str], params: Iterable[Param]) -> Values:
    """Read the arguments of a request.

    An empty value of a text field counts as not given, since a form sends its empty fields.

    Raises
    ------
    InvalidRequestError
        For an unknown, repeated, missing or malformed parameter.
    """
    known = {param.name: param for param in params}
    _refuse_strangers(args, known)
    values: Values = {}
    for name, param in known.items():
        text = args.get(name)
        if param.many:
            given = [param.parse(each) for each in args.getlist(name) if each.strip()]
            values[name] = tuple(dict.fromkeys(given))
            _refuse_too_many(param, len(values[name]))
        elif text is None or (not text.strip() and param.kind in {"string", "date"}):
            if param.required:
                raise InvalidRequestError(name, f"missing; it {param.allowed_text()}.")
            values[name] = param.default
        else:
            values[name] = param.parse(text)
    return values


def _refuse_too_many(param: Param, found: int) -> None:
    if param.most is not None and found > param.most:
        raise InvalidRequestError(
            param.name,
            f"given {found} times; on the web {param.most} at most. The command line takes more.",
        )


def _refuse_strangers(args: MultiDict[str, str], known: Mapping[str, Param]) -> None:
    """Refuse names that the address does not take, and names given twice."""
    for name in args:
        if name not in known:
            allowed = ", ".join(known) if known else "none"
            shown = name if name.isprintable() and len(name) <= 40 else "a parameter"
            raise InvalidRequestError(
                shown, f"not a parameter of this address; allowed are: {allowed}."
            )
        if len(args.getlist(name)) > 1 and not known[name].many:
            raise InvalidRequestError(name, "given more than once; give it once.")
