"""The classifier on made-up complaints: it learns what was planted, says what it cannot learn, and does so twice."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats.errors import EstimationError
from cxlink.tag.classifier_inputs import split_batches
from cxlink.tag.features import DEFAULT_BLOCKS, BlockSettings, build_matrix, fit_blocks
from cxlink.tag.tokens import read_tokens
from cxlink.tag.train import Training, TrainingSettings, train_classifier

TAGS = ("delivery", "billing", "app", "staff")
SAID = {
    "delivery": ["the parcel came late", "my parcel is lost", "courier never rang"],
    "billing": ["I was charged twice", "the invoice is wrong", "refund the fee"],
    "app": ["the app crashes", "login fails on the phone", "screen stays blank"],
    "staff": ["the agent was rude", "nobody answered my call", "support hung up"],
}
FILLER = ["today", "again", "really", "since", "monday", "please", "help", "me", "with", "this"]
FILLER += ["I", "am", "a", "customer", "for", "years", "and", "it", "happens", "often"]
SMALL = TrainingSettings(min_customers=5)

Flags = npt.NDArray[np.bool_]


def make_texts(n: int, seed: int = 0) -> tuple[list[str], Flags]:
    """Texts of one or two complaints among filler words, and which complaints they hold."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((n, len(TAGS)), dtype=bool)
    texts = []
    for row in range(n):
        chosen = rng.choice(len(TAGS), rng.integers(1, 3), replace=False)
        truth[row, chosen] = True
        said = [str(rng.choice(SAID[TAGS[column]])) for column in chosen]
        filler = " ".join(rng.choice(FILLER, rng.integers(2, 8)))
        texts.append(f"{filler} {', '.join(said)}")
    return texts, truth


@pytest.fixture(scope="module")
def training() -> Training:
    texts, truth = make_texts(400)
    return train_classifier(texts, truth, TAGS, np.arange(400) // 2, settings=SMALL)


def f1(said: Flags, truth: Flags) -> float:
    return float(2 * (said & truth).sum() / (said.sum() + truth.sum()))


def test_it_learns_what_was_planted(training: Training) -> None:
    texts, truth = make_texts(200, seed=1)
    assert f1(training.classifier.predict(texts), truth) > 0.95


def test_an_explanation_names_the_planted_words_and_adds_up(training: Training) -> None:
    classifier, text = training.classifier, "today the app crashes again"
    found = classifier.explain(text, "app", limit=10_000)
    heaviest = {item.feature for item in found[:5] if item.kind in {"words", "pairs"}}
    assert heaviest & {"app", "crashes", "app crashes", "the app"}
    column = classifier.tags.index("app")
    odds = sum(item.weight for item in found)
    odds += classifier.intercepts[column] * classifier.slopes[column] + classifier.offsets[column]
    assert odds == pytest.approx(np.log(1 / (1 / classifier.probabilities([text])[0, column] - 1)), abs=1e-9)


def test_a_tag_of_few_customers_is_not_trained_and_says_so() -> None:
    texts, truth = make_texts(200)
    # Thirty texts, but of four customers.
    customers = np.where(truth[:, 3], np.cumsum(truth[:, 3]) % 4, np.arange(200) + 10)
    training = train_classifier(texts, truth, TAGS, customers, settings=SMALL)
    assert training.classifier.tags == TAGS[:3]
    assert training.classifier.untrained == {"staff": "4 customers have it, 5 are needed"}
    assert training.classifier.probabilities(texts[:2]).shape == (2, 3)


def test_a_tag_that_texts_do_not_tell_is_not_trained() -> None:
    # Each word stands in two customers' texts, once with "noise" and once without: what one teaches, the other belies.
    words = [f"w{number:03}" for number in range(100)]
    texts = [f"{word} urgent" if row % 3 else word for row, word in enumerate([*words, *words])]
    truth = np.column_stack((np.arange(200) % 3 > 0, np.arange(200) < 100))
    trained = train_classifier(texts, truth, ["urgent", "noise"], np.arange(200)).classifier
    assert trained.tags == ("urgent",)
    assert trained.untrained == {"noise": "on unknown customers the texts do not tell it from the others"}


def test_nothing_to_train_is_refused() -> None:
    texts, truth = make_texts(8)
    with pytest.raises(EstimationError, match="no tag can be trained: delivery: "):
        train_classifier(texts, truth, TAGS, np.arange(8))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tags": TAGS[:3]}, "truth is bool of shape"),
        ({"tags": ("a", "a", "b", "c")}, "same name twice"),
        ({"truth": np.full((40, 4), 0.5)}, "truth is float64"),
        ({"customers": np.arange(39)}, "customers has shape"),
        ({"weights": np.zeros(40)}, "all weights are zero"),
        ({"weights": np.full(40, np.nan)}, "weights is missing or infinite"),
        ({"rule_hits": np.zeros((40, 3))}, "rule_hits has shape"),
        ({"embeddings": np.full((40, 2), np.inf)}, "embeddings has missing or infinite"),
        ({"exclusive": True}, "none or several"),
    ],
)
def test_wrong_input_is_refused(changed: dict[str, Any], reason: str) -> None:
    texts, truth = make_texts(40)
    given: dict[str, Any] = {"texts": texts, "truth": truth, "tags": TAGS, "customers": np.arange(40)}
    with pytest.raises(EstimationError, match=reason):
        train_classifier(**(given | changed))


