"""Files that no profile knows: those that bear our own names, and those whose names can only be guessed."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from cxlink.load.tables import TABLES
from cxlink.profiles.heads import Head
from cxlink.profiles.model import ColumnChoice, Feed, HeaderTest, Profile
from cxlink.profiles.names import find_name, fold_name
from cxlink.profiles.recognise import Match

GUESSED = "guessed"
CANONICAL = "canonical"
HEADER_ROWS = 20
N_NEAREST = 30
CHECK = "please check: by its name only"


@cache
def _synonyms() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    document = tomllib.loads((files("cxlink.profiles") / "synonyms.toml").read_text(encoding="utf-8"))
    return {group: {ours: tuple(names) for ours, names in of.items()} for group, of in document.items()}


def synonyms_of(table: str) -> dict[str, tuple[str, ...]]:
    """List the names that people give a table's columns.

    Parameters
    ----------
    table : str
        A canonical table.

    Returns
    -------
    dict of str to tuple of str
        Names by canonical column, our own first.
    """
    known = _synonyms()
    columns = {column.name for column in TABLES[table].columns}
    shared = {ours: names for ours, names in known["shared"].items() if ours in columns}
    return {ours: (ours, *names) for ours, names in {**shared, **known.get(table, {})}.items()}


def match_canonical(head: Head) -> Match | None:
    """Recognise a file that bears our own names.

    Parameters
    ----------
    head : Head
        Its first rows.

    Returns
    -------
    Match or None
        With a profile made for the file; None where no table has all its columns there.
    """
    found: list[tuple[int, int, Match]] = []
    for delimiter, rows in head.cuts:
        for at, row in enumerate(rows[:HEADER_ROWS]):
            names = set(row)
            for table in TABLES.values():
                own = [column.name for column in table.columns if column.name in names]
                if set(table.required) <= names and len(own) > 1:
                    profile = _profile(CANONICAL, table.name, {name: ColumnChoice.of(name) for name in own}, row)
                    found.append((len(own), -at, Match(profile, delimiter, at, row, len(own))))
    return max(found, key=lambda entry: entry[:2])[2] if found else None


def match_guessed(head: Head) -> Match | None:
    """Recognise a file by names that are commonly given to our columns.

    Parameters
    ----------
    head : Head
        Its first rows.

    Returns
    -------
    Match or None
        With a profile made for the file.
    """
    found: list[tuple[bool, int, int, Match]] = []
    for delimiter, rows in head.cuts:
        for at, row in enumerate(rows[:HEADER_ROWS]):
            for table in _synonyms()["signature"]:
                columns = _guess(table, row)
                if columns is not None:
                    profile = _profile(GUESSED, table, columns, row)
                    named = any(fold_name(table.rstrip("s")) in fold_name(part) for part in (head.label,))
                    found.append((named, len(columns), -at, Match(profile, delimiter, at, row, len(columns))))
    return max(found, key=lambda entry: (entry[1] + 2 * entry[0], entry[2]))[3] if found else None


def _guess(table: str, row: Sequence[str]) -> dict[str, ColumnChoice] | None:
    columns: dict[str, ColumnChoice] = {}
    taken: set[str] = set()
    for ours, names in synonyms_of(table).items():
        free = [name for name in row if name and name not in taken]
        found = find_name(names, free)
        if found is not None:
            columns[ours] = ColumnChoice.of(found, CHECK if found != ours else "")
            taken.add(found)
    signature = _synonyms()["signature"][table]
    is_signed = any(name in columns for name in signature)
    columns.pop("score", None)
    needed = [name for name in TABLES[table].required if name not in columns]
    if needed == ["customer_id"] and "email" in columns:
        needed = []
    return columns if not needed and is_signed else None


def _profile(kind: str, table: str, columns: Mapping[str, ColumnChoice], row: Sequence[str]) -> Profile:
    title = f"{table}, by our own names" if kind == CANONICAL else f"{table}, guessed by its columns' names"
    return Profile(
        id=f"{kind}-{table}",
        name=title,
        vendor="",
        export="",
        header=HeaderTest(must=tuple(choice.names[0] for choice in columns.values())),
        feeds=(Feed(table=table, columns=dict(columns), questions=kind == GUESSED and table == "feedback"),),
        known=tuple(row) if table != "feedback" else (),
    )


def nearest_table(row: Sequence[str]) -> str:
    """Tell which table a file that is not recognised comes closest to.

    Parameters
    ----------
    row : sequence of str
        Its headers.

    Returns
    -------
    str
        In words, with what it lacks; "" where it is like none.
    """
    found: list[tuple[int, str]] = []
    for table, signature in _synonyms()["signature"].items():
        names = synonyms_of(table)
        there = {ours for ours in names if find_name(names[ours], [name for name in row if name]) is not None}
        missing = [name for name in TABLES[table].required if name not in there]
        if there & set(signature):
            found.append((len(missing), f"it is most like {table}, and has no column for {', '.join(missing)}"))
    return min(found, default=(0, ""))[1]


def nearest_columns(row: Sequence[str]) -> list[tuple[str, str]]:
    """Find the columns of ours that a file's headers resemble.

    Parameters
    ----------
    row : sequence of str
        Headers of a file that is not recognised.

    Returns
    -------
    list of (str, str)
        Header, and ``table.column`` or "".
    """
    known: dict[str, str] = {}
    for table in TABLES:
        for ours, names in synonyms_of(table).items():
            for name in names:
                known.setdefault(fold_name(name), f"{table}.{ours}")
        for column in TABLES[table].columns:
            known.setdefault(fold_name(column.name), f"{table}.{column.name}")
    found = []
    for header in [name for name in row if name][:N_NEAREST]:
        close = difflib.get_close_matches(fold_name(header), known, n=1, cutoff=0.75)
        found.append((header, known[close[0]] if close else ""))
    return found


def likely_header(head: Head) -> tuple[str, tuple[str, ...]]:
    """Find the row of names in a file that is not recognised.

    Parameters
    ----------
    head : Head
        Its first rows.

    Returns
    -------
    delimiter : str
        That gives most columns.
    names : tuple of str
        Of the first row with as many cells as most.
    """
    delimiter, rows = head.cuts[0]
    most = max(sum(bool(cell) for cell in row) for row in rows)
    return delimiter, next((row for row in rows if 2 * sum(bool(cell) for cell in row) > most), rows[0])
