"""Whether customers who met a component can be compared with customers like them who did not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxlink.churn.rows import RiskRows
from cxlink.handoff import ExposureSpread, Linked

LEAST_EXPECTED = 10.0
"""Customers that a group should hold on either side by its size, before their absence is more than chance."""

PARTS = 3
"""Into how many parts an attribute in numbers is cut."""


def measure_overlap(linked: Linked, rows: RiskRows) -> tuple[ExposureSpread, ...]:
    """Find groups of customers, by their attributes, of whom nobody or everybody met a component.

    Groups are the levels of each attribute, and all attributes crossed. There the model compares nobody with nobody: it
    carries over what it learned elsewhere.

    Parameters
    ----------
    linked : Linked
        Attributes of customers.
    rows : RiskRows
        Rows at risk, whose first columns of exposure are the components'.

    Returns
    -------
    tuple of ExposureSpread
        One a component.
    """
    labels, customer = np.unique(rows.customer, return_inverse=True)
    days = (rows.stop - rows.start).astype(float)
    all_days = np.bincount(customer, days)
    groupings = list(_groupings(linked.covariates[labels], linked.covariate_names))
    return tuple(
        _spread(name, np.bincount(customer, days * rows.exposed[:, place]), all_days, groupings)
        for place, name in enumerate(linked.components)
    )


def _spread(
    name: str, exposed_days: np.ndarray, days: np.ndarray, groupings: list[tuple[np.ndarray, tuple[str, ...]]]
) -> ExposureSpread:
    met, always = exposed_days > 0, exposed_days >= days
    apart = np.zeros(len(days), dtype=bool)
    named: list[str] = []
    for group, titles in groupings:
        size = np.bincount(group)
        nobody = (np.bincount(group, met) == 0) & (size * met.mean() >= LEAST_EXPECTED)
        everybody = (np.bincount(group, ~always) == 0) & (size * (~always).mean() >= LEAST_EXPECTED)
        empty = nobody | everybody
        apart |= empty[group]
        named += [title for title, is_empty in zip(titles, empty, strict=False) if is_empty]
    share = float(days[apart].sum() / days.sum()) if days.sum() > 0 else 0.0
    return ExposureSpread(name, int(met.sum()), float(apart.mean()), share, tuple(named))


def _groupings(covariates: np.ndarray, names: tuple[str, ...]) -> Iterator[tuple[np.ndarray, tuple[str, ...]]]:
    """Each attribute's group of every customer with the groups' names, then all crossed, without names."""
    by_attribute: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        by_attribute.setdefault(attribute_of(name), []).append(column)
    codes = []
    for attribute, columns in by_attribute.items():
        values = covariates[:, columns]
        if len(columns) > 1 or len(np.unique(values)) <= 2:
            # the level that has no column of its own is the most frequent one
            code = np.where(values.max(axis=1) > 0, values.argmax(axis=1) + 1, 0)
            titles = (f"{attribute}, most frequent", *(names[column] for column in columns))
        else:
            cuts = np.quantile(values[:, 0], np.arange(1, PARTS) / PARTS)
            code = np.searchsorted(cuts, values[:, 0], side="right")
            titles = tuple(f"{attribute}, part {part + 1} of {PARTS}" for part in range(PARTS))
        codes.append(code)
        yield code, titles
    if len(codes) > 1:
        _, crossed = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
        yield crossed.ravel(), ()


def attribute_of(name: str) -> str:
    """Attribute that a column belongs to.

    Parameters
    ----------
    name : str
        Such as ``plan=pro`` or ``usage missing``.

    Returns
    -------
    str
        Such as ``plan`` or ``usage``.
    """
    return name.partition("=")[0].removesuffix(" missing")
