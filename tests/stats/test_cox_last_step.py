"""Taking the last step on trust changes nothing that anybody could see."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import fit_cox, newton


@pytest.mark.parametrize("seed", range(5))
def test_the_last_step_on_trust(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 3000
    X = np.column_stack([rng.normal(size=n), rng.random(n) < 0.2, rng.normal(size=n) ** 2]).astype(float)
    life = np.ceil(rng.exponential(300 * np.exp(-X @ [0.5, 0.8, -0.1])))
    stop, event = np.minimum(life, 400), life <= 400
    whole = fit_cox(X, stop, event, cluster=np.arange(n) // 3)
    monkeypatch.setattr(newton, "MANY_ROWS", 1)
    short = fit_cox(X, stop, event, cluster=np.arange(n) // 3)
    assert whole.robust_covariance is not None
    assert short.robust_covariance is not None
    error = np.sqrt(np.diag(whole.covariance))
    # the step is at most 1e-4 standard errors, so what is left is about its square
    assert np.abs(short.beta - whole.beta).max() < 1e-7 * error.min()
    # the information stands still to the step times the relative change of one standard error, 1 / sqrt(events)
    assert short.covariance == pytest.approx(whole.covariance, rel=1e-5)
    assert short.robust_covariance == pytest.approx(whole.robust_covariance, rel=1e-5)
    assert short.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-10)
