"""Weights that let those who answered stand for all who were invited, by a model of who answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from cxlink.stats.arrays import Flags, Floats, Integers, Labels, read_case_weights, read_codes, read_flags, read_matrix
from cxlink.stats.errors import EstimationError
from cxlink.stats.ordinal import OrdinalFit, fit_ordinal
from cxlink.stats.weight_trimming import TrimmedWeights, trim_weights


@dataclass(frozen=True, slots=True)
class ResponseWeights:
    """Who answers, and what that makes of the answers' weights.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_rows,)
        Case weight over the probability of answering, trimmed; zero for those who did not answer.
    probability : ndarray of float64, shape (n_rows,)
        Of answering, by the model, for all invited.
    model : OrdinalFit
        Logistic regression of answering; ``model.beta`` are log odds ratios.
    trimming : TrimmedWeights
        What trimming did, for those who answered with a case weight above zero, in the order of their rows.
    balance : ndarray of float64, shape (3, n_columns)
        Mean of each covariate among answers less that among the invited, in standard deviations: with case weights
        alone, over the probability, and trimmed.
    n_invited, n_answered : int
        Rows with a case weight above zero, and those of them who answered.
    effective_n : ndarray of float64, shape (3,)
        Kish's number of answers, for the same three weights.
    case : ndarray of float64, shape (n_rows,)
        Case weights.
    covariates : ndarray of float64, shape (n_rows, n_columns)
        As they came in.
    used : ndarray of int, shape (n_answered,)
        Rows that answered.
    codes : ndarray of int, shape (n_rows,)
        Place of each row's customer in ``model.cluster_ids``.
    """

    weights: Floats
    probability: Floats
    model: OrdinalFit
    trimming: TrimmedWeights
    balance: Floats
    n_invited: int
    n_answered: int
    effective_n: Floats
    case: Floats
    covariates: Floats
    used: Integers
    codes: Integers


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """A mean under estimated weights.

    Parameters
    ----------
    point : float
        In the unit of the answers.
    variance : float
        Clustered, ``influence @ influence``.
    influence : ndarray of float64, shape (n_clusters,)
        With cluster weights w, ``point(w) ~= point + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    """

    point: float
    variance: float
    influence: Floats
    cluster_ids: Labels


def fit_response_weights(
    X: npt.ArrayLike,
    answered: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    largest: float = 5.0,
) -> ResponseWeights:
    """Fit who answers, and weight the answers by one over its probability.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        What is known of all invited, without an intercept.
    answered : array_like of bool, shape (n_rows,)
        Whether they did.
    cluster : array_like, shape (n_rows,)
        Customer of each invitation.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, such as of the invitations' design; zero counts as not invited.
    largest : float, default 5.0
        Times the mean that one over the probability may reach; infinite: nothing is trimmed.

    Returns
    -------
    ResponseWeights
        For :func:`mean_of_answers`, or as base weights of raking.

    Raises
    ------
    EstimationError
        If everyone answered or no one did, a covariate is constant or collinear or sets apart who answers
        (``error.columns`` names it), or `largest` is too small.

    References
    ----------
    .. [1] Robins, Rotnitzky and Zhao (1994), JASA 89:846-866.
    .. [2] Kish (1992), Journal of Official Statistics 8:183-200.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    gave = read_flags("answered", answered, n_rows, EstimationError)
    given = read_case_weights(weights, n_rows, EstimationError)
    case = np.ones(n_rows) if given is None else given
    _check_answers(gave[case > 0.0])
    model = fit_ordinal(matrix, gave, cluster, case)
    probability = expit(matrix @ model.beta - model.thresholds[0])
    used = np.flatnonzero(gave & (case > 0.0))
    trimming = trim_weights(1.0 / probability[used], case[used], largest=largest)
    found = np.zeros(n_rows)
    found[used] = case[used] * trimming.weights
    three = np.stack((case[used], case[used] / probability[used], found[used]))
    return ResponseWeights(
        weights=found,
        probability=probability,
        model=model,
        trimming=trimming,
        balance=_compare(matrix, case, used, three),
        n_invited=int(np.count_nonzero(case)),
        n_answered=used.size,
        effective_n=effective_number(three),
        case=case,
        covariates=matrix,
        used=used,
        codes=read_codes("cluster", cluster, n_rows, EstimationError)[1],
    )


def mean_of_answers(response: ResponseWeights, values: npt.ArrayLike) -> WeightedMean:
    """Mean of the answers under response weights, the uncertainty of the response model included.

    Parameters
    ----------
    response : ResponseWeights
        Of the same invitations.
    values : array_like of float, shape (n_rows,)
        Answers; where no one answered any number will do, a missing one too.

    Returns
    -------
    WeightedMean
        What all invited would have answered, if among those alike in the covariates the silent answer as the others do.

    Raises
    ------
    EstimationError
        If the shape differs, or an answer in use is missing or infinite.

    Notes
    -----
    Few answers with large weights make intervals too narrow: in simulations with weights of up to fifty, 95% intervals
    covered 89% with some 200 answers, 94% with 800 and 96% with 3,000. Trimming narrows them and adds some bias.

    References
    ----------
    .. [1] Newey and McFadden (1994), Handbook of Econometrics 4:2111-2245, section 6, on estimates in two steps.
    """
    all_values = np.asarray(values, dtype=np.float64)
    if all_values.shape != response.weights.shape:
        raise EstimationError(f"values has shape {all_values.shape}, expected {response.weights.shape}")
    used = response.used
    answers = all_values[used]
    if not np.all(np.isfinite(answers)):
        raise EstimationError("values is missing or infinite where someone answered")
    own = response.weights[used]
    point = float(np.average(answers, weights=own))
    by_case, by_ratio = response.trimming.slopes((answers - point) / own.sum())
    # One over the probability is 1 + exp(-predictor).
    ratio = 1.0 / response.probability[used]
    by_predictor = -by_ratio * (ratio - 1.0)
    by_model = np.concatenate(([-by_predictor.sum()], by_predictor @ response.covariates[used]))
    n_clusters = response.model.n_clusters
    directly = np.bincount(response.codes[used], by_case * response.case[used], n_clusters)
    influence: Floats = directly + response.model.influence @ by_model
    return WeightedMean(point, float(influence @ influence), influence, response.model.cluster_ids)


def effective_number(weights: Floats) -> Floats:
    """Kish's number of independent rows that would tell as much as weighted ones.

    Parameters
    ----------
    weights : ndarray of float64, shape (..., n_rows)
        Zero or more, not all zero.

    Returns
    -------
    ndarray of float64, shape (...)
        The squared sum over the sum of squares.
    """
    number: Floats = np.square(weights.sum(axis=-1)) / np.square(weights).sum(axis=-1)
    return number


def _check_answers(gave: Flags) -> None:
    if not gave.any():
        raise EstimationError("no one answered")
    if gave.all():
        raise EstimationError("everyone answered: there is nothing to weight")


def _compare(matrix: Floats, case: Floats, used: Integers, three: Floats) -> Floats:
    """Standardised differences between answers and invitations."""
    mean = np.average(matrix, axis=0, weights=case)
    spread = np.sqrt(np.average(np.square(matrix - mean), axis=0, weights=case))
    return np.stack([(np.average(matrix[used], axis=0, weights=own) - mean) / spread for own in three])
