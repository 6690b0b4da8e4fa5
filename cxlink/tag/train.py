"""Texts with known tags to a classifier: features, one linear model a tag, calibration and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.errors import EstimationError
from cxlink.tag.calibration import (
    apply_sigmoid,
    apply_softmax,
    choose_threshold,
    fit_sigmoid,
    fit_temperature,
)
from cxlink.tag.classifier import Classifier, TrainingFacts
from cxlink.tag.features import DEFAULT_BLOCKS, Block, BlockSettings, fit_blocks
from cxlink.tag.linear import LinearModel, fit_linear
from cxlink.tag.splits import assign_folds, spread_tags
from cxlink.tag.training_rows import TrainingRows, read_rows


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train.

    Parameters
    ----------
    blocks : tuple of BlockSettings
        Features of the text.
    misfit : float
        What a misfit costs beside the size of the coefficients: larger follows the texts more closely.
    n_folds : int
        For calibration and thresholds; customers are never on both sides.
    min_customers : int
        A tag needs as many customers with it and as many without.
    min_feature_customers : int
        A feature of fewer customers is left out.
    max_features : int
        Of each block.
    aim : {"each", "all", "cost"}
        What thresholds are chosen for: the highest F1 of each tag, one threshold with the highest F1 of all tags pooled
        (micro F1), or the least expected cost.
    cost_of_false_tag, cost_of_missed_tag : float
        Above zero, in any unit; for ``aim="cost"``.
    """

    blocks: tuple[BlockSettings, ...] = DEFAULT_BLOCKS
    misfit: float = 0.5
    n_folds: int = 5
    min_customers: int = 10
    min_feature_customers: int = 2
    max_features: int = 50_000
    aim: Literal["each", "all", "cost"] = "each"
    cost_of_false_tag: float = 1.0
    cost_of_missed_tag: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A classifier, and what it would have said of its own texts without knowing them.

    Parameters
    ----------
    classifier : Classifier
        Trained on all texts.
    cross_fitted : ndarray of float64, shape (n, k)
        Probabilities of each text by models that saw no text of its customer, in training or calibration; columns as
        ``classifier.tags``. Rows of weight zero have them too.
    """

    classifier: Classifier
    cross_fitted: Floats


def train_classifier(
    texts: Sequence[str],
    truth: npt.ArrayLike,
    tags: Sequence[str],
    customers: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    rule_hits: npt.ArrayLike | None = None,
    embeddings: npt.ArrayLike | None = None,
    exclusive: bool = False,
    seed: int = 0,
    settings: TrainingSettings | None = None,
    taxonomy: str = "",
    embedding_model: str = "",
    trained_on: str = "",
) -> Training:
    """Train a classifier of tags.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them, repeats removed (:func:`cxlink.tag.duplicates.find_repeats`).
    truth : array_like of bool, shape (n, k)
        Whether each text has each tag.
    tags : sequence of str, shape (k,)
        Names of the columns.
    customers : array_like, shape (n,)
        Who wrote each text.
    weights : array_like of float, shape (n,), optional
        One over the probability with which the text was drawn for labelling; a text of weight zero counts as absent.
    rule_hits : array_like of bool, shape (n, k), optional
        Which tags the rules give each text, as further features.
    embeddings : array_like of float, shape (n, n_embedding), optional
        Sentence embeddings, as further features.
    exclusive : bool
        Whether each text has exactly one of the tags.
    seed : int
        Of the folds.
    settings : TrainingSettings, optional
        How to train.
    taxonomy : str
        Digest of the taxonomy that the tags belong to.
    embedding_model : str
        Digest of the model that the embeddings come from.
    trained_on : str
        Date to write into the facts.

    Returns
    -------
    Training
        The classifier and its cross-fitted probabilities. Tags of too few customers are in ``classifier.untrained``.

    Raises
    ------
    EstimationError
        If shapes differ, texts of exclusive tags have none or several, or no tag can be trained.

    References
    ----------
    .. [1] Fan, Chang, Hsieh, Wang and Lin (2008), JMLR 9:1871-1874.
    """
    how = settings or TrainingSettings()
    rows = read_rows(texts, truth, tags, customers, weights, rule_hits, embeddings)
    present = rows.weights > 0.0
    if exclusive and np.any(rows.truth[present].sum(axis=1) != 1):
        raise EstimationError("tags are exclusive, but some texts have none or several")
    used = rows.take(present)
    folds = assign_folds(rows.customers, rows.truth, how.n_folds, seed)
    untrained = _find_untrained(used, folds[present], how)
    kept = _find_kept(rows.tags, untrained, exclusive)
    decisions = _cross_fit(rows, kept, folds, how)
    if not exclusive:
        untrained |= _find_useless(decisions[present], used, kept)
        decisions = decisions[:, [place for place, column in enumerate(kept) if rows.tags[column] not in untrained]]
        kept = _find_kept(rows.tags, untrained, exclusive)
    curves = _fit_curves(decisions[present], used.truth[:, kept], used.weights, exclusive)
    cross_fitted = _cross_calibrate(decisions, rows, kept, folds, exclusive)
    blocks, models = _fit(used, kept, how)
    classifier = Classifier(
        tags=tuple(rows.tags[column] for column in kept),
        untrained=untrained,
        is_exclusive=exclusive,
        blocks=blocks,
        rules=rows.tags if rows.hits.shape[1] else (),
        n_embedding=rows.dense.shape[1],
        coefficients=models.coefficients,
        intercepts=models.intercepts,
        slopes=curves[0],
        offsets=curves[1],
        thresholds=_choose_thresholds(cross_fitted[present], used, kept, how, exclusive),
        facts=_collect_facts(used, trained_on, (taxonomy, embedding_model), seed),
    )
    return Training(classifier, cross_fitted)


def _find_untrained(rows: TrainingRows, folds: Integers, how: TrainingSettings) -> dict[str, str]:
    """Tell which tags have too few customers."""
    has_tag = spread_tags(rows.customers, rows.truth).sum(axis=0)
    lacks_tag = spread_tags(rows.customers, ~rows.truth).sum(axis=0)
    untrained = {}
    for column, tag in enumerate(rows.tags):
        goal = rows.truth[:, column]
        if has_tag[column] < how.min_customers:
            untrained[tag] = f"{has_tag[column]} customers have it, {how.min_customers} are needed"
        elif lacks_tag[column] < how.min_customers:
            untrained[tag] = f"{lacks_tag[column]} customers lack it, {how.min_customers} are needed"
        elif any(np.unique(goal[folds != fold]).size < 2 for fold in range(how.n_folds)):
            untrained[tag] = "all who have it, or all who lack it, fall into one fold"
    return untrained


def _find_useless(decisions: Floats, rows: TrainingRows, kept: list[int]) -> dict[str, str]:
    """Tell which tags the texts say nothing about: higher decisions do not make them more likely."""
    slopes, _ = _fit_curves(decisions, rows.truth[:, kept], rows.weights, False)
    why = "on unknown customers the texts do not tell it from the others"
    return {rows.tags[column]: why for column, slope in zip(kept, slopes, strict=True) if slope <= 0.0}


def _find_kept(tags: tuple[str, ...], untrained: dict[str, str], exclusive: bool) -> list[int]:
    kept = [column for column, tag in enumerate(tags) if tag not in untrained]
    if len(kept) < (2 if exclusive else 1):
        raise EstimationError("no tag can be trained: " + "; ".join(f"{tag}: {why}" for tag, why in untrained.items()))
    return kept


def _fit_curves(decisions: Floats, goal: Flags, weights: Floats, exclusive: bool) -> tuple[Floats, Floats]:
    """Give slopes and offsets from decisions to probabilities."""
    if exclusive:
        known = goal.any(axis=1)
        slope = fit_temperature(decisions[known], goal[known].argmax(axis=1), weights[known])
        return np.full(goal.shape[1], slope), np.zeros(goal.shape[1])
    curves = [fit_sigmoid(decisions[:, column], goal[:, column], weights) for column in range(goal.shape[1])]
    return np.array([slope for slope, _ in curves]), np.array([offset for _, offset in curves])


def _cross_calibrate(
    decisions: Floats, rows: TrainingRows, kept: list[int], folds: Integers, exclusive: bool
) -> Floats:
    """Give probabilities of each text by the curves of the other folds."""
    chances = np.empty(decisions.shape)
    for fold in np.unique(folds):
        held = folds == fold
        learnt = ~held & (rows.weights > 0.0)
        slopes, offsets = _fit_curves(decisions[learnt], rows.truth[learnt][:, kept], rows.weights[learnt], exclusive)
        scaled = decisions[held] * slopes + offsets
        chances[held] = apply_softmax(scaled) if exclusive else apply_sigmoid(scaled)
    return chances


def _choose_thresholds(
    chances: Floats, rows: TrainingRows, kept: list[int], how: TrainingSettings, exclusive: bool
) -> Floats:
    if exclusive:
        return np.zeros(len(kept))
    goal = rows.truth[:, kept]
    if how.aim == "all":
        pooled = choose_threshold(chances.ravel(), goal.ravel(), np.repeat(rows.weights, len(kept)))
        return np.full(len(kept), pooled)
    if how.aim == "cost":
        # With calibrated probabilities this is where a tag given and a tag withheld cost the same.
        best = how.cost_of_false_tag / (how.cost_of_false_tag + how.cost_of_missed_tag)
        return np.full(len(kept), best)
    return np.array([choose_threshold(chances[:, j], goal[:, j], rows.weights) for j in range(len(kept))])


def _collect_facts(rows: TrainingRows, trained_on: str, digests: tuple[str, str], seed: int) -> TrainingFacts:
    has_tag = spread_tags(rows.customers, rows.truth).sum(axis=0)
    return TrainingFacts(
        trained_on=trained_on,
        taxonomy=digests[0],
        embeddings=digests[1],
        seed=seed,
        n_texts=len(rows.texts),
        n_customers=int(np.unique(rows.customers).size),
        n_positive_texts={tag: int(n) for tag, n in zip(rows.tags, rows.truth.sum(axis=0), strict=True)},
        n_positive_customers={tag: int(n) for tag, n in zip(rows.tags, has_tag, strict=True)},
    )


def _fit(rows: TrainingRows, kept: list[int], how: TrainingSettings) -> tuple[tuple[Block, ...], LinearModel]:
    blocks = fit_blocks(
        rows.texts,
        rows.customers,
        how.blocks,
        min_customers=how.min_feature_customers,
        max_features=how.max_features,
    )
    return blocks, fit_linear(rows.build_matrix(blocks), rows.truth[:, kept], rows.weights, how.misfit)


def _cross_fit(rows: TrainingRows, kept: list[int], folds: Integers, how: TrainingSettings) -> Floats:
    """Decide on each text by a model of the other folds, features chosen anew."""
    decisions = np.empty((len(rows.texts), len(kept)))
    for fold in range(how.n_folds):
        held = folds == fold
        blocks, models = _fit(rows.take(~held & (rows.weights > 0.0)), kept, how)
        decisions[held] = models.decide(rows.take(held).build_matrix(blocks))
    return decisions