def test_a_weight_of_zero_is_an_absent_text(training: Training) -> None:
    texts, truth = make_texts(400)
    more, wrong = make_texts(50, seed=2)
    given = train_classifier(
        [*texts, *more],
        np.vstack((truth, ~wrong)),
        TAGS,
        np.concatenate((np.arange(400) // 2, np.arange(50) + 1_000)),
        weights=np.repeat([1.0, 0.0], [400, 50]),
        settings=SMALL,
    )
    assert given.classifier.facts == training.classifier.facts
    assert given.cross_fitted.shape == (450, 4)
    # Folds are dealt among other customers, so only the final coefficients are the same.
    np.testing.assert_array_equal(given.classifier.coefficients, training.classifier.coefficients)


def test_a_weight_of_three_pulls_like_three_texts() -> None:
    texts, truth = make_texts(150)
    weights = np.where(truth[:, 0], 3.0, 1.0)
    weighted = train_classifier(texts, truth, TAGS, np.arange(150), weights=weights, settings=SMALL)
    plain = train_classifier(texts, truth, TAGS, np.arange(150), settings=SMALL)
    assert weighted.classifier.probabilities(texts)[:, 0].mean() > plain.classifier.probabilities(texts)[:, 0].mean()


def test_exclusive_tags_share_one_out() -> None:
    texts, truth = make_texts(500)
    single = truth.sum(axis=1) == 1
    chosen = [text for text, is_single in zip(texts, single, strict=True) if is_single]
    training = train_classifier(chosen, truth[single], TAGS, np.arange(len(chosen)), exclusive=True, settings=SMALL)
    chances = training.classifier.probabilities(chosen)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0, rtol=1e-12)
    said = training.classifier.predict(chosen)
    assert np.all(said.sum(axis=1) == 1)
    assert np.mean((said & truth[single]).any(axis=1)) > 0.95


def test_rule_hits_and_embeddings_are_features() -> None:
    # The texts say nothing: "app" is known from the rules alone, "billing" from the embeddings.
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(FILLER, 6)) for _ in range(200)]
    truth = rng.random((200, 2)) < 0.4
    embeddings = np.column_stack((np.where(truth[:, 1], 5.0, -5.0), rng.normal(size=200)))
    hits = np.column_stack((truth[:, 0], np.zeros(200, dtype=bool)))
    trained = train_classifier(texts, truth, ["app", "billing"], np.arange(200), rule_hits=hits, embeddings=embeddings)
    classifier = trained.classifier
    assert f1(classifier.predict(texts, hits, embeddings), truth) > 0.95
    first = int(np.flatnonzero(truth[:, 0])[0])
    assert ("rule", "app") in {
        (i.kind, i.feature) for i in classifier.explain(texts[first], "app", hits[first], embeddings[first])
    }
    with pytest.raises(EstimationError, match="rule_hits has shape"):
        classifier.probabilities(texts)


def test_probabilities_mean_what_they_say() -> None:
    # Each planted word raises or lowers the log odds by one. Tolerance: 3 standard errors of a share among 400 texts
    # are at most 0.075.
    rng = np.random.default_rng(3)
    signs = rng.choice([-1, 1], (1_600, 3))
    planted = [("broken", "intact"), ("slow", "quick"), ("dirty", "clean")]
    texts = [
        " ".join([*rng.choice(FILLER, 3), *(two[int(sign < 0)] for two, sign in zip(planted, row, strict=True))])
        for row in signs
    ]
    truth = rng.random(1_600) < 1 / (1 + np.exp(-signs.sum(axis=1)))
    chances = train_classifier(texts, truth[:, None], ["fault"], np.arange(1_600)).cross_fitted[:, 0]
    for part in np.array_split(np.argsort(chances), 4):
        assert chances[part].mean() == pytest.approx(truth[part].mean(), abs=0.075)
    assert chances.max() - chances.min() > 0.7


def test_cost_sets_the_threshold() -> None:
    texts, truth = make_texts(150)
    how = TrainingSettings(min_customers=5, aim="cost", cost_of_false_tag=1.0, cost_of_missed_tag=4.0)
    classifier = train_classifier(texts, truth, TAGS, np.arange(150), settings=how).classifier
    np.testing.assert_allclose(classifier.thresholds, 0.2)


