"""Accuracy of tags: points against scikit-learn, intervals against simulated samples, and refusals.

Tolerance: the same sums in another order (`SUMS`); where chance plays a part, its size stands at the test.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats.errors import EstimationError
from cxlink.stats.tag_accuracy import Calibration, Measure, Measured, NotMeasured, TagAccuracy, estimate_tag_accuracy

SUMS = 1e-12
NAMES = ("precision", "recall", "f1", "average_precision")
Rows = dict[str, Any]


def draw_records(seed: int, n_customers: int = 150) -> Rows:
    """Three tags, two records a customer; customers differ in how hard their words are to read."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_customers), 2)
    truth = rng.random((cluster.size, 3)) < [0.4, 0.2, 0.1]
    clear = rng.normal(1.5, 0.7, n_customers)[cluster]
    logit = np.round(rng.normal(np.where(truth, clear[:, None], -clear[:, None] - 0.5)), 1)
    score = 1 / (1 + np.exp(-logit))
    return {
        "truth": truth,
        "predicted": score > 0.5,
        "cluster": cluster,
        "score": score,
        "weights": rng.choice([1.0, 4.0, 10.0], n_customers)[cluster],
    }


def accuracy_of(rows: Rows, **options: Any) -> TagAccuracy:
    options = {"n_replicates": 40, "probabilities": "score" in rows, **options}
    return estimate_tag_accuracy(**rows, rng=np.random.default_rng(1), **options)


def point(measure: Measure) -> float:
    assert isinstance(measure, Measured), measure
    return measure.point


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_points_are_those_of_scikit_learn(seed: int, weighted: bool) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rows = draw_records(seed)
    if not weighted:
        rows["weights"] = None
    found = accuracy_of(rows)
    y, p, s, w = rows["truth"], rows["predicted"], rows["score"], rows["weights"]
    for average, scores in (("micro", found.micro), ("macro", found.macro)):
        expected = [*metrics.precision_recall_fscore_support(y, p, average=average, sample_weight=w)[:3]]
        expected.append(metrics.average_precision_score(y, s, average=average, sample_weight=w))
        assert [point(getattr(scores, name)) for name in NAMES] == pytest.approx(expected, abs=SUMS)
    own = np.transpose(metrics.precision_recall_fscore_support(y, p, average=None, sample_weight=w)[:3])
    for j, tag in enumerate(found.tags):
        assert [point(getattr(tag.scores, name)) for name in NAMES[:3]] == pytest.approx(own[j], abs=SUMS)
        ranked = metrics.average_precision_score(y[:, j], s[:, j], sample_weight=w)
        assert point(tag.scores.average_precision) == pytest.approx(ranked, abs=SUMS)
        assert point(tag.brier) == pytest.approx(metrics.brier_score_loss(y[:, j], s[:, j], sample_weight=w), abs=SUMS)
        assert (tag.n_true, tag.n_predicted) == (y[:, j].sum(), p[:, j].sum())
    assert point(found.subset_accuracy) == pytest.approx(metrics.accuracy_score(y, p, sample_weight=w), abs=SUMS)
    assert (found.n, found.n_clusters, found.n_macro) == (300, 150, (3, 3, 3, 3))


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_weights_count_as_copies_and_order_does_not_matter(seed: int) -> None:
    rows = draw_records(seed, 60)
    rng = np.random.default_rng(seed)
    times = rng.integers(0, 4, 120)
    rows["weights"] = times.astype(float)
    copies = rng.permutation(np.repeat(np.arange(120), times))
    one = accuracy_of(rows)
    many = accuracy_of({**{name: values[copies] for name, values in rows.items()}, "weights": None})
    for name in NAMES:
        first, second = getattr(one.micro, name), getattr(many.micro, name)
        assert (first.point, first.low, first.high) == pytest.approx((second.point, second.low, second.high), abs=1e-9)


def test_intervals_hold_what_they_should() -> None:
    """Over 200 samples, around the mean of 200 others: 0.95 less three standard errors of 0.015."""
    others = [accuracy_of(draw_records(seed)).tags[1].scores for seed in range(200, 400)]
    found = [accuracy_of(draw_records(seed), n_replicates=100).tags[1].scores for seed in range(200)]
    for name in NAMES:
        truth = np.mean([point(getattr(one, name)) for one in others])
        held = np.mean([getattr(one, name).low <= truth <= getattr(one, name).high for one in found])
        assert 0.9 <= held <= 0.99, name


def test_customers_are_what_is_drawn() -> None:
    """Each record ten times is no more than the record once, as long as the copies are of one customer."""
    rows = {name: values for name, values in draw_records(5).items() if name != "weights"}
    once = accuracy_of(rows, n_replicates=200).tags[0].scores
    copies = accuracy_of({name: np.repeat(values, 10, axis=0) for name, values in rows.items()}, n_replicates=200)
    for name in NAMES:
        one, many = getattr(once, name), getattr(copies.tags[0].scores, name)
        assert (one.low, one.high) == pytest.approx((many.low, many.high), abs=1e-9)


