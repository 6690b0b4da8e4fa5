"""Sentence embeddings from a folder: read offline, the same each time, remembered by what was trained with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cxlink.errors import ConfigError
from cxlink.tag import learned
from cxlink.tag.classifier import Classifier
from cxlink.tag.classifier_file import read_classifier, write_classifier
from cxlink.tag.embeddings import MAX_TOKENS, Embedder, read_embedder
from cxlink.tag.learned import check_belongs, decide, train_on_labels
from cxlink.tag.match import Tag, tag_texts
from cxlink.tag.taxonomy import Taxonomy
from tests.tag.tiny_model import needs_packages, write_model, write_words

SLOW = ("dawdled", "loitered", "tarried", "dallied")
"""Words that no rule knows and whose vectors are the same; the last one is in no training text."""
OTHER = ("whistled", "waved", "smiled", "nodded")
CAUSES = ("delivery.late", "app.crash")
VECTORS = {
    **dict.fromkeys(SLOW, (1.0, 0.0, 0.0)),
    **dict.fromkeys(OTHER, (0.0, 1.0, 0.0)),
    "courier": (0.0, 0.0, 0.5),
    "crashes": (0.0, 0.0, -1.0),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "tiny", VECTORS)


@pytest.fixture(scope="module")
def embedder(folder: Path) -> Embedder:
    return read_embedder(folder)


def decided(
    texts: list[str], taxonomy: Taxonomy, classifier: Classifier, embedder: Embedder | None = None
) -> list[tuple[Tag, ...]]:
    return decide(texts, tag_texts(texts, taxonomy).tags, taxonomy, classifier, embedder)


def train(taxonomy: Taxonomy, embedder: Embedder | None) -> Classifier:
    texts, truth = [], []
    for number in range(240):
        group, flags = ((SLOW, (True, False)), (OTHER, (False, False)), (("app crashes",), (False, True)))[number % 3]
        texts.append(f"the courier {group[number // 3 % len(group[:3])]} {number}")
        truth.append(flags)
    return train_on_labels(
        texts,
        np.array(truth),
        CAUSES,
        np.arange(240),
        np.ones(240),
        taxonomy,
        seed=1,
        trained_on="2025-12-31",
        embedder=embedder,
    ).classifier


@pytest.fixture(scope="module")
def classifier(taxonomy: Taxonomy, embedder: Embedder) -> Classifier:
    return train(taxonomy, embedder)


@needs_packages
def test_an_embedding_is_the_mean_of_the_words_that_the_model_knows(embedder: Embedder) -> None:
    texts = ["The COURIER dawdled, twice!", "waved waved courier", "nothing known", "", "courier " * 600 + "waved"]
    found = embedder.embed(texts)
    assert MAX_TOKENS < 600
    expected = [[0.5, 0.0, 0.25], [0.0, 2 / 3, 0.5 / 3], [0.0] * 3, [0.0] * 3, [0.0, 0.0, 0.5]]
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    # padding to the longest of a batch must not count
    np.testing.assert_array_equal(found, np.concatenate([embedder.embed([text]) for text in texts]))


@needs_packages
def test_words_may_share_vectors_and_have_weights(tmp_path: Path) -> None:
    vectors = {"one": (2.0, 0.0), "two": (0.0, 4.0)}
    weights = np.array([1.0, 0.5, 2.0, 1.0])
    write_model(tmp_path, vectors, mapping=np.array([0, 1, 2, 2]), weights=weights)
    write_words(tmp_path, ["[UNK]", "one", "two", "zwei"])
    found = read_embedder(tmp_path).embed(["one", "two", "zwei", "two zwei"])
    np.testing.assert_array_equal(found, [[1.0, 0.0], [0.0, 8.0], [0.0, 4.0], [0.0, 6.0]])


@needs_packages
@pytest.mark.parametrize("kind", ["float16", "float64", "int8"])
def test_vectors_may_be_stored_in_few_bits(tmp_path: Path, kind: str) -> None:
    plain = read_embedder(write_model(tmp_path / "plain", {"one": (2.0, 1.0), "two": (0.0, 4.0)}))
    stored = np.array([[99, 99], [2, 1], [0, 4]], dtype=kind)
    small = read_embedder(write_model(tmp_path / "small", {"one": (2.0, 1.0), "two": (0.0, 4.0)}, embeddings=stored))
    np.testing.assert_array_equal(small.embed(["one two"]), plain.embed(["one two"]))
    assert small.digest != plain.digest


@needs_packages
def test_embeddings_tell_what_an_unseen_word_means(
    classifier: Classifier, embedder: Embedder, taxonomy: Taxonomy
) -> None:
    assert classifier.n_embedding == 3
    assert classifier.facts.embeddings == embedder.digest
    texts = [f"the courier {SLOW[-1]} 999", f"the courier {OTHER[-1]} 999"]
    names = [{tag.cause for tag in tags if tag.is_complaint} for tags in decided(texts, taxonomy, classifier, embedder)]
    assert names == [{"late"}, set()]
    # without them the two words are equally unknown
    blind = train(taxonomy, None)
    late = blind.probabilities(texts, np.zeros((2, len(blind.rules))))[:, blind.tags.index("delivery.late")]
    shown = classifier.probabilities(texts, np.zeros((2, len(blind.rules))), embedder.embed(texts))
    assert shown[0, classifier.tags.index("delivery.late")] - shown[1, classifier.tags.index("delivery.late")] > 0.5
    assert abs(late[0] - late[1]) < 0.2


@needs_packages
def test_tags_do_not_depend_on_how_many_texts_are_embedded_at_a_time(
    classifier: Classifier, embedder: Embedder, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"the courier {word} {number}" for number, word in enumerate((*SLOW, "", *OTHER))] + [""]
    whole = decided(texts, taxonomy, classifier, embedder)
    monkeypatch.setattr(learned, "BATCH_TEXTS", 2)
    assert decided(texts, taxonomy, classifier, embedder) == whole


@needs_packages
def test_the_file_gives_equal_probabilities_and_equal_bytes(
    classifier: Classifier, folder: Path, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_classifier(classifier, first)
    again, anew = read_classifier(first), read_embedder(folder)
    check_belongs(again, taxonomy, anew)
    texts = [f"the courier {word}" for word in (*SLOW, *OTHER)]
    hits = np.zeros((len(texts), len(CAUSES)))
    np.testing.assert_array_equal(
        again.probabilities(texts, hits, anew.embed(texts)), classifier.probabilities(texts, hits, anew.embed(texts))
    )
    write_classifier(train(taxonomy, anew), second)
    assert first.read_bytes() == second.read_bytes()


@needs_packages
def test_another_model_is_refused(
    classifier: Classifier, embedder: Embedder, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    other = read_embedder(write_model(tmp_path, {**VECTORS, "courier": (0.0, 0.0, 0.6)}))
    assert other.length == embedder.length
    with pytest.raises(ConfigError, match=r"CX303 .*another model"):
        decided(["the courier waved"], taxonomy, classifier, other)
    with pytest.raises(ConfigError, match=r"CX303 .*names none.*\[taxonomy\] embeddings"):
        decided(["the courier waved"], taxonomy, classifier)
    with pytest.raises(ConfigError, match=r"CX303 .*another model"):
        check_belongs(replace(classifier, n_embedding=4), taxonomy, embedder)
    # a classifier that needs none does not mind
    check_belongs(train(taxonomy, None), taxonomy, other)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def with_content(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def with_tensors(**tensors: object) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_model(folder, VECTORS, **tensors)

    return write


NAN = np.full((len(VECTORS) + 1, 3), np.nan)


@needs_packages
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without("model.safetensors"), "model.safetensors cannot be read .No such file"),
        (without("tokenizer.json"), "tokenizer.json cannot be read .No such file"),
        (with_content("model.safetensors", b""), "model.safetensors cannot be read"),
        (with_content("model.safetensors", b"\xff" * 100), "model.safetensors cannot be read"),
        (with_content("model.safetensors", b"\x80\x04\x95" * 10), "model.safetensors cannot be read"),
        (with_content("tokenizer.json", b"{}"), "tokenizer.json cannot be read"),
        (with_content("tokenizer.json", b"\xff\xfe"), "tokenizer.json cannot be read"),
        (with_tensors(embeddings=np.zeros(3)), "vectors of float64 of shape"),
        (with_tensors(embeddings=np.zeros((len(VECTORS) + 1, 0))), "vectors of float64 of shape"),
        (with_tensors(embeddings=NAN), "missing or infinite"),
        (with_tensors(embeddings=np.zeros((2, 3))), "tokens, model.safetensors vectors of 2"),
        (with_tensors(mapping=np.full(len(VECTORS) + 1, 99)), "vectors that do not exist"),
        (with_tensors(weights=np.ones(2)), "weights"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    write_model(tmp_path, VECTORS)
    spoil(tmp_path)
    with pytest.raises(ConfigError, match=said) as caught:
        read_embedder(tmp_path)
    assert caught.value.code == "CX309"
    assert "model2vec" in caught.value.remedy


@pytest.mark.parametrize("package", ["safetensors", "tokenizers"])
def test_a_missing_package_is_told_with_the_command_that_adds_it(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (package, f"{package}.numpy"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigError, match=r'CX309 .*pip install "cxlink\[embeddings\]"'):
        read_embedder(tmp_path)


def test_nothing_is_imported_where_no_embeddings_are_asked_for() -> None:
    code = "import sys, cxlink.pipeline, cxlink.tag.learned; print({'tokenizers', 'safetensors'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "set()"


@needs_packages
def test_reading_and_embedding_open_no_connection(folder: Path) -> None:
    code = (
        "import sys\n"
        "def watch(event, given):\n"
        "    if event.startswith('socket.'):\n"
        "        raise SystemExit(event)\n"
        "sys.addaudithook(watch)\n"
        "from cxlink.tag.embeddings import read_embedder\n"
        f"print(read_embedder({str(folder)!r}).embed(['courier']).tolist(), 'huggingface_hub' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[[0.0, 0.0, 0.5]] False"
