"""What a predictor adds on later rows: losses beside other programs and closed forms, the test beside its own size."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_poisson_deviance
from statsmodels.stats.multitest import multipletests

from cxlink.stats import (
    EstimationError,
    adjust_holm,
    amount_losses,
    fit_logit,
    leaving_losses,
    log_scores,
    predict_forward,
    share_gained,
)

EXACT = 1e-12
"""The same sums in another order."""


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_without_censoring_the_loss_is_that_of_sklearn(rng: np.random.Generator) -> None:
    risk = rng.uniform(0.02, 0.9, (400, 2))
    cause = (rng.random(400) < risk[:, 0]).astype(int)
    stop = np.where(cause == 1, rng.uniform(0.1, 1.0, 400), 1.5)
    losses, null = leaving_losses(risk, stop, cause, 1.0)
    for column in range(2):
        assert losses[:, column].mean() == pytest.approx(log_loss(cause, risk[:, column]), abs=EXACT)
    share = cause.mean()
    entropy = -(share * np.log(share) + (1 - share) * np.log(1 - share))
    assert null.mean() == pytest.approx(entropy, abs=EXACT)


def test_with_censoring_it_is_the_log_score(rng: np.random.Generator) -> None:
    """The weights of that are held against R elsewhere."""
    n = 500
    risk = rng.uniform(0.05, 0.6, (n, 2))
    stop = rng.exponential(1.0, n) + 0.01
    cause = rng.integers(0, 3, n)
    losses, _ = leaving_losses(risk, stop, cause, 0.8)
    assert -losses.mean(axis=0) == pytest.approx(log_scores(risk, stop, cause, 0.8), abs=EXACT)


def test_censored_rows_are_stood_for_by_the_others(rng: np.random.Generator) -> None:
    """Censoring that has nothing to do with the risk leaves the expected loss as it was."""
    n = 60_000
    risk = rng.uniform(0.05, 0.6, n)
    ends = -np.log(rng.random(n)) / -np.log(1 - risk)
    censored = rng.uniform(0.2, 3.0, n)
    whole, _ = leaving_losses(risk[:, None], np.minimum(ends, 5.0), np.where(ends < 5.0, 1, 0), 1.0)
    seen, _ = leaving_losses(risk[:, None], np.minimum(ends, censored), np.where(ends < censored, 1, 0), 1.0)
    error = float((seen - whole).std() / np.sqrt(n))
    assert abs(float(seen.mean() - whole.mean())) < 4 * error


def test_amounts_are_judged_as_by_sklearn(rng: np.random.Generator) -> None:
    mean = rng.uniform(1.0, 50.0, (300, 2))
    y = np.where(rng.random(300) < 0.2, 0.0, rng.gamma(2.0, mean[:, 0] / 2))
    usual = rng.uniform(1.0, 50.0, 300)
    losses, null = amount_losses(mean, y, usual)
    for column in range(2):
        assert losses[:, column].mean() == pytest.approx(mean_poisson_deviance(y, mean[:, column]), rel=EXACT)
    alike = usual * y.sum() / usual.sum()
    assert null.mean() == pytest.approx(mean_poisson_deviance(y, alike), rel=EXACT)


def test_the_gain_is_the_share_of_the_loss_saved(rng: np.random.Generator) -> None:
    customer = np.repeat(np.arange(50), 2)
    base, null = rng.random(100) + 1.0, rng.random(100) + 2.0
    losses = np.column_stack([base - 0.1, base, base + rng.normal(size=100)])
    weights = rng.standard_exponential((200, 60))
    found = share_gained(losses, base, null, customer, weights)
    assert found.point[0] == pytest.approx(0.1 * 100 / null.sum())
    assert found.point[1] == 0.0
    assert found.p_value[1] == 1.0
    w = weights[3][customer]
    assert found.draws[3, 2] == pytest.approx((w @ (base - losses[:, 2])) / (w @ null))


def test_each_wave_is_predicted_by_those_before_it_alone(rng: np.random.Generator) -> None:
    n = 900
    wave = np.repeat([0, 1, 2], 300)
    columns = np.column_stack([np.ones(n), rng.normal(size=n)])
    event = rng.random(n) < 0.3
    customer = np.arange(n)

    def predict(outcome: np.ndarray) -> np.ndarray:
        return predict_forward(
            lambda part, rows: fit_logit(part, outcome[rows], customer[rows]), columns, wave, first=1
        )[0]

    found = predict(event)
    expected = columns[wave == 1] @ fit_logit(columns[:300], event[:300], customer[:300]).beta
    assert found[:300] == pytest.approx(expected)
    assert np.array_equal(found, predict(np.where(wave == 2, ~event, event)))
    assert not np.array_equal(found[300:], predict(np.where(wave == 1, ~event, event))[300:])


def test_noise_is_found_as_often_as_stated(rng: np.random.Generator) -> None:
    """By the signal, in one of twenty samples; without it hardly ever, as a nested model has its noise to pay for."""
    n_studies, n, found = 400, 600, []
    wave = np.repeat([0, 1, 2], n // 3)
    for _ in range(n_studies):
        base, noise = rng.normal(size=n), rng.normal(size=n)
        event = rng.random(n) < 1 / (1 + np.exp(1.5 - 0.5 * base))
        customer = np.arange(n)

        def fit(part: np.ndarray, rows: np.ndarray, event: np.ndarray = event) -> object:
            return fit_logit(part, event[rows], np.arange(len(rows)))

        columns = np.column_stack([np.ones(n), base])
        told = [
            predict_forward(fit, design, wave, first=1)[0]  # type: ignore[arg-type]  # a fit
            for design in (columns, np.column_stack([columns, noise]))
        ]
        later = wave >= 1
        risk = 1 / (1 + np.exp(-np.column_stack(told)))
        stop = np.where(event[later], 0.5, 1.5)
        losses, null = leaving_losses(risk, stop, event[later].astype(int), 1.0)
        signal = ((event[later] - risk[:, 0]) * (told[1] - told[0]))[:, None]
        weights = rng.standard_exponential((100, n))
        judged = share_gained(losses[:, [1]], losses[:, 0], null, customer[later], weights, signal)
        plain = share_gained(losses[:, [1]], losses[:, 0], null, customer[later], weights)
        found.append((judged.p_value[0] < 0.05, plain.p_value[0] < 0.05))
    by_signal, by_loss = np.mean(found, axis=0)
    error = np.sqrt(0.05 * 0.95 / n_studies)
    assert abs(by_signal - 0.05) < 3 * error
    assert by_loss < 0.05


def test_holm_is_that_of_statsmodels(rng: np.random.Generator) -> None:
    for _ in range(20):
        p = rng.random(7) ** 3
        assert adjust_holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=EXACT)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: amount_losses([[1.0], [0.0]], [1.0, 2.0], [1.0, 1.0]), "must be above zero"),
        (lambda: amount_losses([[1.0], [1.0]], [0.0, 0.0], [1.0, 1.0]), "all amounts are zero"),
        (lambda: share_gained(np.ones((2, 1)), np.ones(2), np.zeros(2), [0, 1], np.ones((3, 2))), "nothing to be"),
        (lambda: share_gained(np.ones((2, 1)), np.ones(2), np.ones(2), [0, 0], np.ones((3, 2))), "at least two"),
        (lambda: adjust_holm([0.2, 1.2]), "between 0 and 1"),
    ],
)
def test_what_cannot_be_told_is_refused(call: object, reason: str) -> None:
    with pytest.raises(EstimationError, match=reason):
        call()  # type: ignore[operator]  # a lambda