def test_what_divides_by_zero_is_not_measured() -> None:
    rows = draw_records(2)
    rows["truth"][:, 1] = False
    rows["predicted"][:, 2] = False
    found = accuracy_of(rows)
    assert found.tags[1].scores.recall == NotMeasured("no labelled record bears the tag")
    assert found.tags[1].scores.f1 == found.tags[1].scores.average_precision == found.tags[1].scores.recall
    assert found.tags[2].scores.precision == NotMeasured("no labelled record is predicted to bear the tag")
    assert isinstance(found.tags[2].scores.f1, NotMeasured)
    assert point(found.tags[2].scores.recall) == 0.0
    assert found.n_macro == (2, 2, 1, 2)


def test_a_tag_that_few_customers_bear_is_not_measured() -> None:
    rows = draw_records(2)
    rows["truth"][:, 1] = False
    rows["truth"][[0, 40], 1] = True
    recall = accuracy_of(rows, n_replicates=300).tags[1].scores.recall
    assert isinstance(recall, NotMeasured)
    assert "draws of customers fail" in recall.reason


def test_no_scores_and_no_probabilities() -> None:
    rows = draw_records(3)
    tag = accuracy_of(rows, probabilities=False).tags[0]
    assert isinstance(tag.scores.average_precision, Measured)
    assert tag.brier == tag.calibration == NotMeasured("the scores are not said to be probabilities")
    rows["score"] = None
    tag = accuracy_of(rows, probabilities=False).tags[0]
    assert tag.scores.average_precision == tag.brier == tag.calibration == NotMeasured("no scores were given")


def test_without_an_error_the_interval_still_has_a_width() -> None:
    truth = np.zeros((40, 1), dtype=bool)
    truth[:10] = True
    found = accuracy_of({"truth": truth, "predicted": truth, "cluster": np.arange(40)}, n_replicates=200)
    scores = found.tags[0].scores
    # 10 customers bear the tag; with a recall of 0.025 ** 0.1 all ten would be found in one sample out of forty
    for measure in (scores.precision, scores.recall):
        assert isinstance(measure, Measured)
        assert (measure.point, measure.high) == (1.0, 1.0)
        assert measure.low == pytest.approx(0.025**0.1, abs=SUMS)
    assert isinstance(found.subset_accuracy, Measured)
    assert found.subset_accuracy.low == pytest.approx(0.025 ** (1 / 40), abs=SUMS)
    assert isinstance(scores.f1, NotMeasured)


def test_calibration_of_right_and_wrong_probabilities() -> None:
    """200 samples of calibrated scores, 40 in a bin: their mean error is known to 2%."""
    rng = np.random.default_rng(7)
    score = rng.random((400, 200))
    rows = {"truth": rng.random(score.shape) < score, "predicted": score > 0.5, "score": score}
    found = [tag.calibration for tag in accuracy_of({**rows, "cluster": np.arange(400)}, n_replicates=2).tags]
    errors = np.array([(one.error, one.by_chance) for one in found if isinstance(one, Calibration)])
    assert errors[:, 0].mean() == pytest.approx(errors[:, 1].mean(), rel=0.05)
    rows["score"] = score * 0.6
    wrong = accuracy_of({**rows, "cluster": np.arange(400)}, n_replicates=2).tags[0].calibration
    assert isinstance(wrong, Calibration)
    assert wrong.error == pytest.approx(0.2, abs=3 * 0.02)  # 0.4 times a mean of 0.5; standard error 0.4 / sqrt(400)


def test_calibration_by_hand() -> None:
    rows = {
        "truth": [[1], [0], [1], [0]],
        "predicted": [[1], [0], [1], [0]],
        "score": [[0.9], [0.1], [1.0], [0.3]],
        "weights": [1.0, 2.0, 1.0, 1.0],
        "cluster": np.arange(4),
    }
    calibration = accuracy_of(rows, n_bins=2).tags[0].calibration
    assert isinstance(calibration, Calibration)
    # lower bin: 2 * 0.1 + 0.3, upper bin: 0.1 + 0; of a weight of five
    assert calibration.error == pytest.approx((0.5 + 0.1) / 5, abs=SUMS)
    spread = np.sqrt(4 * 0.09 + 0.21) + np.sqrt(0.09)
    assert calibration.by_chance == pytest.approx(np.sqrt(2 / np.pi) * spread / 5, abs=SUMS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"truth": np.full((300, 3), 2)}, "truth must be 0 or 1"),
        ({"truth": np.zeros(300)}, "one row a record"),
        ({"predicted": np.zeros((300, 2))}, "predicted has shape"),
        ({"score": np.full((300, 3), np.nan)}, "score has missing"),
        ({"score": np.full((300, 3), 1.5)}, "to be a probability"),
        ({"score": None}, "no scores"),
        ({"cluster": np.zeros(300)}, "single customer"),
        ({"weights": np.zeros(300)}, "weights are zero"),
        ({"weights": -np.ones(300)}, "not be negative"),
        ({"level": 1.0}, "level"),
        ({"n_replicates": 1}, "n_replicates"),
    ],
)
def test_refusals(change: dict[str, npt.ArrayLike], message: str) -> None:
    rows = {**draw_records(1), **change}
    with pytest.raises(EstimationError, match=message):
        estimate_tag_accuracy(**{"probabilities": True, **rows}, rng=np.random.default_rng(1))
