"""Queries from templates: names of the export's columns are put in, lines without theirs are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cxlink.engine.interface import quote
from cxlink.profiles.formats import Finding

_NEEDS = re.compile(r"^(\s*)\{\?(\w+)\}")
_NAME = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CLOCKS = ("%H:%M:%S", "%H:%M")


def fill_template(
    template: str, names: Mapping[str, str], findings: Mapping[str, Finding], extra: Mapping[str, str]
) -> str:
    """Write a query for the columns that an export has.

    Parameters
    ----------
    template : str
        SQL with ``{name}`` for a column, ``{name:moment}`` for its moment in time, and lines that begin with
        ``{?name}`` for those that need a column.
    names : mapping of str to str
        The export's header by the template's name.
    findings : mapping of str to Finding
        How the dates of each are written.
    extra : mapping of str to str
        Literals by the template's name.

    Returns
    -------
    str
        SQL.
    """
    lines = [_NEEDS.sub(r"\1", line) for line in template.splitlines() if _is_there(line, names)]

    def put(match: re.Match[str]) -> str:
        name, kind = match.group(1), match.group(2)
        if name in extra:
            return extra[name]
        if name not in names:
            return "NULL"
        column = quote(names[name])
        return _moment(column, findings.get(name)) if kind == "moment" else column

    return "\n".join(_NAME.sub(put, line) for line in lines) + "\n"


def _is_there(line: str, names: Mapping[str, str]) -> bool:
    match = _NEEDS.match(line)
    if match is None:
        return True
    return match.group(2) in names


def _moment(column: str, finding: Finding | None) -> str:
    name = (
        finding.reading.format.name
        if finding and finding.reading
        else finding.choices[0]
        if finding and finding.choices
        else "%Y-%m-%d"
    )
    if name == "%Y-%m-%d":
        return f"TRY_CAST({column} AS TIMESTAMP)"
    formats = ", ".join(f"'{name} {clock}'" for clock in _CLOCKS) + f", '{name}'"
    return f"try_strptime(trim({column}), [{formats}])"
