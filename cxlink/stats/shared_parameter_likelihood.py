"""The likelihood of answers whose giving hangs on the answerer's own level, integrated over that level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, roots_hermitenorm

from cxlink.stats.arrays import Floats, Integers

BLOCK_ROWS = 16_384
"""Rows worked on at once: what is computed for each row and node stays in the cache."""

NODES = ((8, 15), (24, 31), (np.inf, 61))
"""Nodes of the quadrature, by the most rows that a cluster has: the more it says, the narrower what is integrated."""

SMALLEST = 1e-300


@dataclass(frozen=True, slots=True)
class AskedRows:
    """Rows by cluster, and the quadrature.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_columns)
        Without a constant.
    level : ndarray of int, shape (n_rows,)
        Answer, 0 to ``n_levels - 1``; -1 where there is none.
    start : ndarray of int, shape (n_clusters + 1,)
        First row of each cluster, and the number of rows last.
    n_levels : int
        Levels of the answer.
    nodes, node_weights : ndarray of float64, shape (n_nodes,)
        Of a standard normal.
    """

    X: Floats
    level: Integers
    start: Integers
    n_levels: int
    nodes: Floats
    node_weights: Floats

    def take(self, clusters: Integers) -> AskedRows:
        """Take some of the clusters.

        Parameters
        ----------
        clusters : ndarray of int, shape (n,)
            Ascending.

        Returns
        -------
        AskedRows
            Their rows.
        """
        sizes = np.diff(self.start)[clusters]
        ends = np.cumsum(sizes)
        kept = np.repeat(self.start[clusters] - (ends - sizes), sizes) + np.arange(sizes.sum())
        start = np.append(0, ends).astype(np.intp)
        return AskedRows(self.X[kept], self.level[kept], start, self.n_levels, self.nodes, self.node_weights)


@dataclass(frozen=True, slots=True)
class Theta:
    """Parameters by what they are.

    Parameters
    ----------
    slopes : ndarray of float64, shape (n_columns,)
        Of the level.
    sd : float
        Of the clusters' own level.
    thresholds : ndarray of float64, shape (n_levels - 1,)
        Ascending.
    asking : ndarray of float64, shape (3,)
        Constant, slope and curvature of the log odds of answering along the level.
    asking_slopes : ndarray of float64, shape (n_columns,)
        Of the log odds of answering, at the same level.
    """

    slopes: Floats
    sd: float
    thresholds: Floats
    asking: Floats
    asking_slopes: Floats

    @classmethod
    def of(cls, theta: Floats, n_columns: int, n_levels: int) -> Theta:
        """Read the vector of parameters.

        Parameters
        ----------
        theta : ndarray of float64, shape (2 * n_columns + n_levels + 3,)
            Slopes, log of the standard deviation, first threshold, logs of the steps to the next ones, asking, its
            slopes.
        n_columns, n_levels : int
            Sizes.

        Returns
        -------
        Theta
            The same numbers.
        """
        at = n_columns + 1
        steps = theta[at : at + n_levels - 1]
        last = at + n_levels - 1
        return cls(
            slopes=theta[:n_columns],
            sd=float(np.exp(theta[n_columns])),
            thresholds=np.cumsum(np.append(steps[:1], np.exp(steps[1:]))),
            asking=theta[last : last + 3],
            asking_slopes=theta[last + 3 :],
        )


def lay_out(X: Floats, level: Integers, codes: Integers) -> AskedRows:
    """Put rows into the order of their clusters.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_columns)
        Without a constant.
    level : ndarray of int, shape (n_rows,)
        Answer, or -1.
    codes : ndarray of int, shape (n_rows,)
        Place of each row's cluster; every place occurs.

    Returns
    -------
    AskedRows
        With as many nodes as the largest cluster needs.
    """
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    n_nodes = next(nodes for most, nodes in NODES if sizes.max() <= most)
    nodes, weights = roots_hermitenorm(n_nodes)
    start = np.append(0, np.cumsum(sizes)).astype(np.intp)
    return AskedRows(X[order], level[order], start, int(level.max()) + 1, nodes, weights / weights.sum())


def evaluate(theta: Floats, rows: AskedRows) -> tuple[Floats, Floats]:
    """Log likelihood and its gradient, cluster by cluster.

    Parameters
    ----------
    theta : ndarray of float64, shape (n_theta,)
        As of :meth:`Theta.of`.
    rows : AskedRows
        The rows.

    Returns
    -------
    log_likelihood : ndarray of float64, shape (n_clusters,)
        Of each cluster.
    scores : ndarray of float64, shape (n_clusters, n_theta)
        Its gradient.
    """
    n_clusters = len(rows.start) - 1
    log_likelihood, scores = np.empty(n_clusters), np.empty((n_clusters, len(theta)))
    first = 0
    while first < n_clusters:
        past = int(np.searchsorted(rows.start, rows.start[first] + BLOCK_ROWS, side="right")) - 1
        past = min(max(past, first + 1), n_clusters)
        log_likelihood[first:past], scores[first:past] = _evaluate_block(theta, rows, first, past)
        first = past
    return log_likelihood, scores


def _evaluate_block(theta: Floats, rows: AskedRows, first: int, past: int) -> tuple[Floats, Floats]:
    inside = slice(rows.start[first], rows.start[past])
    X, level = rows.X[inside], rows.level[inside]
    start, sizes = rows.start[first:past] - rows.start[first], np.diff(rows.start[first : past + 1])
    here = Theta.of(theta, X.shape[1], rows.n_levels)
    eta = (X @ here.slopes)[:, None] + here.sd * rows.nodes
    constant, slope, curvature = here.asking
    log_odds = constant + (X @ here.asking_slopes)[:, None] + eta * (slope + curvature * eta)
    answered = np.flatnonzero(level >= 0)
    likelihood = -np.logaddexp(0.0, log_odds)
    likelihood[answered] += log_odds[answered]

    at = level[answered]
    ends = np.concatenate([[-np.inf], here.thresholds, [np.inf]])
    upper, lower = expit(ends[at + 1][:, None] - eta[answered]), expit(ends[at][:, None] - eta[answered])
    chance = np.maximum(upper - lower, SMALLEST)
    likelihood[answered] += np.log(chance)

    of_cluster = np.add.reduceat(likelihood, start, axis=0)
    highest = of_cluster.max(axis=1, keepdims=True)
    weight = np.exp(of_cluster - highest) * rows.node_weights
    total = weight.sum(axis=1, keepdims=True)
    posterior = np.repeat(weight / total, sizes, axis=0)

    by_odds = -expit(log_odds) * posterior
    by_odds[answered] += posterior[answered]
    by_eta = by_odds * (slope + 2.0 * curvature * eta)
    by_upper = upper * (1.0 - upper) / chance * posterior[answered]
    by_lower = lower * (1.0 - lower) / chance * posterior[answered]
    by_eta[answered] += by_lower - by_upper

    by_threshold = np.zeros((len(level), rows.n_levels - 1))
    top, bottom = at < rows.n_levels - 1, at > 0
    by_threshold[answered[top], at[top]] += by_upper.sum(axis=1)[top]
    by_threshold[answered[bottom], at[bottom] - 1] -= by_lower.sum(axis=1)[bottom]
    # a step moves its own threshold and all above it
    by_step = np.cumsum(by_threshold[:, ::-1], axis=1)[:, ::-1]
    by_step[:, 1:] *= np.diff(here.thresholds)
    odds = by_odds.sum(axis=1)
    gradient = np.column_stack(
        [
            by_eta.sum(axis=1)[:, None] * X,
            by_eta @ rows.nodes * here.sd,
            by_step,
            odds,
            (by_odds * eta).sum(axis=1),
            (by_odds * eta**2).sum(axis=1),
            odds[:, None] * X,
        ]
    )
    return (np.log(total) + highest)[:, 0], np.add.reduceat(gradient, start, axis=0)
