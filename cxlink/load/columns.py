"""Which column of a file is which canonical column."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass

from cxlink.errors import ConfigError, CxlinkError, DataError, Faults
from cxlink.load.sources import Source
from cxlink.load.tables import ATTRIBUTE_TABLE, DATE_KINDS, TABLES, Column, Table

N_LISTED = 40
RESERVED = frozenset({"file", "line"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where the canonical columns and the attributes come from.

    Parameters
    ----------
    columns : tuple of (Column, str)
        Canonical column and name in the header.
    attributes : tuple of (str, str)
        Attribute of a customer and name in the header.
    """

    columns: tuple[tuple[Column, str], ...]
    attributes: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        """Names in the header, each once."""
        return list(dict.fromkeys([name for _, name in self.columns] + [name for _, name in self.attributes]))


def check_mapping(source: Source) -> None:
    """Refuse a mapping onto columns that do not exist.

    Parameters
    ----------
    source : Source
        With its setting ``columns`` (canonical name to the header's) and ``values``.

    Raises
    ------
    ConfigError
        If a canonical name is unknown (CX107).
    Faults
        If several are.
    """
    table = TABLES[source.table]
    if table.name == ATTRIBUTE_TABLE:
        return
    named = [*source.settings.columns, *source.settings.values]
    faults = [_unknown(name, table, source) for name in dict.fromkeys(named) if table.column(name) is None]
    _raise_all(faults)


def wanted_names(source: Source) -> tuple[frozenset[str], frozenset[str], str | None]:
    """Name what to look for in a file's header.

    Parameters
    ----------
    source : Source
        With its mapping.

    Returns
    -------
    wanted, required : frozenset of str
        Names in the header that may and must be there.
    day : str or None
        The one of a required column of days.
    """
    table, mapped = TABLES[source.table], source.settings.columns
    wanted = {mapped.get(column.name, column.name) for column in table.columns} | set(mapped.values())
    required = {mapped.get(name, name) for name in table.required}
    days = [mapped.get(c.name, c.name) for c in table.columns if c.required and c.kind in DATE_KINDS]
    return frozenset(wanted), frozenset(required), days[0] if days else None


def plan_columns(source: Source, header: tuple[str, ...], *, place: str) -> ColumnPlan:
    """Find the canonical columns in a header.

    Parameters
    ----------
    source : Source
        With its mapping.
    header : tuple of str
        Names as in the file.
    place : str
        The file, for the user.

    Returns
    -------
    ColumnPlan
        Mapped names first; a column that already bears a canonical name needs no mapping.

    Raises
    ------
    DataError
        If a column is missing (CX102) or named twice (CX108), or a result has others than canonical ones (CX106).
    Faults
        If several of these.
    """
    table, mapped = TABLES[source.table], source.settings.columns
    pairs = [(name, mapped.get(name, name)) for name in _canonical_names(table, mapped, header)]
    missing = [
        (name, named) for name, named in pairs if named not in header and (name in mapped or name in table.required)
    ]
    faults: list[CxlinkError] = [_missing(missing, header, source, place)] if missing else []
    found = [(column, named) for name, named in pairs if named in header and (column := table.column(name))]
    faults += [_twice(named, place) for _, named in found if header.count(named) > 1]
    attributes = _attributes(table, mapped, header) if table.name == ATTRIBUTE_TABLE else ()
    if source.settings.query is not None and table.name != ATTRIBUTE_TABLE:
        known = {named for _, named in found}
        faults += [_not_canonical(name, table, place) for name in header if name not in known]
    _raise_all(faults)
    return ColumnPlan(tuple(found), attributes)


def _canonical_names(table: Table, mapped: dict[str, str], header: tuple[str, ...]) -> list[str]:
    taken = set(mapped.values())
    own = [c.name for c in table.columns if c.name in mapped or c.name not in taken or c.required]
    more = [name for name in (*mapped, *header) if name not in taken or name in mapped]
    return list(dict.fromkeys([*own, *(name for name in more if table.column(name) is not None)]))


def _attributes(table: Table, mapped: dict[str, str], header: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    canonical = {column.name for column in table.columns}
    named = {ours: theirs for ours, theirs in mapped.items() if ours not in canonical and theirs in header}
    used = {*mapped.values(), *named.values()} | {name for name in canonical if name not in mapped}
    rest = {name: name for name, count in Counter(header).items() if count == 1 and name and name not in used}
    taken = {name.casefold() for name in canonical} | RESERVED
    pairs: list[tuple[str, str]] = []
    for ours, theirs in {**rest, **named}.items():
        free = _free_name(ours, taken)
        taken.add(free.casefold())
        pairs.append((free, theirs))
    return tuple(pairs)


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free.casefold() in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _missing(pairs: list[tuple[str, str]], header: tuple[str, ...], source: Source, place: str) -> DataError:
    present = [column for column in header if column]
    listed = ", ".join(f'"{column}"' for column in present[:N_LISTED]) + (", ..." if len(present) > N_LISTED else "")
    wanted = ", ".join(f'"{named}"' for _, named in pairs)
    what = f"no column{'s' if len(pairs) > 1 else ''} {wanted}; it has {listed or 'no header'}."
    if source.settings.query is not None:
        names = ", ".join(f"... AS {name}" for name, _ in pairs)
        return DataError("CX102", place, what, f"Name them in the query: SELECT {names}.")
    sign = _delimiter(header, [named for _, named in pairs])
    if sign:
        return DataError("CX102", place, what, f'Set delimiter = "{sign}" in cxlink.toml {source.key}.')
    nearest = {name: _nearest(name, named, present) for name, named in pairs}
    hints = ", ".join(f'"{near}"' for near in nearest.values() if near)
    hint = f"Did you mean {hints}? " if hints else ""
    example = ", ".join(f'{name} = "{near or "..."}"' for name, near in nearest.items())
    return DataError("CX102", place, what, f"{hint}Map it in cxlink.toml {source.key} columns = {{ {example} }}.")


def _delimiter(header: tuple[str, ...], names: list[str]) -> str:
    """The sign that cuts a header of one cell into the names that are missing."""
    if len(header) != 1:
        return ""
    signs = sorted({letter for letter in header[0] if not letter.isalnum() and letter not in "_ -\"'\\"})
    return next((sign for sign in signs if set(names) <= {part.strip(' "') for part in header[0].split(sign)}), "")


def _nearest(name: str, named: str, present: list[str]) -> str:
    folded = {column.casefold().replace(" ", "_"): column for column in present}
    for wanted in (named, name):
        close = difflib.get_close_matches(wanted.casefold().replace(" ", "_"), folded, n=1)
        if close:
            return folded[close[0]]
    return ""


def _twice(named: str, place: str) -> DataError:
    return DataError("CX108", place, f'two columns are named "{named}".', "Rename one of them in the export.")


def _not_canonical(name: str, table: Table, place: str) -> DataError:
    close = difflib.get_close_matches(name, [column.name for column in table.columns], n=1)
    remedy = f'Did you mean "{close[0]}"?' if close else "Leave it out of the SELECT."
    return DataError("CX106", place, f'"{name}" is not a column of {table.name}.', remedy)


def _unknown(name: str, table: Table, source: Source) -> ConfigError:
    names = [column.name for column in table.columns]
    close = difflib.get_close_matches(name, names, n=1)
    remedy = f'Did you mean "{close[0]}"?' if close else "It has " + ", ".join(names) + "."
    return ConfigError("CX107", f"cxlink.toml {source.key}", f'"{name}" is not a column of {table.name}.', remedy)


def _raise_all(faults: list[CxlinkError] | list[ConfigError]) -> None:
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
