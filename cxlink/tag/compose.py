"""A taxonomy made of another one: which of its components are taken, and what is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tables = dict[str, Any]

_BY_LANGUAGE = ("patterns", "praise", "mentions", "examples", "counterexamples")
"""Sections whose tables are those of languages, with one table or list a component."""


def take_components(tables: Tables, taken: list[str]) -> tuple[Tables, list[str]]:
    """Leave some components of a taxonomy, with all that speaks of them.

    Parameters
    ----------
    tables : dict
        A whole taxonomy, as read from TOML.
    taken : list of str
        Names of components.

    Returns
    -------
    tables : dict
        Without the others; languages and ignored phrases stay.
    faults : list of str
        Names that it does not have.
    """
    components = tables.get("components", {})
    faults = [
        f"take: the base has no component {name!r}; it has {', '.join(components)}"
        for name in taken
        if name not in components
    ]
    kept = dict(tables)
    kept["components"] = {name: components[name] for name in components if name in taken}
    for section in _BY_LANGUAGE:
        if section in tables:
            kept[section] = {
                code: {name: content for name, content in parts.items() if name in taken}
                for code, parts in tables[section].items()
            }
    return kept, faults


def extend(base: Mapping[str, Any], own: Mapping[str, Any]) -> Tables:
    """Add the tables of one taxonomy to those of another.

    Parameters
    ----------
    base : mapping
        What is there.
    own : mapping
        What is added: tables go into tables, lists behind lists, and anything else takes the place of what is there.

    Returns
    -------
    dict
        Both are left as they are.
    """
    merged = dict(base)
    for key, value in own.items():
        there = merged.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            merged[key] = extend(there, value)
        elif isinstance(there, list) and isinstance(value, list):
            merged[key] = [*there, *(item for item in value if item not in there)]
        else:
            merged[key] = value
    return merged
