"""When the level of a figure changed: between which months, and only what stands out among all figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np

from cxlink.handoff import Chart, LevelChange
from cxlink.stats.change_points import FEWEST, ChangePoint, find_change_points
from cxlink.stats.control_charts import SMALL
from cxlink.stats.multiplicity import adjust_p_values

FALSE_SHARE = 0.05
"""Of the changes that are told, those that luck may have made."""

LEAST_DRAWS, DRAWS_A_CHART = 999, 40
"""A change must be able to stand out among all figures: the smallest p value is one over the number of draws."""


def add_changes(charts: Sequence[Chart], seed: int) -> tuple[Chart, ...]:
    """Look for changes of level on every chart.

    Months that hang on the month before, and levels such as revenue that wander by themselves, are left out, as are
    shares of which fewer than five events are expected in a month: steps are what such figures do.

    Parameters
    ----------
    charts : sequence of Chart
        Of one run.
    seed : int
        Of the drawn series; a chart's draws do not depend on the other charts.

    Returns
    -------
    tuple of Chart
        With the changes of those charts on which luck is an unlikely reason, among all that were looked at.
    """
    n_draws = max(LEAST_DRAWS, DRAWS_A_CHART * len(charts))
    looked_at = {k: _look(chart, seed, n_draws) for k, chart in enumerate(charts) if _is_fit(chart)}
    p_values = [min((one.p_value for one in found), default=1.0) for found in looked_at.values()]
    kept = list(charts)
    if not p_values:
        return tuple(kept)
    for k, q_value in zip(looked_at, adjust_p_values(p_values), strict=True):
        if q_value <= FALSE_SHARE:
            kept[k] = replace(charts[k], changes=_told(charts[k], looked_at[k], float(q_value)))
    return tuple(kept)


def _is_fit(chart: Chart) -> bool:
    baseline = chart.baseline
    if baseline.kind == "level" or baseline.phi or len(chart.months) < FEWEST:
        return False
    events = [month.value * month.n for month in chart.months]
    return baseline.kind != "share" or float(np.mean(events)) >= SMALL


def _look(chart: Chart, seed: int, n_draws: int) -> tuple[ChangePoint, ...]:
    values, n = (np.array([getattr(month, name) for month in chart.months]) for name in ("value", "n"))
    if chart.baseline.kind == "share":
        centre = float(np.clip(np.average(values, weights=n), 1e-9, 1 - 1e-9))
        variances = centre * (1 - centre) / n
    else:
        variances = np.full(len(n), chart.baseline.variance) / n
    variances = variances + (values * chart.baseline.factor_error) ** 2
    if np.any(variances <= 0):
        return ()
    rng = np.random.default_rng([seed, crc32(chart.baseline.key.encode())])
    return find_change_points(values, variances, rng=rng, n_draws=n_draws)


def _told(chart: Chart, found: Sequence[ChangePoint], q_value: float) -> tuple[LevelChange, ...]:
    names = [month.month for month in chart.months]
    return tuple(
        LevelChange(names[one.at], names[one.low], names[one.high], one.before, one.after, q_value) for one in found
    )
