"""Formats of dates, compiled to strict ASCII patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2100
PIVOT_YEAR = 69
MAX_LENGTH = 64
Clock = Literal[12, 24, 0]

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_NAMED = "|".join(sorted(MONTHS, key=len, reverse=True))
_DIRECTIVES: Mapping[str, str] = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "e": r"(?P<d>[0-9]{1,2})",
    "b": rf"(?P<b>{_NAMED})\.?",
    "B": rf"(?P<b>{_NAMED})",
    "a": r"[A-Za-z]+\.?",
    "A": r"[A-Za-z]+",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"(?P<f>[0-9]{1,9})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "z": r"(?P<z>Z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?)",
    "%": "%",
}
_TIME = (
    r"(?:(?:[Tt]|,? {1,2})(?P<h>[0-9]{1,2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
    r"(?: ?(?P<p>[AaPp]\.?[Mm]\.?))?(?: ?(?P<z>Z|z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?))?)?"
)
KNOWN_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y/%m/%d",
    "%d.%m.%y",
    "%m.%d.%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%y-%m-%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d/%b/%Y",
    "%d. %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%Y-%b-%d",
    "%Y-%m",
)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format of dates.

    Parameters
    ----------
    name : str
        In the letters of ``strftime``; the time of day is left out where any may follow.
    pattern : re.Pattern
        What a cell must match as a whole.
    """

    name: str
    pattern: re.Pattern[str]


def compile_format(name: str, *, with_time: bool) -> DateFormat:
    """Compile a format.

    Parameters
    ----------
    name : str
        In the letters of ``strftime``: Y y m d e b B a A H I M S f p z.
    with_time : bool
        Whether any common time of day may follow.

    Returns
    -------
    DateFormat
        A cell matches as a whole or not at all; digits are ASCII.

    Raises
    ------
    ValueError
        If the format knows other letters, repeats one, or does not give year, month and day.
    """
    pattern, seen = "", set()
    for token in re.findall(r"%-?.|%$|[^%]+", name, flags=re.DOTALL):
        if not token.startswith("%"):
            pattern += re.escape(token).replace(r"\ ", " +")
            continue
        letter = token[-1]
        if letter not in _DIRECTIVES or (letter in seen and letter != "%"):
            raise ValueError(f"cannot use {token}")
        seen.add(letter)
        part = _DIRECTIVES[letter]
        pattern += part.replace("{1,2}", "{2}") if name == "%Y%m%d" else part
    if not (seen & {"Y", "y"} and seen & {"m", "b", "B"}):
        raise ValueError("needs a year and a month")
    try:
        return DateFormat(name, re.compile(pattern + (_TIME if with_time else ""), re.IGNORECASE | re.ASCII))
    except re.error as error:
        raise ValueError("repeats a part of the date") from error


@cache
def known_formats() -> tuple[DateFormat, ...]:
    """List the formats that are tried on a column whose format is not configured.

    Returns
    -------
    tuple of DateFormat
        Each also reads a time of day after the date.
    """
    return tuple(compile_format(name, with_time=name != "%Y-%m") for name in KNOWN_FORMATS)


def read_moment(
    text: str, date_format: DateFormat, zone: ZoneInfo, own_zone: ZoneInfo | None = None
) -> datetime | None:
    """Read one cell by one format.

    Parameters
    ----------
    text : str
        Trimmed.
    date_format : DateFormat
        The format.
    zone : ZoneInfo
        The project's time zone; a cell that names its own offset is converted to it.
    own_zone : ZoneInfo, optional
        The export's, for times of day that name no offset; days without a time are taken as they are.

    Returns
    -------
    datetime or None
        Without zone, in the project's time; None where the cell does not match, or is not between 1900 and 2100.
    """
    if len(text) > MAX_LENGTH:
        return None
    match = date_format.pattern.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        moment = datetime(_year(parts), _month(parts), int(parts.get("d") or 1), *_time(parts))  # noqa: DTZ001 - the export names its own zone or none
        if parts.get("z"):
            moment = moment.replace(tzinfo=_offset(parts["z"])).astimezone(zone).replace(tzinfo=None)
        elif own_zone is not None and _has_time(parts):
            moment = moment.replace(tzinfo=own_zone).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year < LAST_YEAR else None


def clock_of(text: str, date_format: DateFormat) -> Clock:
    """Tell whether a cell's time of day is on the 12- or the 24-hour clock.

    Parameters
    ----------
    text : str
        Trimmed.
    date_format : DateFormat
        The format.

    Returns
    -------
    {12, 24, 0}
        0 where the cell has no time of day, or midnight.
    """
    match = date_format.pattern.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        return 0
    parts = match.groupdict()
    if parts.get("p"):
        return 12
    hour = parts.get("h") or parts.get("H")
    return 24 if hour is not None and int(hour) else 0


def _has_time(parts: Mapping[str, str | None]) -> bool:
    return any(parts.get(letter) for letter in "hHI")


def _year(parts: Mapping[str, str | None]) -> int:
    if parts.get("Y"):
        return int(parts["Y"] or 0)
    short = int(parts.get("y") or 0)
    return 1900 + short if short >= PIVOT_YEAR else 2000 + short


def _month(parts: Mapping[str, str | None]) -> int:
    name = parts.get("b")
    return MONTHS[name.lower()] if name else int(parts.get("m") or 0)


def _time(parts: Mapping[str, str | None]) -> tuple[int, int, int, int]:
    hour = int(parts.get("h") or parts.get("H") or parts.get("I") or 0)
    half = (parts.get("p") or "").replace(".", "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not an hour of the 12-hour clock")
        hour = hour % 12 + (12 if half == "pm" else 0)
    micro = int((parts.get("f") or "0").ljust(6, "0")[:6])
    return hour, int(parts.get("M") or 0), int(parts.get("S") or 0), micro


def _offset(text: str | None) -> timezone:
    if text is None or text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)
