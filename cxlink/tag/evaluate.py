"""How right the tags are, on the user's own labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.stats import EstimationError, TagAccuracy, estimate_tag_accuracy
from cxlink.tag.agreement import CauseAgreement, measure_agreement
from cxlink.tag.classifier import Classifier
from cxlink.tag.embeddings import Embedder
from cxlink.tag.label_sheet import LabelledRecord
from cxlink.tag.learned import train_on_labels
from cxlink.tag.taxonomy import Taxonomy

LEAST_RECORDS = 20
"""Of a language or a month, for figures of its own."""


@dataclass(frozen=True, slots=True)
class LabelledRecords:
    """Records that people read.

    Parameters
    ----------
    records : DataFrame
        Columns record_id, table, customer, day, language, text, weight (one over the probability of being drawn).
    causes : tuple of str
        "component.cause", sorted: all that were labelled or predicted.
    truth, predicted : ndarray of bool, shape (n_records, n_causes)
        What people say, and what the tagger says.
    by_person : tuple of LabelledRecord
        The labels as they came.
    """

    records: pd.DataFrame
    causes: tuple[str, ...]
    truth: np.ndarray
    predicted: np.ndarray
    by_person: tuple[LabelledRecord, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Accuracy by component, by cause, by language and by month, and how far people agree."""

    n_records: int
    n_customers: int
    components: tuple[str, ...]
    by_component: TagAccuracy
    causes: tuple[str, ...]
    by_cause: TagAccuracy
    parts: Mapping[str, TagAccuracy | str]
    agreement: tuple[CauseAgreement, ...]


def evaluate_tags(labelled: LabelledRecords, *, rng: np.random.Generator) -> Evaluation:
    """Measure how right the tags are.

    Parameters
    ----------
    labelled : LabelledRecords
        Labels beside tags.
    rng : Generator
        Randomness of the intervals.

    Returns
    -------
    Evaluation
        Languages and months with fewer than twenty records have no figures of their own.

    Raises
    ------
    EstimationError
        If the labels are of one customer alone, or name nothing.
    """
    records, causes = labelled.records, labelled.causes
    components = tuple(sorted({cause.split(".", 1)[0] for cause in causes}))
    member = np.array([[cause.split(".", 1)[0] == name for name in components] for cause in causes], dtype=bool)
    customer, weight = records["customer"].to_numpy(), records["weight"].to_numpy()

    def measure(truth: np.ndarray, predicted: np.ndarray, rows: np.ndarray) -> TagAccuracy:
        return estimate_tag_accuracy(truth[rows], predicted[rows], customer[rows], weights=weight[rows], rng=rng)

    everything = np.ones(len(records), dtype=bool)
    upper = (labelled.truth @ member, labelled.predicted @ member)
    return Evaluation(
        n_records=len(records),
        n_customers=len(np.unique(customer)),
        components=components,
        by_component=measure(*upper, everything),
        causes=causes,
        by_cause=measure(labelled.truth, labelled.predicted, everything),
        parts=_parts(records, lambda rows: measure(labelled.truth, labelled.predicted, rows)),
        agreement=measure_agreement(labelled.by_person, rng=rng),
    )


def _parts(records: pd.DataFrame, measure: Callable[[np.ndarray], TagAccuracy]) -> dict[str, TagAccuracy | str]:
    found: dict[str, TagAccuracy | str] = {}
    months = pd.to_datetime(records["day"]).dt.strftime("%Y-%m")
    for name, values in (("language", records["language"]), ("month", months)):
        for value in sorted(values.unique()):
            rows = (values == value).to_numpy()
            if rows.sum() < LEAST_RECORDS:
                found[f"{name} {value}"] = f"{rows.sum()} records, needs {LEAST_RECORDS}"
                continue
            try:
                found[f"{name} {value}"] = measure(rows)
            except EstimationError as error:
                found[f"{name} {value}"] = error.reason
    return found


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier, with its accuracy on customers it did not learn from, and that of the rules on the same records."""

    classifier: Classifier
    by_classifier: TagAccuracy
    by_rules: TagAccuracy


def train_on_labelled(
    labelled: LabelledRecords,
    taxonomy: Taxonomy,
    *,
    seed: int,
    trained_on: str,
    rng: np.random.Generator,
    embedder: Embedder | None = None,
) -> Trained:
    """Train a classifier, and measure it by cross-fitting.

    Parameters
    ----------
    labelled : LabelledRecords
        Labels beside tags.
    taxonomy : Taxonomy
        Whose rules are features.
    seed : int
        Of the folds.
    trained_on : str
        A date for the file.
    rng : Generator
        Randomness of the intervals.
    embedder : Embedder, optional
        Gives sentence embeddings, as further features.

    Returns
    -------
    Trained
        Causes of too few customers are left to the rules.

    Raises
    ------
    EstimationError
        If no cause can be trained.
    """
    records = labelled.records
    customer, weight = records["customer"].to_numpy(), records["weight"].to_numpy()
    learnt = train_on_labels(
        records["text"].tolist(),
        labelled.truth,
        labelled.causes,
        customer,
        weight,
        taxonomy,
        seed=seed,
        trained_on=trained_on,
        embedder=embedder,
    )
    kept = learnt.kept
    by_classifier, by_rules = (
        estimate_tag_accuracy(learnt.truth, given, customer[kept], weights=weight[kept], rng=rng)
        for given in (learnt.given, learnt.by_rules)
    )
    return Trained(learnt.classifier, by_classifier, by_rules)
