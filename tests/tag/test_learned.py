"""Rules and a classifier together: it decides on what it learnt, the rules on the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxlink.errors import ConfigError
from cxlink.tag.classifier import Classifier
from cxlink.tag.learned import RULE, check_belongs, decide, hits_of, train_on_labels
from cxlink.tag.match import tag_texts
from cxlink.tag.stage import tag_records
from cxlink.tag.taxonomy import Taxonomy

CAUSES = ("app.crash", "delivery.late")
SLANG = "the courier took the scenic route"
"""Says that it is late in words that no rule knows."""


@pytest.fixture(scope="module")
def classifier(taxonomy: Taxonomy) -> Classifier:
    rng = np.random.default_rng(1)
    fillers = ("today", "again", "with my order", "last week", "as always", "for the second time")
    kinds = (("the delivery was late", (False, True)), (SLANG, (False, True)), ("the app crashes", (True, False)))
    neutral = ("thanks for the parcel", "the app is blue", "a courier came by", "which route is it")
    texts, truth = [], []
    for number in range(240):
        extra = f"{rng.choice(fillers)} {number}"
        words, tags = kinds[number % 3] if number % 2 else (neutral[number % 4], (False, False))
        texts.append(f"{words} {extra}")
        truth.append(tags)
    return train_on_labels(
        texts, np.array(truth), CAUSES, np.arange(240), np.ones(240), taxonomy, seed=1, trained_on="2025-12-31"
    ).classifier


def test_the_classifier_finds_what_no_rule_knows_and_keeps_what_rules_find(
    classifier: Classifier, taxonomy: Taxonomy
) -> None:
    assert set(classifier.tags) == set(CAUSES)
    texts = [f"{SLANG} 999", "the delivery was late 999", "I was charged twice", "nothing to say", ""]
    slang, late, charged, nothing, empty = decide(texts, tag_texts(texts, taxonomy).tags, taxonomy, classifier)
    (found,) = [tag for tag in slang if tag.is_complaint]
    assert (found.component, found.cause, found.rule) == ("delivery", "late", RULE)
    assert (found.start, found.end) == (0, len(texts[0]))
    (by_rule,) = [tag for tag in late if tag.is_complaint]
    assert by_rule.rule.startswith("delivery.late/en/")
    # a cause that it did not learn is the rules' alone
    assert [(tag.component, tag.cause) for tag in charged if tag.is_complaint] == [("billing", "overcharge")]
    assert not [tag for tag in (*nothing, *empty) if tag.is_complaint]


def test_records_say_who_tagged_them(classifier: Classifier, taxonomy: Taxonomy) -> None:
    rows = [("1", "tickets", None, None, f"{SLANG} 7"), ("2", "tickets", "billing", None, f"{SLANG} 7")]
    frame = pd.DataFrame(rows, columns=["record_id", "table", "component", "cause", "text"])
    found = tag_records(frame, taxonomy, classifier)
    assert list(found["source"]) == ["classifier", "given"]
    assert list(found["component"]) == ["delivery", "billing"]


def test_hits_are_complaints_alone(taxonomy: Taxonomy) -> None:
    tags = tag_texts(["the delivery was late", "the delivery was not late"], taxonomy).tags
    assert hits_of(tags, CAUSES).tolist() == [[False, True], [False, False]]


def test_a_classifier_of_another_taxonomy_is_refused(classifier: Classifier, taxonomy: Taxonomy) -> None:
    with pytest.raises(ConfigError, match=r"CX303 .*pool\.dirty"):
        check_belongs(replace(classifier, tags=("pool.dirty", "delivery.late")), taxonomy)
