"""Shares of tags: formulas, identities, refusals, and simulated records under another mix.

Tolerances: sums in another order (`SUMS`); the end of an iteration that leaves 1e-9 of log likelihood a record, so
about the root of that in a share (`CLIMB`); a customer left out beside a derivative: one in a hundred (`LEFT_OUT`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats.class_shares import expectation_maximisation
from cxlink.stats.errors import EstimationError
from cxlink.stats.label_shift import AdjustedCount, adjusted_count
from cxlink.stats.prevalence import DifferenceEstimate, difference_estimate

Floats = npt.NDArray[np.float64]
Rows = dict[str, Any]
SUMS, CLIMB, LEFT_OUT = 1e-10, 1e-4, 0.05
SEEDS = st.integers(0, 10_000)
OLD_MIX, NEW_MIX = np.array([0.4, 0.1, 0.2, 0.3]), np.array([0.2, 0.3, 0.2, 0.3])
READ = np.array([[0.75, 0.15, 0.0, 0.1], [0.05, 0.8, 0.1, 0.05], [0.1, 0.05, 0.75, 0.1], [0.05, 0.02, 0.03, 0.9]])
"""Row: true class, the last being none of three tags. Column: predicted class."""


def draw_records(
    rng: np.random.Generator, mix: Floats, n_customers: int
) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """True and predicted tags, one a record or none, and customers, who have mixes of their own."""
    cluster = np.repeat(np.arange(n_customers), rng.integers(1, 5, n_customers))
    own = rng.dirichlet(4 * mix, n_customers)[cluster]
    true = (rng.random((cluster.size, 1)) > np.cumsum(own, axis=1)[:, :-1]).sum(axis=1)
    predicted = (rng.random((cluster.size, 1)) > np.cumsum(READ[true], axis=1)[:, :-1]).sum(axis=1)
    return np.eye(4)[true][:, :3], np.eye(4)[predicted][:, :3], cluster


def shifted(seed: int, n_labelled: int = 300, n_target: int = 600) -> Rows:
    rng = np.random.default_rng(seed)
    true, predicted, cluster = draw_records(rng, OLD_MIX, n_labelled)
    _, target, target_cluster = draw_records(rng, NEW_MIX, n_target)
    return {
        "truth": true,
        "predicted": predicted,
        "cluster": cluster,
        "target": target,
        "target_cluster": target_cluster + n_labelled,
        "weights": rng.choice([1.0, 3.0], n_labelled)[cluster],
    }


def sampled(seed: int, n_customers: int = 600) -> Rows:
    """Some customers labelled, more of those with a predicted tag."""
    rng = np.random.default_rng(seed)
    true, predicted, cluster = draw_records(rng, NEW_MIX, n_customers)
    tagged = np.bincount(cluster, predicted.sum(axis=1)) > 0
    share = np.where(tagged, 0.4, 0.2)[cluster]
    labelled = (rng.random(n_customers) < np.where(tagged, 0.4, 0.2))[cluster]
    true[~labelled] = np.nan
    return {
        "predicted": predicted,
        "truth": true,
        "labelled": labelled,
        "weights": np.where(labelled, 1 / share, np.nan),
        "cluster": cluster,
    }


def z_scores(found: list[AdjustedCount] | list[DifferenceEstimate], truth: Floats) -> Floats:
    scores: Floats = np.array([(one.prevalence.raw_share - truth) / one.prevalence.std_error for one in found])
    return scores


# --- labelled records among those in question


def test_right_predictions_give_the_share_among_all_records() -> None:
    rows = sampled(1)
    rows["truth"] = rows["predicted"].copy()
    found = difference_estimate(**rows)
    assert found.prevalence.share == pytest.approx(rows["predicted"].mean(axis=0), abs=SUMS)
    assert np.all(found.gain > 2)


def test_all_records_labelled_give_their_share() -> None:
    rows = sampled(2)
    rng = np.random.default_rng(2)
    rows["truth"] = rng.random(rows["truth"].shape) < 0.3
    rows["labelled"], rows["weights"] = np.ones_like(rows["labelled"]), np.ones(len(rows["labelled"]))
    found = difference_estimate(**rows)
    assert found.prevalence.share == pytest.approx(rows["truth"].mean(axis=0), abs=SUMS)
    by_customer = [np.bincount(rows["cluster"], part) for part in (rows["truth"] - rows["truth"].mean(axis=0)).T]
    error = np.sqrt(np.square(by_customer).sum(axis=1)) / len(rows["truth"])
    assert found.prevalence.std_error == pytest.approx(error, abs=SUMS)


def test_one_tag_by_the_formula() -> None:
    """A multiple of the mean prediction, plus the weighted mean of what it leaves."""
    rows = sampled(3)
    rows["predicted"], rows["truth"] = rows["predicted"][:, :1], rows["truth"][:, :1]
    found = difference_estimate(**rows).prevalence
    f, y, on, w = rows["predicted"][:, 0], np.nan_to_num(rows["truth"][:, 0]), rows["labelled"], rows["weights"]
    w = np.where(on, w, 0.0) / w[on].sum()

    def clustered(values: Floats) -> Floats:
        return np.bincount(rows["cluster"], values).astype(np.float64)

    own = clustered(w * (y - w @ y) - w * (f - w @ f))
    apart = clustered((f - f.mean()) / f.size - w * (f - w @ f))
    multiple = 1 - own @ apart / (apart @ apart)
    assert found.share[0] == pytest.approx(multiple * f.mean() + w @ (y - multiple * f), abs=SUMS)


def test_labels_from_the_very_records_hold_their_level() -> None:
    """z-scores of 200 samples: their mean is known to 0.07, their spread to 0.05."""
    found = [difference_estimate(**sampled(seed)) for seed in range(200)]
    scores = z_scores(found, NEW_MIX[:3])
    assert np.all(np.abs(scores.mean(axis=0)) < 3 * 0.071)
    assert np.all(np.abs(scores.std(axis=0) - 1) < 3 * 0.05)
    assert np.mean([one.gain for one in found]) > 1.3


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_order_of_records_does_not_matter(seed: int) -> None:
    rows = sampled(seed, 200)
    order = np.random.default_rng(seed).permutation(len(rows["cluster"]))
    one = difference_estimate(**rows).prevalence
    other = difference_estimate(**{name: values[order] for name, values in rows.items()}).prevalence
    np.testing.assert_allclose(other.share, one.share, atol=SUMS)
    np.testing.assert_allclose(other.influence, one.influence, atol=SUMS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labelled": np.zeros_like}, "no record is labelled"),
        ({"weights": lambda w: w / 10}, "one or more"),
        ({"weights": lambda w: w * np.nan}, "weights is missing"),
        ({"truth": lambda y: y[:, :2]}, "truth has shape"),
        ({"truth": lambda y: y * 0.5}, "truth must be 0 or 1"),
        ({"predicted": lambda f: f * np.nan}, "predicted has missing"),
        ({"cluster": lambda c: c // 100}, "fewer than 10 labelled customers bear them"),
        (
            {"truth": lambda y: np.maximum(y, [0, 0, 1])},
            "fewer than 10 labelled customers have a record without",
        ),
    ],
)
def test_difference_refuses(change: dict[str, Any], message: str) -> None:
    rows = sampled(1)
    with pytest.raises(EstimationError, match=message):
        difference_estimate(**{name: change.get(name, lambda x: x)(values) for name, values in rows.items()})


# --- labelled records of another time


def test_one_tag_is_rogan_and_gladen() -> None:
    """Share and variance as Rogan and Gladen (1978) write them, each record a customer.

    Leaving one out divides by one less, twice.
    """
    rng = np.random.default_rng(4)
    true = rng.random(400) < 0.3
    predicted = np.where(true, rng.random(400) < 0.8, rng.random(400) < 0.1)
    target = rng.random(900) < 0.5
    found = adjusted_count(true[:, None], predicted[:, None], np.arange(400), target[:, None], 400 + np.arange(900))
    recall, specificity, p = predicted[true].mean(), 1 - predicted[~true].mean(), target.mean()
    signal = recall + specificity - 1
    share = (p + specificity - 1) / signal
    n, m = true.sum(), (~true).sum()
    variance = p * (1 - p) / 900 + share**2 * recall * (1 - recall) * n / (n - 1) ** 2
    variance += (1 - share) ** 2 * specificity * (1 - specificity) * m / (m - 1) ** 2
    assert found.prevalence.share[0] == pytest.approx(share, abs=SUMS)
    assert found.prevalence.std_error[0] == pytest.approx(np.sqrt(variance) / signal, abs=SUMS)
    assert (found.matrix[0, 0], found.false_share[0]) == pytest.approx((signal, 1 - specificity), abs=SUMS)
    assert found.least_signal == pytest.approx(signal, abs=SUMS)


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_labelled_records_themselves_give_their_own_share(seed: int) -> None:
    rows = shifted(seed)
    rng = np.random.default_rng(seed)
    rows["truth"] = (rng.random(rows["truth"].shape) < 0.1) | (rows["truth"] > 0)  # any number of tags a record
    times = rows["weights"].astype(int)
    rows["target"], rows["target_cluster"] = (np.repeat(rows[name], times, axis=0) for name in ("predicted", "cluster"))
    found = adjusted_count(**rows).prevalence
    assert found.raw_share == pytest.approx(np.average(rows["truth"], weights=times, axis=0), abs=1e-8)


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_units_of_scores_and_the_order_of_tags_do_not_matter(seed: int) -> None:
    rows = shifted(seed)
    one = adjusted_count(**rows)
    scores = {name: 5.0 - 3.0 * rows[name] for name in ("predicted", "target")}
    other = adjusted_count(**{**rows, **scores})
    np.testing.assert_allclose(other.prevalence.raw_share, one.prevalence.raw_share, atol=1e-8)
    np.testing.assert_allclose(other.prevalence.std_error, one.prevalence.std_error, atol=1e-8)
    order = [2, 0, 1]
    moved = adjusted_count(**{**rows, **{name: rows[name][:, order] for name in ("truth", "predicted", "target")}})
    np.testing.assert_allclose(moved.prevalence.influence, one.prevalence.influence[:, order], atol=1e-8)


def test_another_mix_is_found_where_counting_and_one_tag_alone_fail() -> None:
    """z-scores of 200 samples: their mean is known to 0.07, their spread to 0.05."""
    found, alone, counted = [], [], []
    for seed in range(200):
        rows = shifted(seed)
        found.append(adjusted_count(**rows))
        last = {name: rows[name][:, 2:] for name in ("truth", "predicted", "target")}
        alone.append(adjusted_count(**{**rows, **last}).prevalence.raw_share[0])
        counted.append(rows["target"].mean(axis=0))
    scores = z_scores(found, NEW_MIX[:3])
    assert np.all(np.abs(scores.mean(axis=0)) < 3 * 0.071)
    assert np.all(np.abs(scores.std(axis=0) - 1) < 3 * 0.05)
    assert np.abs(np.mean(counted, axis=0) - NEW_MIX[:3]).max() > 5 * np.std(counted, axis=0).max() / np.sqrt(200)
    assert np.mean(alone) - NEW_MIX[2] > 5 * np.std(alone) / np.sqrt(200)  # the second is taken for the third


def test_influence_is_the_derivative_of_the_share() -> None:
    """Of labelled customers by their weights, of the others by their records beside 400 copies of all."""
    rows = shifted(6)
    base = adjusted_count(**rows).prevalence
    for customer in (3, 77, 200):
        weights = rows["weights"] * np.where(rows["cluster"] == customer, 1 + 1e-5, 1.0)
        change = (adjusted_count(**{**rows, "weights": weights}).prevalence.raw_share - base.raw_share) / 1e-5
        np.testing.assert_allclose(base.influence[customer], change, rtol=LEFT_OUT, atol=1e-6)
    copies = np.repeat(np.arange(len(rows["target"])), 400)
    copies = np.append(copies, np.flatnonzero(rows["target_cluster"] == 350))
    again = {name: rows[name][copies] for name in ("target", "target_cluster")}
    change = (adjusted_count(**{**rows, **again}).prevalence.raw_share - base.raw_share) * 400
    np.testing.assert_allclose(base.influence[350], change, rtol=LEFT_OUT, atol=1e-6)


def test_a_customer_of_both_samples_counts_once() -> None:
    rows = shifted(7, 300, 300)
    apart = adjusted_count(**rows).prevalence
    both = adjusted_count(**{**rows, "target_cluster": rows["target_cluster"] - 300}).prevalence
    assert (apart.cluster_ids.size, both.cluster_ids.size) == (600, 300)
    np.testing.assert_allclose(both.influence, apart.influence[:300] + apart.influence[300:], atol=SUMS)


def test_shares_outside_zero_and_one_are_clipped_and_told() -> None:
    rows = shifted(8)
    rows["target"][:, 0] = 0.0
    found = adjusted_count(**rows).prevalence
    assert found.raw_share[0] < 0
    assert (found.share[0], found.low[0], bool(found.is_clipped[0])) == (0.0, 0.0, True)
    assert found.low[1] <= found.share[1] <= found.high[1]
    assert not found.is_clipped[1]


@pytest.mark.parametrize(
    ("change", "columns", "message"),
    [
        ({"truth": lambda y: y * [1, 0, 1]}, (1,), "fewer than 10 labelled customers bear them"),
        ({"truth": lambda y: np.maximum(y, [0, 0, 1])}, (2,), "have a record without them"),
        (
            {"truth": lambda y: np.column_stack((y[:, 0], y[:, 1], 1 - y[:, 0] - y[:, 1]))},
            (2,),
            "follow from the others",
        ),
        ({"predicted": lambda f: f[::-1]}, None, "hardly tell"),
        ({"predicted": lambda f: f * [1, 0, 1]}, (1,), "hardly tell"),
        ({"target": lambda f: f[:, :2]}, (), "target has 2 columns"),
        ({"weights": lambda w: w * 0}, (), "all weights are zero"),
        ({"weights": lambda w: -w}, (), "not be negative"),
        ({"target_cluster": lambda c: c * 0}, (), "single customer"),
        ({"target_cluster": lambda c: c.astype(str)}, (), "different kinds of labels"),
    ],
)
def test_adjusted_count_refuses(change: dict[str, Any], columns: tuple[int, ...] | None, message: str) -> None:
    rows = shifted(1)
    with pytest.raises(EstimationError, match=message) as caught:
        adjusted_count(**{name: change.get(name, lambda x: x)(values) for name, values in rows.items()})
    assert columns is None or caught.value.columns == columns


def test_a_few_labels_are_not_enough() -> None:
    """Ten customers bear each tag, but what they show is too uncertain: four in ten records are read wrongly."""
    rng = np.random.default_rng(12)
    true = np.arange(40) % 4 == 0
    predicted = np.where(rng.random(40) < 0.4, ~true, true)
    with pytest.raises(EstimationError, match="hardly tell") as caught:
        adjusted_count(true[:, None], predicted[:, None], np.arange(40), predicted[:, None], np.arange(40))
    assert caught.value.columns == (0,)


# --- exclusive classes


def posteriors(seed: int, n_customers: int = 500) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Probabilities of four classes, right for the old mix, of records of the new one."""
    _, predicted, cluster = draw_records(np.random.default_rng(seed), NEW_MIX, n_customers)
    joint = OLD_MIX[:, None] * READ
    classes = np.column_stack((predicted, 1 - predicted.sum(axis=1))).argmax(axis=1)
    return (joint / joint.sum(axis=0)).T[classes], cluster


