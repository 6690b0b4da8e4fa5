"""Cells so plainly written that nothing is to be decided: the engine types them while it reads the file.

What is not plain here is not wrong: it is looked at text by text (`convert`). Both ways give the same values.
"""

from __future__ import annotations

from collections.abc import Iterable

from cxlink.currencies import CODES, exponent_of
from cxlink.load.formats import FIRST_YEAR, LAST_YEAR
from cxlink.load.tables import Column

# what str.strip() takes for a space, written out for the engine's patterns and functions
SPACES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_CLASS = "".join(f"\\x{{{ord(space):x}}}" for space in SPACES)
_TRIMMED = f"'[^{_CLASS}](?s:.*[^{_CLASS}])?'"
_BLANK = f"'[{_CLASS}]*'"
_SPACE_LITERAL = " || ".join(f"chr({ord(space)})" for space in SPACES)


def plain_text(cell: str, *, verbatim: bool = False) -> str:
    """Text of a cell, NULL where it is blank.

    Parameters
    ----------
    cell : str
        SQL of the cell.
    verbatim : bool, default False
        Whether spaces around it are kept.

    Returns
    -------
    str
        SQL; a cell that begins (and ends) with a letter or sign of ASCII needs no closer look.
    """
    first = f"{cell} > '!' AND {cell} < '~'"
    if verbatim:
        return f"CASE WHEN {first} THEN {cell} WHEN NOT regexp_full_match({cell}, {_BLANK}) THEN {cell} END"
    last = f"right({cell}, 1) > ' ' AND right({cell}, 1) < '~'"
    trimmed = f"nullif(trim({cell}, {_SPACE_LITERAL}), '')"
    return (
        f"CASE WHEN {first} AND {last} THEN {cell} WHEN regexp_full_match({cell}, {_TRIMMED}) THEN {cell}"
        f" ELSE {trimmed} END"
    )


def plain_value(cell: str, column: Column, currency: str) -> str | None:
    """Value of a cell where it is plain.

    Parameters
    ----------
    cell : str
        SQL of the cell, '' where empty.
    column : Column
        What it must become; no id and no text.
    currency : str
        Of the file's amounts.

    Returns
    -------
    str or None
        SQL that is NULL where the cell is not plain, or empty; None for kinds that are always looked at text by text.
    """
    if column.kind == "amount":
        return _amount(cell, exponent_of(currency))
    if column.kind == "day":
        return _dated(cell, "DATE")
    if column.kind == "moment":
        return f"coalesce({_dated(cell, 'TIMESTAMP')}, CAST({_dated(cell, 'DATE')} AS TIMESTAMP))"
    if column.kind == "choice":
        kind = words_type(column.choices)
        cases = " ".join(f"WHEN {cell} = {literal(word)} THEN {literal(word)}::{kind}" for word in column.choices)
        return f"CASE {cases} END"
    if column.kind == "score":
        number = f"try_cast({cell} AS BIGINT)"
        limits = f"{number} BETWEEN {column.low:.0f} AND {column.high:.0f}"
        return f"CASE WHEN CAST({number} AS VARCHAR) = {cell} AND {limits} THEN CAST({number} AS DOUBLE) END"
    if column.kind == "number":
        return _number(cell, column)
    return None


def plain_currency(cell: str, currency: str) -> str:
    """Currency of a row, the project's where the cell is empty.

    Parameters
    ----------
    cell : str
        SQL of the cell.
    currency : str
        The project's.

    Returns
    -------
    str
        SQL that is NULL where the cell is no code of ISO 4217.
    """
    kind = words_type({currency, *CODES})
    return (
        f"CASE WHEN {cell} IN ({literal(currency)}, '') THEN {literal(currency)}::{kind}"
        f" ELSE try_cast({cell} AS {kind}) END"
    )


def words_type(words: Iterable[str]) -> str:
    """SQL type of a column of few words, a byte each.

    Parameters
    ----------
    words : iterable of str
        All that there can be.

    Returns
    -------
    str
        Its values sort as the words do.
    """
    return f"ENUM({', '.join(literal(word) for word in sorted(words))})"


def _dated(cell: str, kind: str) -> str:
    """Only what reads back as it is written, so that leniency in reading cannot matter; 'infinity' does as well."""
    value = f"try_cast({cell} AS {kind})"
    limits = f"{value} >= {kind} '{FIRST_YEAR}-01-01' AND {value} < {kind} '{LAST_YEAR}-01-01'"
    return f"CASE WHEN CAST({value} AS VARCHAR) = {cell} AND {limits} THEN {value} END"


def _amount(cell: str, exponent: int) -> str:
    # three decimals are not plain: 1.234 may be a thousand and more
    part = rf"(\.[0-9]{{1,{min(exponent, 2)}}})?" if exponent else ""
    number = f"try_cast({cell} AS DECIMAL(18, {exponent}))"
    holds = f"regexp_full_match({cell}, '-?(0|[1-9][0-9]{{0,13}}){part}')"
    if exponent == 2:
        holds = f"CAST({number} AS VARCHAR) = {cell} OR {holds}"
    return f"CASE WHEN {holds} THEN CAST({number} * {10**exponent} AS BIGINT) END"


def _number(cell: str, column: Column) -> str:
    number = f"try_cast({cell} AS DOUBLE)"
    pattern = r"-?(0|[1-9][0-9]{0,14})(\.([0-9]{1,2}|[0-9]{4,15}))?"
    conditions = [f"regexp_full_match({cell}, '{pattern}')"]
    conditions += [f"{number} >= {column.low}"] if column.low > float("-inf") else []
    conditions += [f"{number} <= {column.high}"] if column.high < float("inf") else []
    return f"CASE WHEN {' AND '.join(conditions)} THEN {number} END"


def literal(text: str) -> str:
    """Write a text as SQL.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        Within single quotes.
    """
    return "'" + text.replace("'", "''") + "'"
