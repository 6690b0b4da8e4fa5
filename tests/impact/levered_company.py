"""A made-up company with its levers, and what they were projected from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.estimate import NotEstimable
from cxlink.handoff import Impact, Levers
from cxlink.impact import estimate_impact, stage
from cxlink.impact.changes.stage import Grounds
from cxlink.impact.levers import project_levers
from cxlink.impact.project import Projection
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import simulate_company
from tests.canonical import build_settings, load_company
from tests.impact.true_tags import true_tags

DRAWS = 100
FINANCE = {"gross_margin": 0.7, "avoidable_share": 0.6, "cost_per_handle_minute": 0.9, "discount_rate": 0.08}


@dataclass(frozen=True, slots=True)
class LeveredCompany:
    """A company's effects, with levers and without, and the grounds of both."""

    impact: Impact
    without: Impact
    grounds: Grounds
    projected: Projection

    @property
    def levers(self) -> Levers:
        """Those of the run."""
        assert isinstance(self.impact.levers, Levers)
        return self.impact.levers


@cache
def build_levered_company() -> LeveredCompany:
    """Estimate what incidents do to a made-up company.

    Returns
    -------
    LeveredCompany
        Twice the same but for the levers.
    """
    caught: list[tuple[Grounds, Projection]] = []

    def catch(grounds: Grounds, projected: Projection, rng: np.random.Generator) -> Levers | NotEstimable:
        caught.append((grounds, projected))
        return project_levers(grounds, projected, rng)

    company = simulate_company(customers=700, seed=3)
    settings = build_settings(model={"adjust_for": ["plan", "usage"], "draws": DRAWS}, finance=FINANCE)
    loaded = load_company(company)
    linked = link(loaded, true_tags(company), settings, divisor=100)
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(1))
    churn = fit_churn(linked, loaded, settings, weights=weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "project_levers", catch)
        found = [
            estimate_impact(
                linked,
                loaded,
                churn,
                settings,
                weights=weights,
                rng=np.random.default_rng(2),
                progress=lambda _: None,
                with_levers=wanted,
            )
            for wanted in (True, False)
        ]
    loaded.engine.close()
    return LeveredCompany(found[0], found[1], *caught[0])