def shares_of(posterior: npt.ArrayLike, trained: npt.ArrayLike, cluster: npt.ArrayLike, **options: Any) -> Any:
    return expectation_maximisation(
        posterior, trained, cluster, rng=np.random.default_rng(1), **{"n_replicates": 20, **options}
    )


def test_certain_probabilities_are_counted() -> None:
    rng = np.random.default_rng(9)
    classes = rng.integers(0, 3, 200)
    found = shares_of(np.eye(3)[classes], [0.2, 0.3, 0.5], np.arange(200))
    assert found.share == pytest.approx(np.bincount(classes) / 200, abs=SUMS)
    assert found.iterations <= 3


def test_probabilities_that_say_nothing_leave_the_mix_as_it_was() -> None:
    found = shares_of(np.tile(OLD_MIX, (50, 1)), OLD_MIX, np.arange(50))
    assert found.share == pytest.approx(OLD_MIX, abs=SUMS)
    assert found.iterations == 1


def test_two_classes_are_at_the_top_of_the_likelihood() -> None:
    rng = np.random.default_rng(10)
    score = rng.beta(2, 3, 400)
    found = shares_of(np.column_stack((score, 1 - score)), [0.4, 0.6], np.arange(400))
    grid = np.linspace(0.0005, 0.9995, 2000)
    likelihood = np.log(score[:, None] / 0.4 * grid + (1 - score[:, None]) / 0.6 * (1 - grid)).sum(axis=0)
    assert found.share[0] == pytest.approx(grid[likelihood.argmax()], abs=0.0005)  # the grid's step


