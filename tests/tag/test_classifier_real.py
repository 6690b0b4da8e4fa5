"""The classifier on ten intents of a bank's customers, where the texts are at hand."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from cxlink.tag.duplicates import find_repeats
from cxlink.tag.train import Training, TrainingSettings, train_classifier
from tests.real_data import REAL_DATA, needs

N_INTENTS = 10

pytestmark = needs("banking77")


def read_queries(name: str) -> list[tuple[str, str]]:
    with (REAL_DATA / "banking77" / name).open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    chosen = sorted({intent for _, intent in rows})[:N_INTENTS]
    return [(text, intent) for text, intent in rows if intent in chosen]


@pytest.fixture(scope="module")
def trained() -> Training:
    queries = read_queries("train.csv")
    intents = sorted({intent for _, intent in queries})
    truth = np.array([[intent == one for one in intents] for _, intent in queries])
    texts, how = [text for text, _ in queries], TrainingSettings(n_folds=3)
    return train_classifier(texts, truth, intents, np.arange(len(queries)), exclusive=True, settings=how)


def test_intents_of_unseen_queries(trained: Training) -> None:
    queries = read_queries("test.csv")
    assert len(queries) == 40 * N_INTENTS
    chances = trained.classifier.probabilities([text for text, _ in queries])
    right = np.array(
        [trained.classifier.tags[j] == intent for j, (_, intent) in zip(chances.argmax(1), queries, strict=True)]
    )
    assert right.mean() > 0.95
    # What it says of itself is true within 4 standard errors of a share near 0.97 among 400: 0.035.
    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.035)


def test_words_of_the_intent_explain_it(trained: Training) -> None:
    found = trained.classifier.explain("How do I activate my new card?", "activate_my_card", limit=10_000)
    of_word = sum(item.weight for item in found if "act" in item.feature)
    of_rest = sum(item.weight for item in found if "how" in item.feature)
    assert of_word > 1.0
    assert of_word > of_rest


def test_few_queries_are_repeats() -> None:
    found = find_repeats([text for text, _ in read_queries("train.csv")])
    assert 0 <= found.n_equal + found.n_near < 30
