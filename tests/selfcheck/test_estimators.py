"""What is told of a drawn company is what a run would tell, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.impact import estimate_impact
from cxlink.impact.experience import gather_answers
from cxlink.impact.gcomp import Fits, Projector
from cxlink.pipeline import draw_weights
from cxlink.selfcheck.estimators import Told, tell, true_gains
from cxlink.selfcheck.synthetic import Company, draw_company
from cxlink.selfcheck.worlds import AS_FOUND, NONE
from tests.selfcheck.made_up import run, setup

DRAWS = 20
QUANTITIES = ("customers_kept", "margin_kept", "cost_saved", "net_benefit", "experience")


def drawn(world: int) -> Company:
    here = setup()
    days = here.settings.model.exposure_days
    return draw_company(here.template, here.worlds[world], "nps", days, np.random.default_rng([8, world]))


def told_of(company: Company) -> Told:
    told = tell(company, "nps", setup().settings, {}, DRAWS, np.random.default_rng(9))
    assert isinstance(told, Told)
    return told


def test_a_run_on_the_data_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # the self-check judges the estimators: placebos, which may hold a component back, are no part of it
    monkeypatch.setattr("cxlink.impact.stage.hold_back", lambda churn, _: churn)
    known = run()
    linked = known.linked
    answers = gather_answers(linked, "nps", known.settings.model.exposure_days)
    told = told_of(Company(linked, answers, np.ones((len(linked.customers), len(linked.components)))))
    rng = np.random.default_rng(9)
    weights = draw_weights(DRAWS, len(linked.customers), rng)
    churn = fit_churn(linked, known.loaded, known.settings, weights=weights)
    impact = estimate_impact(
        linked, known.loaded, churn, known.settings, weights=weights, rng=rng, progress=lambda _: None
    )
    assert told.churn.hazard_ratios == churn.hazard_ratios
    for here, there in zip((*told.components, told.joint), (*impact.components, impact.joint), strict=True):
        for quantity in QUANTITIES:
            assert getattr(here, quantity) == getattr(there, quantity)
    assert [(one.rank_best, one.rank_worst) for one in told.components] == [
        (one.rank_best, one.rank_worst) for one in impact.components
    ]


def test_leaving_contrasts_out_moves_none_of_the_others() -> None:
    told, here = told_of(drawn(AS_FOUND)), setup()

    def project(fits: Fits, *, alone_only: bool) -> Projector:
        return Projector(
            told.base,
            fits,
            n_months=here.settings.model.horizon_months,
            exposure_days=here.settings.model.exposure_days,
            discount_rate=0.0,
            rng=np.random.default_rng(1),
            alone_only=alone_only,
        )

    simulated, short = (
        project(told.fits, alone_only=alone_only).simulate(np.random.default_rng(2), is_sample=False)
        for alone_only in (False, True)
    )
    expected, alone = (project(told.fits, alone_only=alone_only).expect(3) for alone_only in (False, True))
    for whole, part in ((simulated, short), (expected, alone)):
        assert (whole.alone == part.alone).all()
        assert (whole.joint == part.joint).all()
        assert np.abs(whole.tenth).max() > 0
        assert (part.tenth == 0).all()


def test_where_incidents_do_nothing_the_truth_is_nothing() -> None:
    here, company = setup(), drawn(NONE)
    rng = np.random.default_rng(3)
    truth = true_gains(told_of(company), company, here.template, here.worlds[NONE], here.parts, here.settings, rng)
    customers, revenue, cost, score = truth.alone.T
    assert customers == pytest.approx(0.0, abs=1e-9)
    assert revenue == pytest.approx(0.0, abs=1e-6)
    assert score == pytest.approx(0.0, abs=1e-9)
    # handling them costs all the same
    assert (cost > 0).all()


def test_a_customers_own_rate_is_in_the_truth() -> None:
    here, company = setup(), drawn(AS_FOUND)
    told = told_of(company)
    ones, threefold = (
        true_gains(
            told,
            Company(company.linked, company.answers, np.full_like(company.times, times)),
            here.template,
            here.worlds[NONE],
            here.parts,
            here.settings,
            np.random.default_rng(4),
        )
        for times in (1.0, 3.0)
    )
    # nobody leaves for them in this world, so three times the incidents cost three times as much
    assert threefold.alone[:, 2] == pytest.approx(3 * ones.alone[:, 2], rel=1e-9)
