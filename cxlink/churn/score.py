"""Each active customer's risk of leaving, with an interval and the components behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.churn.future import CHUNK, HORIZONS, Prospects, draw_of, prospects_of, risk_of_leaving
from cxlink.handoff import CustomerScores, HazardModel

LEVEL = 0.95


def score_prospects(prospects: Prospects, model: HazardModel) -> CustomerScores:
    """Score customers for 3, 6 and 12 months.

    Parameters
    ----------
    prospects : Prospects
        Whom to score.
    model : HazardModel
        The fitted hazards, with draws.

    Returns
    -------
    CustomerScores
        Intervals hold what the draws of the fit say; not that one customer leaves or stays.
    """
    n, n_components = prospects.residual.shape
    risk, low, high = (np.zeros((n, len(HORIZONS))) for _ in range(3))
    behind = np.full((n, n_components), np.nan)
    draws = [draw_of(model, number) for number in range(len(model.calendar_draws))]
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    for begin in range(0, n, CHUNK):
        rows = slice(begin, begin + CHUNK)
        part = _take(prospects, rows)
        risk[rows] = risk_of_leaving(part, model, HORIZONS)
        drawn = np.array([risk_of_leaving(prospects_of(part, k), draw, HORIZONS) for k, draw in enumerate(draws)])
        low[rows], high[rows] = np.quantile(drawn, tails, axis=0)
        for place in np.flatnonzero(model.estimable):
            behind[rows, place] = risk[rows, 0] - risk_of_leaving(_without(part, int(place)), model, HORIZONS[:1])[:, 0]
    return CustomerScores(
        customer=prospects.customer,
        horizons=HORIZONS,
        risk=risk,
        low=np.minimum(low, risk),
        high=np.maximum(high, risk),
        components=model.components,
        behind=behind,
    )


def _take(prospects: Prospects, rows: slice) -> Prospects:
    return replace(
        prospects,
        customer=prospects.customer[rows],
        tenure=prospects.tenure[rows],
        covariates=prospects.covariates[rows],
        residual=prospects.residual[rows],
    )


def _without(prospects: Prospects, place: int) -> Prospects:
    """The same customers had they not met one component lately."""
    residual = prospects.residual.copy()
    residual[:, place] = 0.0
    return replace(prospects, residual=residual)
