"""The columns of a grouped-time hazard model: none collinear, standardised around the intercept they contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats, check_sizes, name_columns
from cxlink.stats.cloglog_rows import CloglogRows, sum_products
from cxlink.stats.errors import EstimationError

RANK_TOLERANCE = 1e-10
"""Share of a column's variance that the columns before it must leave unexplained."""

ROUNDING = 1e-13
"""Variation, relative to its size, up to which a column counts as constant."""

EXACT = 1e-8
"""How far, relative to its terms, a sum of columns taken for a constant may stray from it."""


@dataclass(frozen=True, slots=True)
class CloglogDesign:
    """The columns that are fitted: centred and scaled, with an intercept wherever the design contains one.

    Parameters
    ----------
    rows : CloglogRows
        Rows in use.
    center, scale : ndarray of float64, shape (n_columns,)
        ``original = standardised * scale + center``; without intercept nothing is centred.
    intercept : int or None
        Column in whose place a column of ones is fitted: one that is constant, or adds up to a constant with others.
    back : ndarray of float64, shape (n_columns, n_columns)
        Coefficients of the design are ``back @ fitted``.
    spread : ndarray of float64, shape (n_columns,)
        Largest minus smallest value of each column; of a constant its size.
    """

    rows: CloglogRows
    center: Floats
    scale: Floats
    intercept: int | None
    back: Floats
    spread: Floats

    def read_block(self, part: slice) -> Floats:
        """Centred design of some rows, not yet scaled.

        Parameters
        ----------
        part : slice
            Which of the rows in use.

        Returns
        -------
        ndarray of float64, shape (n_block, n_columns)
            A copy.
        """
        block = self.rows.read_block(part, self.center)
        if self.intercept is not None:
            block[:, self.intercept] = 1.0
        return block

    def read_columns(self) -> Iterator[Floats]:
        """Centred and scaled design, one column after another.

        Yields
        ------
        ndarray of float64, shape (n_used,)
            A copy.
        """
        for j, (center, scale) in enumerate(zip(self.center, self.scale, strict=True)):
            yield (
                np.ones(self.rows.event.size) if j == self.intercept else (self.rows.read_column(j) - center) / scale
            )

    def predict(self, fitted: Floats) -> Floats:
        """Linear predictor of the rows in use, without offset.

        Parameters
        ----------
        fitted : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised design.

        Returns
        -------
        ndarray of float64, shape (n_used,)
            The products.
        """
        result = np.empty(self.rows.event.size)
        for part in self.rows.slices():
            result[part] = self.read_block(part) @ (fitted / self.scale)
        return result


@dataclass(frozen=True, slots=True)
class _Moments:
    """Weighted means and centred products, and the ends of each column among events [0] and other rows [1]."""

    mean: Floats
    products: Floats
    smallest: Floats
    largest: Floats
    constant: Flags


@dataclass(frozen=True, slots=True)
class _Constant:
    """A column that is `value` plus `share` times the others; `share` has shape (n_columns,)."""

    column: int
    value: float
    share: Floats


def build_cloglog_design(rows: CloglogRows) -> CloglogDesign:
    """Find the intercept that the columns contain, and standardise the others.

    Parameters
    ----------
    rows : CloglogRows
        Checked rows.

    Returns
    -------
    CloglogDesign
        With as many coefficients as the design has columns.

    Raises
    ------
    EstimationError
        If a column is zero, constant beside another constant, or collinear with those before it; or if one column by
        itself sets all events apart from all other rows.
    """
    moments = _take_moments(rows)
    zero = tuple(int(j) for j in np.flatnonzero(moments.constant & (moments.mean == 0.0)))
    if zero:
        raise EstimationError(f"{name_columns(zero)}: zero in every row", zero)
    constant = _find_constant(moments)
    _check_each_column(moments, constant is not None)
    mean, variance = moments.mean, np.diag(moments.products) / rows.weights.sum()
    spread = np.where(moments.constant, np.abs(mean), moments.largest.max(axis=0) - moments.smallest.min(axis=0))
    if constant is None:
        scale = np.sqrt(variance + mean**2)
        return CloglogDesign(rows, np.zeros(mean.size), scale, None, np.diag(1.0 / scale), spread)
    _check_constant(rows, constant, mean)
    center, scale = mean.copy(), np.sqrt(variance)
    center[constant.column], scale[constant.column] = 0.0, 1.0
    back = np.diag(1.0 / scale)
    # The column stands for (ones - the centres of the others) / its value, less its shares of the others.
    back[constant.column] = -center / scale / constant.value
    back[constant.column, constant.column] = 1.0 / constant.value
    back -= np.outer(constant.share, back[constant.column])
    return CloglogDesign(rows, center, scale, constant.column, back, spread)


