"""Attributes of customers as columns of numbers that models adjust for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxlink.errors import ConfigError
from cxlink.handoff import Loaded, Message

RARE_SHARE = 0.02
MOST_SEGMENTS = 12
"""Values of one attribute that are told apart; what is beyond is one segment."""


def build_covariates(loaded: Loaded, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...], tuple[Message, ...]]:
    """Attributes named in the settings, as numbers.

    Numbers are standardised; a missing one becomes the mean and is marked by a column of its own. Categories become one
    column a level, the most frequent level left out; levels below 2% of customers are pooled as "other".

    Parameters
    ----------
    loaded : Loaded
        ``linked_customers`` must stand on its engine.
    names : tuple of str
        Attributes to adjust for.

    Returns
    -------
    covariates : ndarray
        (n_customers, n_covariates).
    covariate_names : tuple of str
        Such as ``usage`` or ``plan=pro``.
    messages : tuple of Message
        Attributes that are there and not adjusted for.

    Raises
    ------
    ConfigError
        If an attribute does not exist (CX201).
    """
    unknown = [name for name in names if name not in loaded.attributes]
    if unknown:
        has = ", ".join(sorted(loaded.attributes)) or "none"
        raise ConfigError(
            "CX201", "model.adjust_for", f'customers have no attribute "{unknown[0]}".', f"Attributes there: {has}."
        )
    n_customers = int(str(loaded.engine.scalar("select count(*) from linked_customers")))
    columns: list[tuple[str, np.ndarray]] = []
    silent: list[str] = []
    for name in names:
        values = _values(loaded, name)
        encode = _encode_number if loaded.attributes[name] == "number" else _encode_category
        encoded = encode(name, values)
        columns += encoded
        silent += [name] if not encoded else []
    left_out = sorted(set(loaded.attributes) - set(names))
    messages = (*((_not_adjusted(left_out),) if left_out else ()), *((_silent(silent),) if silent else ()))
    matrix = np.column_stack([column for _, column in columns]) if columns else np.zeros((n_customers, 0))
    return matrix, tuple(name for name, _ in columns), messages


def check_segments(loaded: Loaded, names: tuple[str, ...]) -> None:
    """Refuse segments that are no categories of customers.

    Parameters
    ----------
    loaded : Loaded
        The attributes and their kinds.
    names : tuple of str
        Of ``[report] segments``.

    Raises
    ------
    ConfigError
        If one does not exist or is a number (CX201).
    """
    for name in names:
        if loaded.attributes.get(name) == "number":
            raise ConfigError(
                "CX201",
                "report.segments",
                f'"{name}" is a number, and a table for each of its values would tell nothing.',
                "Export it in bands, as texts such as low and high, or name a category.",
            )
        if loaded.attributes.get(name) != "category":
            there = ", ".join(sorted(key for key, kind in loaded.attributes.items() if kind == "category")) or "none"
            raise ConfigError(
                "CX201", "report.segments", f'customers have no category "{name}".', f"Categories there: {there}."
            )


def read_segments(loaded: Loaded, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Values of the segments of all customers.

    Parameters
    ----------
    loaded : Loaded
        ``linked_customers`` must stand on its engine.
    names : tuple of str
        Of ``[report] segments``, after :func:`check_segments`.

    Returns
    -------
    dict of str to ndarray
        (n_customers,) texts in the order of the key; of the most frequent values, the others are ``other``.
    """
    return {name: _segment_values(loaded, name) for name in names}


def _segment_values(loaded: Loaded, name: str) -> np.ndarray:
    texts = _values(loaded, name).fillna("missing").astype(str)
    counts = texts.value_counts().to_dict()
    levels = sorted(counts, key=lambda level: (-counts[level], str(level)))
    if len(levels) > MOST_SEGMENTS:
        texts = texts.where(texts.isin(levels[: MOST_SEGMENTS - 1]), "other")
    return texts.to_numpy(dtype=object)


def _values(loaded: Loaded, name: str) -> pd.Series[Any]:
    quoted = '"' + name.replace('"', '""') + '"'
    return loaded.engine.frame(
        f"select source.{quoted} as value from linked_customers as linked"
        " join customers as source on source.customer_id = linked.customer_id order by linked.customer"
    )["value"]


def _encode_number(name: str, values: pd.Series[Any]) -> list[tuple[str, np.ndarray]]:
    numbers = pd.to_numeric(values).to_numpy(dtype=float)
    missing = np.isnan(numbers)
    if missing.all():
        return []
    mean, spread = float(np.nanmean(numbers)), float(np.nanstd(numbers))
    if spread == 0:
        return []
    filled = np.where(missing, 0.0, (numbers - mean) / spread)
    columns = [(name, filled)]
    if missing.mean() >= RARE_SHARE:
        columns.append((f"{name} missing", missing.astype(float)))
    return columns


def _encode_category(name: str, values: pd.Series[Any]) -> list[tuple[str, np.ndarray]]:
    texts = values.fillna("missing").astype(str)
    shares = texts.value_counts(normalize=True)
    kept = sorted(str(level) for level in shares.index[shares >= RARE_SHARE])
    pooled = texts.where(texts.isin(kept), "other")
    counts = pooled.value_counts().to_dict()
    levels = sorted(counts, key=lambda level: (-counts[level], str(level)))
    return [(f"{name}={level}", (pooled == level).to_numpy(dtype=float)) for level in sorted(map(str, levels[1:]))]


def _not_adjusted(names: list[str]) -> Message:
    return Message(
        "CX202",
        "info",
        "link",
        "attributes not adjusted for: " + ", ".join(names) + ".",
        "Name those that move both incidents and leaving in [model] adjust_for.",
    )


def _silent(names: list[str]) -> Message:
    return Message(
        "CX216",
        "warning",
        "link",
        "nothing to adjust for in " + ", ".join(names) + ": empty, the same for all, or different for nearly all.",
        "Check the column, or take it out of [model] adjust_for.",
    )
