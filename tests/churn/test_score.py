"""What is behind a score: only what could be estimated, and for whom it still counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxlink.churn.fit import MainFit, build_hazards
from cxlink.churn.future import gather_prospects
from cxlink.churn.score import score_prospects
from cxlink.handoff import Linked
from tests.churn.test_periods import EXPOSURE, company, fitted

N_DRAWS = 20


@pytest.fixture(scope="module")
def scored() -> tuple[Linked, MainFit]:
    linked = company(7, (0.8, 0.8, 0.8))
    return linked, fitted(linked)


def drawn(main: MainFit, n_customers: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    beta = rng.normal(main.fitted.beta, main.fitted.error, (N_DRAWS, len(main.fitted.beta)))
    return beta, rng.exponential(size=(N_DRAWS, n_customers))


def test_a_component_without_an_estimate_is_behind_nothing(scored: tuple[Linked, MainFit]) -> None:
    linked, main = scored
    beta, weights = drawn(main, len(linked.customers))
    prospects = gather_prospects(linked, main, EXPOSURE, weights)
    model = build_hazards(linked, main, beta, weights)
    known = score_prospects(prospects, model)
    unknown = score_prospects(prospects, replace(model, estimable=np.array([False])))
    assert np.isfinite(known.behind).all()
    assert np.isnan(unknown.behind).all()
    assert (known.risk == unknown.risk).all()


def test_only_who_met_it_lately_has_it_behind_the_risk(scored: tuple[Linked, MainFit]) -> None:
    linked, main = scored
    beta, weights = drawn(main, len(linked.customers))
    prospects = gather_prospects(linked, main, EXPOSURE, weights)
    scores = score_prospects(prospects, build_hazards(linked, main, beta, weights))
    lately = prospects.residual[:, 0] > 0
    assert 0.05 < lately.mean() < 0.5
    assert (scores.behind[lately, 0] > 0).all()
    assert (scores.behind[~lately, 0] == 0).all()
    assert (scores.low <= scores.risk).all()
    assert (scores.risk <= scores.high).all()


def test_rates_of_new_incidents_move_with_the_draw(scored: tuple[Linked, MainFit]) -> None:
    linked, main = scored
    n = len(linked.customers)
    prospects = gather_prospects(linked, main, EXPOSURE, np.vstack([np.ones(n), np.full(n, 2.0)]))
    # weights of one, or all alike: the shares as they are
    assert prospects.prevalence_draws[0] == pytest.approx(prospects.prevalence, rel=1e-12)
    assert prospects.prevalence_draws[1] == pytest.approx(prospects.prevalence, rel=1e-12)
    spread = gather_prospects(linked, main, EXPOSURE, drawn(main, n)[1]).prevalence_draws
    # of 4,000 customers a share of .2 is known to about .005, exposures of one customer hanging together
    assert 0.0005 < spread[:, -1, 0].std(ddof=1) < 0.02