def test_one_threshold_for_all_tags() -> None:
    texts, truth = make_texts(150)
    how = TrainingSettings(min_customers=5, aim="all")
    trained = train_classifier(texts, truth, TAGS, np.arange(150), settings=how)
    best = max(f1(trained.cross_fitted >= cut, truth) for cut in np.unique(trained.cross_fitted))
    assert np.unique(trained.classifier.thresholds).size == 1
    assert f1(trained.classifier.decide(trained.cross_fitted), truth) == pytest.approx(best, abs=1e-12)


def test_the_same_twice_whatever_the_order_of_the_process(training: Training) -> None:
    texts, truth = make_texts(400)
    again = train_classifier(texts, truth, TAGS, np.arange(400) // 2, settings=SMALL)
    np.testing.assert_array_equal(again.classifier.coefficients, training.classifier.coefficients)
    np.testing.assert_array_equal(again.classifier.thresholds, training.classifier.thresholds)
    np.testing.assert_array_equal(again.cross_fitted, training.cross_fitted)


def test_a_text_alone_and_among_others_has_the_same_probability(training: Training) -> None:
    texts, _ = make_texts(30, seed=5)
    texts += ["", "...", "ззз", "المشكلة"]
    together = training.classifier.probabilities(texts)
    alone = np.vstack([training.classifier.probabilities([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)
    assert training.classifier.probabilities([]).shape == (0, 4)


def test_batches_cover_all_texts(monkeypatch: pytest.MonkeyPatch, training: Training) -> None:
    monkeypatch.setattr("cxlink.tag.classifier_inputs.BATCH_LETTERS", 100)
    monkeypatch.setattr("cxlink.tag.tokens.PART_TOKENS", 10)
    texts, _ = make_texts(40, seed=6)
    parts = split_batches(texts)
    assert len(parts) > 10
    assert [row for part in parts for row in range(40)[part]] == list(range(40))
    chances = training.classifier.probabilities(texts)
    monkeypatch.undo()
    np.testing.assert_array_equal(chances, training.classifier.probabilities(texts))


def test_features_are_those_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts, _ = make_texts(60)
    folded = [text.lower().replace(",", " .") for text in texts]
    blocks = fit_blocks(texts, np.arange(60), [BlockSettings("words", 1.0), BlockSettings("letters", 1.0)])
    words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    without_breaks = [text.replace(" .", "") for text in folded]
    for block, peer, given in zip(blocks, (words, letters), (folded, without_breaks), strict=True):
        expected = peer.fit_transform(given)
        assert block.names == tuple(sorted(peer.vocabulary_))
        columns = [peer.vocabulary_[name] for name in block.names]
        # Rarities are rounded to six digits.
        difference = abs(block.build_matrix(read_tokens(texts)) - expected[:, columns])
        assert difference.max() < 2e-6


def test_pairs_stand_in_either_order_and_only_near() -> None:
    texts = ["parcel late", "lately my parcels", "parcel one two three late"]
    (pairs,) = fit_blocks(texts, np.arange(3), [BlockSettings("pairs", 1.0, window=2)])
    assert pairs.names == ("lat par",)
    matrix = build_matrix([pairs], texts).toarray()
    np.testing.assert_allclose(matrix, [[1.0], [1.0], [0.0]])


def test_what_one_customer_says_is_no_feature() -> None:
    texts = ["I am Zebedee, late", "Zebedee again late", "late"]
    blocks = fit_blocks(texts, np.array([0, 0, 1]), DEFAULT_BLOCKS)
    names = {name for block in blocks for name in block.names}
    assert "late" in names
    assert not any("zeb" in name for name in names)


def test_an_unknown_tag_is_refused(training: Training) -> None:
    with pytest.raises(EstimationError, match="no tag 'price' was trained; there are delivery, billing, app, staff"):
        training.classifier.explain("late", "price")


def test_importing_it_does_not_import_scikit_learn() -> None:
    modules = "cxlink.tag.train, cxlink.tag.classifier_file, cxlink.tag.duplicates, cxlink.tag.splits"
    code = f"import sys, {modules}; print('sklearn' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == "False"


def test_the_number_of_threads_does_not_matter() -> None:
    code = (
        "import hashlib, numpy as np\n"
        "from tests.tag.test_classifier import *\n"
        "texts, truth = make_texts(120)\n"
        "dense = np.random.default_rng(0).normal(size=(120, 40))\n"
        "t = train_classifier(texts, truth, TAGS, np.arange(120), embeddings=dense, settings=SMALL)\n"
        "c = t.classifier\n"
        "parts = (c.coefficients, c.intercepts, c.slopes, c.offsets, c.thresholds, t.cross_fitted)\n"
        "print(hashlib.sha256(b''.join(np.ascontiguousarray(p).tobytes() for p in parts)).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={"OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n, "PYTHONHASHSEED": n, "PATH": ""},
        ).stdout
        for n in ("1", "2")
    }
    assert len(digests) == 1
