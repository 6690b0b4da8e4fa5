"""Fitted parts freed from the tagger's error, by the customers whose records people read (predict, then debias)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cxlink.handoff import LabelledIncidents, Linked
from cxlink.stats import ClusteredFit, EstimationError, Influenced, debias, fit_kept_columns

LEAST_CUSTOMERS = 10
"""Labelled customers who met a component, by people and by the tagger: below, its effect among them is not known."""

CORRECTED = "corrected for the tagger's error by labelled customers"


@dataclass(frozen=True, slots=True)
class Labels:
    """What people said, ready to fit to.

    Parameters
    ----------
    linked : Linked
        Timelines with the incidents and tickets of the labelled customers, by what people said.
    weights : ndarray
        (n_customers,) one over the chance to be labelled; zero for those who were not.
    """

    linked: Linked
    weights: np.ndarray


def find_labels(linked: Linked) -> Labels | None:
    """Find what people said.

    Parameters
    ----------
    linked : Linked
        Timelines.

    Returns
    -------
    Labels or None
        None without labels.
    """
    labelled = linked.labelled
    if labelled is None:
        return None
    return Labels(
        replace(linked, incidents=labelled.incidents, tickets=labelled.tickets, labelled=None), _weights(labelled)
    )


def _weights(labelled: LabelledIncidents) -> np.ndarray:
    chance = labelled.probability
    weights: np.ndarray = np.divide(1.0, chance, out=np.zeros(len(chance)), where=chance > 0)
    return weights


def correct_regression(
    everyone: ClusteredFit,
    kept: np.ndarray,
    fit: Callable[[np.ndarray, np.ndarray], ClusteredFit],
    designs: tuple[np.ndarray, np.ndarray],
    customer: np.ndarray,
    weights: np.ndarray,
    n_exposures: int,
) -> ClusteredFit:
    """Correct a regression whose rows are the same whatever was met.

    Parameters
    ----------
    everyone : ClusteredFit
        By the tagger, of all customers.
    kept : ndarray
        (n_columns,) bool: columns of the designs that it has.
    fit : callable
        Design and row weights to a fit.
    designs : tuple of ndarray
        By people and by the tagger, each (n_rows, n_columns), exposures first.
    customer : ndarray
        (n_rows,) keys.
    weights : ndarray
        (n_customers,) of :class:`Labels`.
    n_exposures : int
        How many of the columns are exposures.

    Returns
    -------
    ClusteredFit
        Its influence has one row a customer, in the order of the key.

    Raises
    ------
    EstimationError
        If the labelled customers tell too little.

    References
    ----------
    .. [1] Kluger, Lu, Zrnic, Wang and Bates (2025), arXiv 2501.18577.
    """
    rows = weights[customer] > 0
    for design in designs:
        for column in np.flatnonzero(kept[:n_exposures]):
            met = len(np.unique(customer[rows & (design[:, column] != 0)]))
            if met < LEAST_CUSTOMERS:
                raise EstimationError(f"{met} labelled customers met one of the components, needs {LEAST_CUSTOMERS}")
    found = []
    for design in designs:
        labelled, there = fit_kept_columns(lambda X: fit(X, weights[customer]), design, kept)
        if not np.array_equal(there, kept):
            raise EstimationError("among the labelled customers the components cannot be told apart")
        found.append(_of_all(labelled, len(weights)))
    true, predicted = found
    corrected = debias(true, predicted, _of_all(everyone, len(weights)))
    return ClusteredFit(
        corrected.beta,
        corrected.covariance,
        everyone.n,
        everyone.n_clusters,
        corrected.influence,
        np.arange(len(weights)),
    )


def _of_all(fit: ClusteredFit, n_customers: int) -> Influenced:
    influence = np.zeros((n_customers, fit.influence.shape[1]))
    influence[fit.cluster_ids] = fit.influence
    return Influenced(fit.beta, influence)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A sum over customers by another: incidents by days, or cost by incidents.

    Parameters
    ----------
    above, below : ndarray
        (n_customers,) each customer's part.
    """

    above: np.ndarray
    below: np.ndarray

    def influenced(self, weights: np.ndarray, *, log: bool) -> Influenced:
        """Give the ratio, and what each customer does to it.

        Parameters
        ----------
        weights : ndarray
            (n_customers,) of the customers.
        log : bool
            Of the ratio, or of its logarithm.

        Returns
        -------
        Influenced
            One coefficient.

        Raises
        ------
        EstimationError
            If fewer than ten customers of a weight above zero take part above or below.
        """
        for part in (self.above, self.below):
            there = int(((part != 0) & (weights > 0)).sum())
            if there < LEAST_CUSTOMERS:
                raise EstimationError(f"{there} labelled customers met one of the components, needs {LEAST_CUSTOMERS}")
        total = weights @ self.below
        ratio = weights @ self.above / total
        moves = weights * (self.above - ratio * self.below) / total
        if log:
            return Influenced([np.log(ratio)], (moves / ratio)[:, None])
        return Influenced([ratio], moves[:, None])


def correct_ratio(true: Ratio, predicted: Ratio, weights: np.ndarray, *, log: bool = False) -> tuple[float, np.ndarray]:
    """Correct a ratio of sums over customers.

    Parameters
    ----------
    true, predicted : Ratio
        By people, where customers are labelled, and by the tagger.
    weights : ndarray
        (n_customers,) of :class:`Labels`.
    log : bool
        Whether its logarithm is corrected.

    Returns
    -------
    ratio : float
        Corrected, or its logarithm.
    influence : ndarray
        (n_customers,).

    Raises
    ------
    EstimationError
        If the labelled customers tell too little.
    """
    everyone = predicted.influenced(np.ones(len(weights)), log=log)
    corrected = debias(true.influenced(weights, log=log), predicted.influenced(weights, log=log), everyone)
    return float(corrected.beta[0]), corrected.influence[:, 0]
