"""A trained classifier of tags: texts to probabilities, to decisions, and to the words that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.errors import EstimationError
from cxlink.tag.calibration import apply_sigmoid, apply_softmax
from cxlink.tag.classifier_inputs import join_matrix, read_block, scale_embeddings, split_batches
from cxlink.tag.features import Block, build_matrix
from cxlink.tag.tokens import BlockKind

FeatureKind = BlockKind | Literal["rule", "embedding"]


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What a classifier was trained on.

    Parameters
    ----------
    trained_on : str
        The date that the caller gave, or "".
    taxonomy : str
        Digest of the taxonomy that the tags belong to, or "".
    embeddings : str
        Digest of the model of the sentence embeddings, or "".
    seed : int
        Of the folds.
    n_texts, n_customers : int
        All of them.
    n_positive_texts, n_positive_customers : mapping of str to int
        Of each tag, trained or not.
    """

    trained_on: str
    taxonomy: str
    embeddings: str
    seed: int
    n_texts: int
    n_customers: int
    n_positive_texts: Mapping[str, int]
    n_positive_customers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature of a text adds to the decision for a tag.

    ``weight`` is on the scale of log odds (of logarithms of shares, where classes exclude one another).
    """

    kind: FeatureKind
    feature: str
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A linear classifier of tags with calibrated probabilities.

    Parameters
    ----------
    tags : tuple of str, shape (k,)
        Tags that were trained, in the order of all columns below.
    untrained : mapping of str to str
        Tags that were not, and why; only rules can serve them.
    is_exclusive : bool
        Whether each text has exactly one of the tags.
    blocks : tuple of Block
        Features of the text.
    rules : tuple of str, shape (n_rules,)
        Tags whose rules' hits are features; none where the classifier knows no rules.
    n_embedding : int
        Length of the sentence embeddings that are features; 0 where it knows none.
    coefficients : ndarray of float64, shape (k, n_features)
        Features of the blocks, then rules, then embeddings.
    intercepts : ndarray of float64, shape (k,)
        Decisions are ``coefficients @ features + intercepts``.
    slopes, offsets : ndarray of float64, shape (k,)
        Probabilities are the sigmoid, or for exclusive tags the softmax, of ``slopes * decisions + offsets``.
    thresholds : ndarray of float64, shape (k,)
        Tags are given from these probabilities on; not used for exclusive tags, where the likeliest is given.
    facts : TrainingFacts
        What it was trained on.
    """

    tags: tuple[str, ...]
    untrained: Mapping[str, str]
    is_exclusive: bool
    blocks: tuple[Block, ...]
    rules: tuple[str, ...]
    n_embedding: int
    coefficients: Floats
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats
    facts: TrainingFacts
    _by_feature: npt.NDArray[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_feature", np.ascontiguousarray(self.coefficients.T))

    def probabilities(
        self, texts: Sequence[str], rule_hits: npt.ArrayLike | None = None, embeddings: npt.ArrayLike | None = None
    ) -> Floats:
        """Give each tag's probability.

        Parameters
        ----------
        texts : sequence of str, shape (n,)
            As the customers wrote them.
        rule_hits : array_like of bool, shape (n, n_rules), optional
            Which rules' tags each text has; needed where the classifier knows rules.
        embeddings : array_like of float, shape (n, n_embedding), optional
            Of each text; needed where the classifier knows embeddings.

        Returns
        -------
        ndarray of float64, shape (n, k)
            Columns as ``tags``; calibrated on texts of customers unknown to the model.

        Raises
        ------
        EstimationError
            If rule hits or embeddings are missing, not asked for, or of another shape.
        """
        decisions = np.empty((len(texts), len(self.tags)))
        n_rules = len(self.rules)
        hits = read_block("rule_hits", rule_hits, len(texts), n_rules)
        dense = scale_embeddings(read_block("embeddings", embeddings, len(texts), self.n_embedding))
        n_of_texts = self._by_feature.shape[0] - n_rules - self.n_embedding
        for rows in split_batches(texts):
            matrix = build_matrix(self.blocks, texts[rows])
            decisions[rows] = matrix @ self._by_feature[:n_of_texts] + self.intercepts
            # einsum without BLAS: the sums do not depend on the number of threads.
            for part, first in ((hits[rows], n_of_texts), (dense[rows], n_of_texts + n_rules)):
                decisions[rows] += np.einsum("ij,jk->ik", part, self._by_feature[first : first + part.shape[1]])
        scaled = decisions * self.slopes + self.offsets
        return apply_softmax(scaled) if self.is_exclusive else apply_sigmoid(scaled)

    def decide(self, probabilities: Floats) -> Flags:
        """Turn probabilities into decisions.

        Parameters
        ----------
        probabilities : ndarray of float64, shape (n, k)
            From :meth:`probabilities`.

        Returns
        -------
        ndarray of bool, shape (n, k)
            The likeliest tag where tags are exclusive, else those that reach their threshold.
        """
        if self.is_exclusive:
            return np.asarray(probabilities.argmax(axis=1)[:, None] == np.arange(len(self.tags)))
        return np.asarray(probabilities >= self.thresholds)

    def predict(
        self, texts: Sequence[str], rule_hits: npt.ArrayLike | None = None, embeddings: npt.ArrayLike | None = None
    ) -> Flags:
        """Give tags to texts.

        Parameters
        ----------
        texts : sequence of str, shape (n,)
            As the customers wrote them.
        rule_hits : array_like of bool, shape (n, n_rules), optional
            As in :meth:`probabilities`.
        embeddings : array_like of float, shape (n, n_embedding), optional
            As in :meth:`probabilities`.

        Returns
        -------
        ndarray of bool, shape (n, k)
            Columns as ``tags``.

        Raises
        ------
        EstimationError
            As in :meth:`probabilities`.
        """
        return self.decide(self.probabilities(texts, rule_hits, embeddings))

    def explain(
        self,
        text: str,
        tag: str,
        rule_hits: npt.ArrayLike | None = None,
        embedding: npt.ArrayLike | None = None,
        *,
        limit: int = 10,
    ) -> tuple[Contribution, ...]:
        """Tell what in a text speaks for a tag or against it.

        Parameters
        ----------
        text : str
            As the customer wrote it.
        tag : str
            One of ``tags``.
        rule_hits : array_like of bool, shape (n_rules,), optional
            Of this text, as in :meth:`probabilities`.
        embedding : array_like of float, shape (n_embedding,), optional
            Of this text, as in :meth:`probabilities`.
        limit : int
            How many features to return.

        Returns
        -------
        tuple of Contribution
            Those that weigh most, the heaviest first. With the intercept and the offset, all of them add up to the log
            odds.

        Raises
        ------
        EstimationError
            If the tag was not trained, or as in :meth:`probabilities`.
        """
        if tag not in self.tags:
            raise EstimationError(f"no tag {tag!r} was trained; there are {', '.join(self.tags)}")
        column = self.tags.index(tag)
        hits = read_block("rule_hits", _as_row(rule_hits), 1, len(self.rules))
        dense = scale_embeddings(read_block("embeddings", _as_row(embedding), 1, self.n_embedding))
        values = join_matrix(build_matrix(self.blocks, [text]), hits, dense)
        added = values.data * self.coefficients[column, values.indices] * self.slopes[column]
        order = sorted(range(added.size), key=lambda place: (-abs(added[place]), values.indices[place]))
        return tuple(
            Contribution(*self._name(int(values.indices[place])), float(added[place])) for place in order[:limit]
        )

    def _name(self, feature: int) -> tuple[FeatureKind, str]:
        for block in self.blocks:
            if feature < len(block.names):
                return block.settings.kind, block.names[feature]
            feature -= len(block.names)
        if feature < len(self.rules):
            return "rule", self.rules[feature]
        return "embedding", str(feature - len(self.rules))


def _as_row(values: npt.ArrayLike | None) -> npt.NDArray[Any] | None:
    return None if values is None else np.asarray(values)[None]
