"""Names and numbers of organisations: keys to match by, redactions, persons."""

import re
import unicodedata

import pandas as pd

_REDACTED = re.compile(
    r"\bredact|\bwith(?:held|eld)\b|\bpersonal data\b|\bnot disclosed\b|\bname removed\b"
    r"|\bcommercial(?:ly)? confidential|\bdata protection\b|^\W*x{4,}\W*$",
    re.IGNORECASE,
)
_BLANK = frozenset({"", "-", "na", "n/a", "#n/a", "null", "none", "nil", "unknown", "not known"})

_FORMS = {
    "limited": "ltd",
    "company": "co",
    "and": "",
    "the": "",
    "incorporated": "inc",
    "corporation": "corp",
}
_FORM_PHRASES = (
    (re.compile(r"\bpublic limited (?:company|co)\b"), "plc"),
    (re.compile(r"\blimited liability partnership\b"), "llp"),
    (re.compile(r"\bcommunity interest (?:company|co)\b"), "cic"),
    (re.compile(r"\bcharitable incorporated organisation\b"), "cio"),
)
_DOTTED = re.compile(r"\b(?:\w\.){2,}")
_NOT_WORD = re.compile(r"[^\w]+|_+")

_COMPANY = re.compile(r"\d{5,8}|[A-Z]{2}\d{1,6}|[A-Z]{2}\d{1,5}R")
_SOCIETY = re.compile(r"(\d{1,5})(R|RS)")
_PREFIXES = re.compile(
    "SC|NI|OC|SO|NC|FC|SF|NF|LP|SL|NL|IP|SP|NP|IC|SI|NV|RC|SR|NR|RS|AC|ZC|SZ|NZ|GE|GN|GS|"
    "CE|CS|PC|SG|NA|OE|ES|ED|EN|SA"
)

_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd|sir|dame|lady)\b\.?\s+\S", re.IGNORECASE
)
_COUPLE = re.compile(r"(?:mr|mrs|ms|dr)\.?\s*(?:&|and|/)\s*(?:mr|mrs|ms|dr)\b", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.?\s){1,3}[A-Z][A-Za-z'’-]{2,}(?:-[A-Z][a-z]+)?")
# Not "Sample F C", "Sample C C" nor "Sample U K": clubs and countries, not initials.
_SURNAME_FIRST = re.compile(
    r"[A-Z][A-Za-z'’-]{2,},?(?!\s(?:[FCR]\.?\sC|U\.?\sK|W\.?\sI|I\.?\sI)\.?$)(?:\s[A-Z]\.?){1,2}"
)
_TITLE_LAST = re.compile(r"\s(?:mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd)\.?$", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:sole[- ]?trad(?:ers?|ing)|individuals?|self[- ]?employed|persons?)\b", re.IGNORECASE
)
_SOLE_TRADER = re.compile(r"\bsole[- ]?trad(?:er|ing)\b", re.IGNORECASE)
_BUSINESS = re.compile(
    r"\b(?:ltd|limited|plc|llp|lp|cic|cio|inc|co|company|group|holdings?|partners(?:hip)?|"
    r"associates?|trust(?:ees)?|council|school|academy|college|university|church|club|society|"
    r"association|charity|foundation|centre|center|services?|surgery|practice|pharmacy|"
    r"solicitors?|consult\w*|architects?|builders?|electrical|plumbing|motors?|garages?|"
    r"transport|haulage|taxis?|t/?a|trading|sons?|bros|brothers|nhs|care|nursery|shop|stores?|"
    r"cafe|restaurant|hotel|farm|stud(?:io|ios)|design|engineering|joinery|contractors?|"
    r"enterprises?|industries|products|supplies|systems|solutions|media|print\w*|"
    r"hire|training|recruitment|catering|foods?|properties|estates?|investments?)\b|&|\d",
    re.IGNORECASE,
)