def test_probabilities_of_predicted_classes_lead_to_the_adjusted_count() -> None:
    """The share of greatest likelihood given what is predicted is what leads to the mean prediction."""
    posterior, cluster = posteriors(11)
    found = shares_of(posterior, OLD_MIX, cluster)
    predicted = posterior @ np.linalg.inv((OLD_MIX[:, None] * READ / (OLD_MIX @ READ)).T)
    assert found.share == pytest.approx(np.linalg.solve(READ.T, predicted.mean(axis=0)), abs=CLIMB)
    assert found.share.sum() == pytest.approx(1.0, abs=SUMS)


def test_intervals_of_classes_hold_their_level() -> None:
    """60 samples: 0.95 less three standard errors of 0.028, in each class."""
    held = []
    for seed in range(60):
        posterior, cluster = posteriors(seed, 100)
        found = shares_of(posterior, OLD_MIX, cluster, n_replicates=60)
        held.append((found.low <= NEW_MIX) & (found.high >= NEW_MIX))
    assert np.all(np.mean(held, axis=0) >= 0.95 - 3 * 0.028)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"posterior": [[0.5, 0.6], [0.5, 0.5]]}, "add up to one"),
        ({"posterior": [[1.5, -0.5], [0.5, 0.5]]}, "not be negative"),
        ({"posterior": [0.5, 0.5]}, "one row a record"),
        ({"trained": [1.0, 0.0]}, "above zero"),
        ({"trained": [0.3, 0.3]}, "add up to one"),
        ({"cluster": [1, 1]}, "at least two"),
        ({"max_iterations": 1}, "did not converge in 1 steps"),
        ({"level": 0.0}, "level"),
    ],
)
def test_classes_refuse(change: dict[str, Any], message: str) -> None:
    rows = {"posterior": [[0.9, 0.1], [0.8, 0.2]], "trained": [0.5, 0.5], "cluster": [1, 2]}
    with pytest.raises(EstimationError, match=message):
        shares_of(**{**rows, **change})
