"""Rules and a trained classifier together: what the classifier knows it decides, the rest is the rules'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.errors import ConfigError
from cxlink.stats import EstimationError
from cxlink.tag.classifier import Classifier
from cxlink.tag.embeddings import Embedder
from cxlink.tag.match import Tag, tag_texts
from cxlink.tag.taxonomy import Taxonomy

RULE = "classifier"
"""Stands for the rule's name where the classifier found a cause that no rule did."""

BATCH_TEXTS = 20_000
"""Texts that are embedded at a time; bounds the memory of a prediction."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A trained classifier, and what it says of texts of customers that it did not learn from.

    Parameters
    ----------
    classifier : Classifier
        Trained on all texts.
    kept : ndarray of int, shape (n,)
        Positions of the texts that repeat no other.
    truth, given, by_rules : ndarray of bool, shape (n, k)
        Columns as ``classifier.tags``: by people, by models that saw no text of the customer, and by the rules alone.
    """

    classifier: Classifier
    kept: np.ndarray
    truth: np.ndarray
    given: np.ndarray
    by_rules: np.ndarray


def hits_of(tags: Sequence[tuple[Tag, ...]], names: Sequence[str]) -> np.ndarray:
    """Say which causes the rules find in each text.

    Parameters
    ----------
    tags : sequence of tuple of Tag, shape (n,)
        By the rules.
    names : sequence of str, shape (k,)
        Causes, as "component.cause".

    Returns
    -------
    ndarray of bool, shape (n, k)
        Complaints alone.
    """
    place = {name: column for column, name in enumerate(names)}
    found = np.zeros((len(tags), len(names)), dtype=bool)
    for row, of_text in enumerate(tags):
        for tag in of_text:
            column = place.get(f"{tag.component}.{tag.cause}")
            if tag.is_complaint and column is not None:
                found[row, column] = True
    return found


def decide(
    texts: Sequence[str],
    by_rules: Sequence[tuple[Tag, ...]],
    taxonomy: Taxonomy,
    classifier: Classifier,
    embedder: Embedder | None = None,
) -> list[tuple[Tag, ...]]:
    """Let a classifier decide on the causes that it learnt.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them.
    by_rules : sequence of tuple of Tag, shape (n,)
        Their tags by the rules.
    taxonomy : Taxonomy
        Whose causes the classifier learnt.
    classifier : Classifier
        Trained.
    embedder : Embedder, optional
        The model of sentence embeddings with which the classifier was trained; needed where there was one.

    Returns
    -------
    list of tuple of Tag
        Causes that the classifier learnt are as it says, with the rule's words where a rule found them too, and else
        with the whole text; other causes, and intents, are the rules'.

    Raises
    ------
    ConfigError
        CX303 if the classifier belongs to another taxonomy, or to other sentence embeddings.
    """
    check_belongs(classifier, taxonomy, embedder)
    intents = {f"{cause.component}.{cause.name}" for cause in taxonomy.causes if cause.intent}
    learnt = [name for name in classifier.tags if name not in intents]
    columns = [(column, name) for column, name in enumerate(classifier.tags) if name in learnt]
    # the same words bear the same tags: macros and one-word answers are looked at once
    rules_of = {text: tags for text, tags in zip(texts, by_rules, strict=True) if text.strip()}
    given = _predict(classifier, list(rules_of), list(rules_of.values()), embedder)
    known = {
        text: _merge(tags, [name for column, name in columns if row[column]], set(learnt), len(text))
        for (text, tags), row in zip(rules_of.items(), given, strict=True)
    }
    return [known.get(text, tags) for text, tags in zip(texts, by_rules, strict=True)]


def _predict(
    classifier: Classifier, texts: list[str], by_rules: list[tuple[Tag, ...]], embedder: Embedder | None
) -> np.ndarray:
    if not texts:
        return np.zeros((0, len(classifier.tags)), dtype=bool)
    hits = hits_of(by_rules, classifier.rules) if classifier.rules else None
    if embedder is None or not classifier.n_embedding:
        return classifier.predict(texts, hits)
    batches = [slice(first, first + BATCH_TEXTS) for first in range(0, len(texts), BATCH_TEXTS)]
    return np.concatenate(
        [
            classifier.predict(texts[rows], None if hits is None else hits[rows], embedder.embed(texts[rows]))
            for rows in batches
        ]
    )