# Between two names of one payee: A Sample T/A Sample Joinery.
_TRADING_AS = re.compile(r"\bt\s*/\s*as?\b|\btrading as\b|\bta\b", re.IGNORECASE)
_TITLED = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|prof|professor|rev|revd|cllr|messrs)\b\.?\s*[a-z]|^dr\b\.?\s*[a-z]|"
    r",\s*(?:mr|mrs|ms|miss|mx|dr)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:direct payments?|personal budget|(?:executors?|estate|representatives?) of)\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:ltd|limited|plc|llp|lp|cic|cio|inc|company|group|holdings?|partners|partnership|"
    r"associates|trust|council|schools?|academy|college|university|church|club|society|nhs|"
    r"association|charity|foundation|cent(?:re|er)|surgery|practice|pharmacy|solicitors?|"
    r"hospital|agency|bank|consultants?|architects?)\b",
    re.IGNORECASE,
)
_PARTICLE = r"(?:(?:van|von|der|den|de|du|la|le|al|el|bin|st)\s)*"
_ONE = re.compile(rf"(?:[a-z]\.?\s|[a-z]\.){{1,3}}{_PARTICLE}[a-z][a-z'’-]{{2,}}", re.IGNORECASE)
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def name_key(text: str) -> str:
    """Reduce a name to what exact matching compares.

    Case, accents, punctuation, spacing, ``&`` and ``and``, ``the``, and the spelling of a
    legal form (Limited, Ltd; Public Limited Company, PLC) do not matter; every other word and
    their order do. A name of nothing else keeps all its words.

    Examples
    --------
    >>> name_key("The A & B Company Limited")
    'a b co ltd'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = _DOTTED.sub(lambda match: match.group().replace(".", ""), plain)
    plain = plain.replace("'", "").replace("`", "")
    plain = " ".join(_NOT_WORD.sub(" ", plain).split())
    for pattern, short in _FORM_PHRASES:
        plain = pattern.sub(short, plain)
    words = [_FORMS.get(word, word) for word in plain.split()]
    return " ".join(word for word in words if word) or plain


def name_keys(names: "pd.Series[str]") -> "pd.Series[str]":
    """Give :func:`name_key` of each name, computing each distinct name once."""
    codes, distinct = pd.factorize(names)
    keys = pd.Series([name_key(name) for name in distinct], dtype=object)
    return pd.Series(keys.to_numpy()[codes], index=names.index, dtype=object)


def company_number(text: str | None) -> str | None:
    """Give a company number its eight characters, or None when the text is not one.

    Lost leading zeros come back (``8494722``), prefixes of other registers stay (``SC``,
    ``NI``, ``OC``), and a society's number (``525R``) becomes that under which Companies
    House lists it. National Insurance numbers and free text give None.

    Examples
    --------
    >>> company_number(" 8494722"), company_number("sc 55775"), company_number("JN999999A")
    ('08494722', 'SC055775', None)
    """
    if not text:
        return None
    plain = re.sub(r"[\s.\-/]", "", text.strip().upper().removesuffix(".0"))
    if society := _SOCIETY.fullmatch(plain):
        return f"IP{society[1]:0>5}R" if society[2] == "R" else f"SP{society[1]:0>4}RS"
    if not _COMPANY.fullmatch(plain):
        return None
    if plain.isdigit():
        return plain.zfill(8) if int(plain) else None
    prefix, number = plain[:2], plain[2:]
    return prefix + number.zfill(6) if _PREFIXES.fullmatch(prefix) else None


def charity_number(text: str | None) -> str | None:
    """Give a charity's number as its regulator writes it, or None when the text is not one."""
    if not text:
        return None
    plain = re.sub(r"[\s.]", "", text.strip().upper().removesuffix(".0"))
    if re.fullmatch(r"SC0\d{5}", plain) or re.fullmatch(r"NIC\d{6}", plain):
        return plain
    return plain if re.fullmatch(r"[1-9]\d{5,6}(?:-\d{1,3})?", plain) else None


def payee_state(name: str | None) -> str:
    """Tell whether a payee is ``named``, ``redacted`` or ``blank``."""
    plain = (name or "").strip()
    if plain.lower() in _BLANK:
        return "blank"
    # Not in the pattern: a run of stars among other marks would be tried in every cut.
    stars = "***" in plain and not re.search(r"\w", plain)
    return "redacted" if stars or _REDACTED.search(plain) else "named"


def says_person(text: str) -> bool:
    """Tell whether a form of organisation is a person's: sole trader, self-employed."""
    return bool(_PERSON.search(text))


def looks_individual(name: str) -> bool:
    """Tell whether a name is plainly a person's: a title, a surname and initials, or stated.

    Errs towards hiding only what is sure; a register that states sole traders is believed
    before this guess.
    """
    plain = " ".join(name.split())
    if _SOLE_TRADER.search(plain):
        return True
    if _BUSINESS.search(plain) and not _COUPLE.match(plain):
        return False
    return bool(
        _TITLE.match(plain)
        or _COUPLE.match(plain)
        or _TITLE_LAST.search(plain)
        or _INITIALS.fullmatch(plain)
        or _SURNAME_FIRST.fullmatch(plain)
    )


def names_person(name: str) -> bool:
    """Tell whether a name gives a person's away: is one's, or has one's as a part.

    Errs towards hiding, where :func:`looks_individual` errs towards what is sure: a title
    counts whatever trade follows it, unless a legal form or an institution is named, and so
    do the parts before and after *trading as* and in brackets.

    Examples
    --------
    >>> names_person("A Sample T/A Sample Joinery"), names_person("Mr A Sample Foster Care")
    (True, True)
    >>> names_person("Sample Ltd T/A Sample"), names_person("Dr Sample & Partners")
    (False, False)
    """
    plain = " ".join(_UNSEEN.sub(" ", name).split())
    names = [each for each in _TRADING_AS.split(plain) if not _BODY.search(each)]
    parts = [part.strip(" -,.;:/") for each in names for part in re.split("[()]", each)]
    return looks_individual(plain) or any(_is_person(part) for part in parts if part)


def _is_person(part: str) -> bool:
    if _TITLED.search(part) or _PRIVATE.search(part):
        return True
    return looks_individual(part) or bool(_ONE.fullmatch(part) and not _BUSINESS.search(part))
