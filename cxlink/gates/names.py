"""By which name a row of a list in ``results.json`` is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

NAMING: Mapping[str, tuple[str, ...]] = {
    "components": ("component",),
    "causes": ("component", "cause"),
    "changes": ("name",),
    "claims": ("text",),
    "kpis": ("kpi", "outcome"),
    "kpi_comparisons": ("outcome",),
    "readiness": ("output",),
    "reconciliation": ("line",),
    "unexplained": ("what",),
    "tracked": ("name",),
    "outcomes": ("name",),
    "costs_to_serve": ("component",),
    "event_studies": ("component",),
    "promises": ("component", "measure"),
    "segments": ("attribute", "value"),
    "segment_tests": ("attribute", "component"),
    "monitor": ("series", "component", "month"),
    "bridge": ("kpi", "against", "term"),
    "drivers": ("kpi",),
    "contrasts": ("way",),
    "touchpoints": ("component",),
    "doubt": ("component",),
    "placebos": ("component", "placebo"),
    "rungs": ("name",),
    "levers": ("name",),
    "proportionality": ("term",),
    "months": ("table", "month"),
    "ledger": ("source",),
}
"""Names of a row by the key of its list."""

CALLED_BY_DATA = ("component", "series", "table")
"""Fields by whose values rows are called in ``no LIST.WORD``, and whose values only the data knows."""


def naming_keys(key: str) -> tuple[str, ...]:
    """Fields by which rows of a list are addressed, in order.

    Parameters
    ----------
    key : str
        Under which the list stands.

    Returns
    -------
    tuple of str
        Empty where rows have no name.
    """
    return NAMING.get(key, ())


def names_of(rows: Sequence[Mapping[str, Any]], field: str) -> list[str]:
    """Names that rows bear in a field.

    Parameters
    ----------
    rows : sequence of mapping
        Of one list.
    field : str
        Its naming key.

    Returns
    -------
    list of str
        Each once, in order.
    """
    return list(dict.fromkeys(str(row[field]) for row in rows if row.get(field) is not None))


def suggest(name: str, known: Iterable[str]) -> str:
    """Say the nearest known name, or what there is.

    Parameters
    ----------
    name : str
        That is not known.
    known : iterable of str
        Those that are.

    Returns
    -------
    str
        A sentence.
    """
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    if not names:
        return "There is none."
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"There are: {', '.join(names[:8])}{more}."
