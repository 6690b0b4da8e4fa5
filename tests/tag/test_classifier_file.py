"""Classifiers on disk: what is read is what was written, and a hostile file gives one clean error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxlink.errors import ConfigError
from cxlink.tag.classifier import Classifier
from cxlink.tag.classifier_file import MAX_LINE_BYTES, read_classifier, write_classifier
from cxlink.tag.train import train_classifier
from tests.tag.test_classifier import SMALL, TAGS, make_texts

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    texts, truth = make_texts(150)
    truth[5:, 3] = False
    hits, dense = truth, np.random.default_rng(0).normal(size=(150, 3))
    return train_classifier(
        texts,
        truth,
        TAGS,
        np.arange(150),
        rule_hits=hits,
        embeddings=dense,
        settings=replace(SMALL, min_customers=8),
        taxonomy="abc",
        embedding_model="def",
        trained_on="2026-01-31",
    ).classifier


@pytest.fixture(scope="module")
def lines(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    path = tmp_path_factory.mktemp("file") / "classifier.jsonl"
    write_classifier(classifier, path)
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


@pytest.mark.parametrize("name", ["classifier.jsonl", "classifier.jsonl.gz"])
def test_probabilities_are_the_same_after_reading(classifier: Classifier, tmp_path: Path, name: str) -> None:
    write_classifier(classifier, tmp_path / name)
    again = read_classifier(tmp_path / name)
    texts, truth = make_texts(50, seed=1)
    dense = np.random.default_rng(1).normal(size=(50, 3))
    # Exactly: coefficients are rounded before they are first used.
    np.testing.assert_array_equal(
        again.probabilities(texts, truth, dense), classifier.probabilities(texts, truth, dense)
    )
    np.testing.assert_array_equal(again.thresholds, classifier.thresholds)
    assert again.facts == classifier.facts
    assert again.untrained == classifier.untrained
    assert set(again.untrained) == {"staff"}
    assert again.explain(texts[0], "app", truth[0], dense[0]) == classifier.explain(texts[0], "app", truth[0], dense[0])


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_same_classifier_gives_the_same_bytes(classifier: Classifier, tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_classifier(classifier, first)
    write_classifier(read_classifier(first), second)
    assert first.read_bytes() == second.read_bytes()


def test_no_text_of_a_single_customer_is_in_the_file(tmp_path: Path) -> None:
    texts, truth = make_texts(100)
    texts[7] += " my name is Zebedee Quux, card 4929123456781234"
    path = tmp_path / "classifier.jsonl"
    write_classifier(train_classifier(texts, truth, TAGS, np.arange(100), settings=SMALL).classifier, path)
    content = path.read_text(encoding="ascii")
    assert not any(word in content for word in ("zebedee", "quux", "4929", "ebede"))


def refuse(path: Path, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        read_classifier(path)
    assert caught.value.code == "CX303"
    assert len(str(caught.value)) < 500


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "missing", "No such file")
    refuse(tmp_path, "Is a directory|Permission denied")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04\x95",
        b"[]\n",
        b"[" * 100_000,
        b'{"format":',
        b'{"format":NaN}',
        b'{"format":"\xff"}',
        b'{"a":' * 50_000,
        b'{"version":' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_classifier_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "classifier"
    path.write_bytes(content)
    refuse(path, "line 1: ")


def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "classifier.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(5):
            file.write(b" " * (MAX_LINE_BYTES // 4))
    refuse(path, "line 1: has more than")


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_cut_file_is_refused(classifier: Classifier, tmp_path: Path, kept: float) -> None:
    for name in ("classifier", "classifier.gz"):
        path = tmp_path / name
        write_classifier(classifier, path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * kept)])
        refuse(path, "damaged|is missing|no JSON")


def change(number: int, **entries: Any) -> Callable[[Lines], None]:
    def apply(lines: Lines) -> None:
        lines[number].update(entries)

    return apply


@pytest.mark.parametrize(
    ("mutate", "reason"),
    [
        (change(0, format="pickle"), "begins no classifier"),
        (change(0, version=2), "of version 2"),
        (change(0, version=True), '"version" is no whole number'),
        (change(0, tags=["delivery", "delivery"]), "a name twice"),
        (change(0, tags=[]), "do not fit together"),
        (change(0, tags="delivery"), '"tags" is no list'),
        (change(0, tags=["x" * 2_000]), "no text of at most"),
        (change(0, is_exclusive=1), "neither true nor false"),
        (change(0, kinds=["words", "os.system", "letters", "spelling"]), '"kinds" has others'),
        (change(0, weights=[1.0]), "blocks that do not fit"),
        (change(0, n_features=[10**9, 1, 1, 1]), '"n_features" is no whole number'),
        (change(0, n_features=[10**6, 10**6, 1, 1]), "more features or tags"),
        (change(0, n_embedding=-1), '"n_embedding" is no whole number'),
        (change(0, embeddings=7), '"embeddings" is no text'),
        (change(0, n_embedding=0), "1 unknown entries"),
        (change(0, extra=1), "1 unknown entries"),
        (change(1, names=["a"]), "too few or too many"),
        (change(1, idf=[]), "too few or too many"),
        (lambda lines: lines[1]["names"].reverse(), "out of order"),
        (lambda lines: lines[1]["names"].__setitem__(-1, "z" * 200), "too long"),
        (lambda lines: lines[1]["idf"].__setitem__(0, -1.0), '"idf" is no number between'),
        (lambda lines: lines[1]["idf"].__setitem__(0, "1"), '"idf" is no number between'),
        (lambda lines: lines[1]["idf"].__setitem__(0, 10**400), '"idf" is no number between'),
        (change(-1, slope=float("inf")), "is no JSON"),
        (change(-1, slope=1e300), '"slope" is no number'),
        (change(-1, threshold=None), '"threshold" is no number'),
        (change(-1, exponent=5_000), '"exponent" is no whole number'),
        (change(-1, gaps=[0], steps=[1]), '"gaps" is no whole number'),
        (change(-1, gaps=[999_999], steps=[1]), "features that do not exist"),
        (change(-1, gaps=[1], steps=[1, 2]), "features that do not exist"),
        (change(-1, gaps=[1], steps=[1.5]), '"steps" is no whole number'),
        (lambda lines: lines.append(lines[-1]), "after the last tag"),
        (lambda lines: lines[-1].pop("offset"), 'has no "offset"'),
    ],
)
def test_each_lie_is_refused(lines: Lines, tmp_path: Path, mutate: Callable[[Lines], None], reason: str) -> None:
    changed: Lines = json.loads(json.dumps(lines))
    mutate(changed)
    path = tmp_path / "classifier.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="ascii")
    refuse(path, reason)