def check_belongs(classifier: Classifier, taxonomy: Taxonomy, embedder: Embedder | None = None) -> None:
    """Refuse a classifier that learnt the causes of another taxonomy, or with other sentence embeddings.

    Parameters
    ----------
    classifier : Classifier
        Read from its file.
    taxonomy : Taxonomy
        Of the configuration.
    embedder : Embedder, optional
        Of the configuration.

    Raises
    ------
    ConfigError
        CX303.
    """
    causes = {f"{cause.component}.{cause.name}" for cause in taxonomy.causes}
    if not set(classifier.tags) <= causes:
        unknown = ", ".join(sorted(set(classifier.tags) - causes)[:3])
        message = f"it learnt causes that the taxonomy does not have: {unknown}."
        raise ConfigError("CX303", "[taxonomy] classifier", message, "Train it again: cxlink tag train.")
    if not classifier.n_embedding:
        return
    if embedder is None:
        message = "it was trained with sentence embeddings, and the configuration names none."
        remedy = "Name the folder of their model: [taxonomy] embeddings."
        raise ConfigError("CX303", "[taxonomy] classifier", message, remedy)
    if (classifier.facts.embeddings, classifier.n_embedding) != (embedder.digest, embedder.length):
        message = "it was trained with another model of sentence embeddings than [taxonomy] embeddings names."
        remedy = "Name the model that it was trained with, or train it again: cxlink tag train."
        raise ConfigError("CX303", "[taxonomy] classifier", message, remedy)


def _merge(tags: tuple[Tag, ...], named: Sequence[str], learnt: set[str], length: int) -> tuple[Tag, ...]:
    kept = [tag for tag in tags if not tag.is_complaint or f"{tag.component}.{tag.cause}" not in learnt]
    by_name = {f"{tag.component}.{tag.cause}": tag for tag in tags if tag.is_complaint}
    for name in named:
        component, _, cause = name.partition(".")
        kept.append(by_name.get(name) or Tag(component, cause, "", "complaint", RULE, 0, length))
    return tuple(sorted(kept, key=lambda tag: (tag.start, tag.end, tag.component, tag.cause)))


def train_on_labels(
    texts: Sequence[str],
    truth: np.ndarray,
    causes: Sequence[str],
    customers: np.ndarray,
    weights: np.ndarray,
    taxonomy: Taxonomy,
    *,
    seed: int,
    trained_on: str,
    embedder: Embedder | None = None,
) -> Learnt:
    """Train a classifier on labelled records, the rules' hits among its features.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        Labelled records.
    truth : ndarray of bool, shape (n, k)
        What people said.
    causes : sequence of str, shape (k,)
        As "component.cause".
    customers, weights : ndarray, shape (n,)
        Who wrote each, and one over the probability with which it was drawn.
    taxonomy : Taxonomy
        Whose rules are features.
    seed : int
        Of the folds.
    trained_on : str
        A date for the file.
    embedder : Embedder, optional
        Gives sentence embeddings, as further features.

    Returns
    -------
    Learnt
        Of the causes that enough customers complained of.

    Raises
    ------
    EstimationError
        If no cause can be trained.
    """
    from cxlink.tag.duplicates import find_repeats
    from cxlink.tag.train import train_classifier

    first = ~find_repeats(texts).is_repeat
    if not first.any():
        raise EstimationError("there are no texts")
    hits = hits_of(tag_texts(texts, taxonomy).tags, causes)
    kept: list[int] = np.flatnonzero(first).tolist()
    distinct = [texts[place] for place in kept]
    training = train_classifier(
        distinct,
        truth[kept],
        causes,
        customers[kept],
        weights=weights[kept],
        rule_hits=hits[kept],
        embeddings=None if embedder is None else embedder.embed(distinct),
        seed=seed,
        taxonomy=taxonomy.digest,
        embedding_model="" if embedder is None else embedder.digest,
        trained_on=trained_on,
    )
    classifier = training.classifier
    columns = np.array([list(causes).index(name) for name in classifier.tags], dtype=np.intp)
    given = classifier.decide(training.cross_fitted)
    rows = np.array(kept, dtype=np.intp)
    return Learnt(classifier, rows, truth[rows][:, columns], given, hits[rows][:, columns])
