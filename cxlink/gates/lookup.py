"""What a rule's name stands for in the results of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxlink.gates.grammar import Rule
from cxlink.gates.names import names_of, naming_keys, suggest


class NotFound(Exception):
    """A name that these results do not have; its text says so, and what there is."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A value that could not be estimated, and why."""

    reason: str


def look_up(rule: Rule, results: Mapping[str, Any]) -> Any:
    """Follow a rule's name through results.

    Parameters
    ----------
    rule : Rule
        Whose path is followed.
    results : mapping
        As in ``results.json``.

    Returns
    -------
    object
        A value, list or dict; :class:`NoAnswer` where it was not estimable. An estimate by itself gives its point.

    Raises
    ------
    NotFound
        Where there is nothing of that name.
    """
    value: Any = results
    steps = [step.name for step in rule.path]
    key = ""
    fields: tuple[str, ...] = ()
    while steps:
        if isinstance(value, list):
            fields = fields or naming_keys(key)
            if not fields:
                raise NotFound(f'rows of "{key}" have no name by which one could be told')
            field, fields = fields[0], fields[1:]
            value = _rows_named(value, field, steps.pop(0))
            if not fields or (len(value) == 1 and steps and steps[0] in value[0]):
                value, fields = _only(value, key), ()
            continue
        if not isinstance(value, Mapping):
            raise NotFound(f'"{key}" is a value: there is nothing below it')
        if "not_estimable" in value and steps[0] not in value:
            return NoAnswer(str(value["not_estimable"]))
        key = steps.pop(0)
        if key not in value:
            raise NotFound(f'there is no "{key}". {suggest(key, map(str, value))}')
        value = value[key]
    if isinstance(value, Mapping) and "not_estimable" in value:
        return NoAnswer(str(value["not_estimable"]))
    return value["point"] if isinstance(value, Mapping) and "point" in value else value


def _rows_named(rows: list[Any], field: str, name: str) -> list[Any]:
    found = [row for row in rows if str(row.get(field)) == name]
    if not found:
        raise NotFound(f'there is no {field} "{name}". {suggest(name, names_of(rows, field))}')
    return found


def _only(rows: list[Any], key: str) -> Any:
    if len(rows) > 1:
        raise NotFound(f'{len(rows)} rows of "{key}" have this name: it does not tell which')
    return rows[0]