def _take_moments(rows: CloglogRows) -> _Moments:
    """Two passes: means and ends, then products of what is left around the means."""
    n_columns = rows.matrix.shape[1]
    total = np.zeros(n_columns)
    smallest, largest = np.full((2, n_columns), np.inf), np.full((2, n_columns), -np.inf)
    for part in rows.slices():
        block = rows.read_block(part, np.zeros(n_columns))
        check_sizes(np.abs(block).max(axis=0), EstimationError)
        total += rows.weights[part] @ block
        for kind, mine in enumerate((rows.event[part], ~rows.event[part])):
            chosen = block[mine]
            np.minimum(smallest[kind], chosen.min(axis=0, initial=np.inf), out=smallest[kind])
            np.maximum(largest[kind], chosen.max(axis=0, initial=-np.inf), out=largest[kind])
    low, high = smallest.min(axis=0), largest.max(axis=0)
    constant = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    mean = np.where(constant, largest[0], total / rows.weights.sum())
    products = np.zeros((n_columns, n_columns))
    for part in rows.slices():
        products += sum_products(rows.read_block(part, mean), rows.weights[part])
    return _Moments(mean, products, smallest, largest, constant)


def _find_constant(moments: _Moments) -> _Constant | None:
    """The first column that is constant given those before it; a second one is collinear."""
    kept: list[int] = []
    found: _Constant | None = None
    size = np.sqrt(np.diag(moments.products))
    for j in range(size.size):
        share = np.zeros(len(kept))
        if not moments.constant[j]:
            before = moments.products[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
            towards = moments.products[kept, j] / (size[kept] * size[j])
            share = np.linalg.solve(before, towards)
            if 1.0 - towards @ share > RANK_TOLERANCE:
                kept.append(j)
                continue
        all_shares = np.zeros(size.size)
        all_shares[kept] = np.where(np.abs(share) > 1e-9, share * size[j] / size[kept], 0.0)
        value = float(moments.mean[j] - all_shares @ moments.mean)
        has_value = abs(value) > 1e-9 * (abs(moments.mean[j]) + np.abs(all_shares) @ np.abs(moments.mean))
        if found is None and has_value:
            found = _Constant(j, value, all_shares)
            continue
        partners = {kept[i] for i in np.flatnonzero(np.abs(share) > 1e-6)}
        if found is not None and has_value:
            partners |= {found.column, *map(int, np.flatnonzero(found.share))}
        columns = tuple(sorted(partners))
        raise EstimationError(f"{name_columns((j,))}: collinear with {name_columns(columns)}", (*columns, j))
    return found


def _check_constant(rows: CloglogRows, constant: _Constant, mean: Floats) -> None:
    """Refuse columns that add up to a constant nearly but not exactly: no intercept, and no use as covariates."""
    partners = tuple(int(j) for j in np.flatnonzero(constant.share))
    if not partners:
        return
    terms = abs(mean[constant.column]) + np.abs(constant.share) @ np.abs(mean)
    towards = -constant.share
    towards[constant.column] = 1.0
    for part in rows.slices():
        stray = rows.read_block(part, np.zeros(mean.size)) @ towards - constant.value
        if np.max(np.abs(stray)) > EXACT * terms:
            raise EstimationError(
                f"{name_columns((constant.column,))}: collinear with {name_columns(partners)} and a constant, "
                "nearly but not exactly",
                (*partners, constant.column),
            )


def _check_each_column(moments: _Moments, has_intercept: bool) -> None:
    """Refuse columns whose coefficient is infinite whatever the others are, all of them at once."""
    (least, least_elsewhere), (most, most_elsewhere) = moments.smallest, moments.largest
    if has_intercept:
        apart = ((least >= most_elsewhere) | (most <= least_elsewhere)) & ~moments.constant
    else:
        apart = (least >= 0.0) & (most_elsewhere <= 0.0) | (most <= 0.0) & (least_elsewhere >= 0.0)
    columns = tuple(int(j) for j in np.flatnonzero(apart))
    if columns:
        raise EstimationError(
            f"{name_columns(columns)}: infinite coefficient, the events are perfectly separated", columns
        )
