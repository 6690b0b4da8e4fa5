"""Training data, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, read_case_weights, read_codes
from cxlink.stats.errors import EstimationError
from cxlink.tag.classifier_inputs import join_matrix, read_block, scale_embeddings
from cxlink.tag.features import Block, Sparse, build_matrix


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """Texts with known tags.

    Parameters
    ----------
    texts : list of str, shape (n,)
        As the customers wrote them.
    truth : ndarray of bool, shape (n, k)
        Tags of each.
    tags : tuple of str, shape (k,)
        Names of the tags, each once.
    customers : ndarray of int, shape (n,)
        Codes from 0 on.
    weights : ndarray of float64, shape (n,)
        Zero or more, not all zero.
    hits : ndarray of float64, shape (n, k) or (n, 0)
        Hits of the rules.
    dense : ndarray of float64, shape (n, n_embedding)
        Embeddings of length one.
    """

    texts: list[str]
    truth: Flags
    tags: tuple[str, ...]
    customers: Integers
    weights: Floats
    hits: Floats
    dense: Floats

    def take(self, chosen: Flags) -> TrainingRows:
        """Take some of the texts.

        Parameters
        ----------
        chosen : ndarray of bool, shape (n,)
            True for those to take.

        Returns
        -------
        TrainingRows
            In the same order; customers keep their codes.
        """
        return TrainingRows(
            texts=[text for text, is_chosen in zip(self.texts, chosen.tolist(), strict=True) if is_chosen],
            truth=self.truth[chosen],
            tags=self.tags,
            customers=self.customers[chosen],
            weights=self.weights[chosen],
            hits=self.hits[chosen],
            dense=self.dense[chosen],
        )

    def build_matrix(self, blocks: Sequence[Block]) -> Sparse:
        """Turn the texts into numbers.

        Parameters
        ----------
        blocks : sequence of Block
            Features of the texts.

        Returns
        -------
        csr_matrix of float64, shape (n, n_features)
            Features of the blocks, then hits and embeddings.
        """
        return join_matrix(build_matrix(blocks, self.texts), self.hits, self.dense)


def read_rows(
    texts: Sequence[str],
    truth: npt.ArrayLike,
    tags: Sequence[str],
    customers: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    rule_hits: npt.ArrayLike | None,
    embeddings: npt.ArrayLike | None,
) -> TrainingRows:
    """Check training data.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them.
    truth : array_like of bool, shape (n, k)
        Whether each text has each tag.
    tags : sequence of str, shape (k,)
        Names of the columns.
    customers : array_like, shape (n,)
        Who wrote each text.
    weights : array_like of float, shape (n,), or None
        Case weights.
    rule_hits : array_like of bool, shape (n, k), or None
        Tags that the rules give.
    embeddings : array_like of float, shape (n, n_embedding), or None
        Sentence embeddings.

    Returns
    -------
    TrainingRows
        The same, as arrays.

    Raises
    ------
    EstimationError
        If shapes or types differ, a tag stands twice, or all weights are zero.
    """
    n, names = len(texts), tuple(tags)
    flags = np.asarray(truth)
    if flags.dtype != np.bool_ or flags.shape != (n, len(names)) or not flags.size:
        raise EstimationError(f"truth is {flags.dtype} of shape {flags.shape}, expected bool of ({n}, {len(names)})")
    if len(set(names)) < len(names):
        raise EstimationError("tags have the same name twice")
    case_weights = read_case_weights(weights, n, EstimationError)
    if case_weights is not None and not case_weights.any():
        raise EstimationError("all weights are zero")
    return TrainingRows(
        texts=list(texts),
        truth=flags,
        tags=names,
        customers=read_codes("customers", customers, n, EstimationError)[1],
        weights=np.ones(n) if case_weights is None else case_weights,
        hits=read_block("rule_hits", rule_hits, n, 0 if rule_hits is None else len(names)),
        dense=scale_embeddings(read_block("embeddings", embeddings, n, _width(embeddings))),
    )


def _width(embeddings: npt.ArrayLike | None) -> int:
    shape = np.shape(embeddings) if embeddings is not None else (0, 0)
    return int(shape[1]) if len(shape) == 2 else 0
