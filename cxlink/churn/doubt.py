"""How strong a cause that was not measured would have to be to explain a hazard ratio away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxlink.churn.fit import MainFit
from cxlink.estimate import Answer, Estimate
from cxlink.handoff import Doubt, Linked
from cxlink.stats.e_values import bias_factor, compare_with_covariate, e_value_of_hazard_ratio


def doubt_ratios(
    linked: Linked, main: MainFit, ratios: Mapping[str, Answer], *, exposure_days: int
) -> tuple[Doubt, ...]:
    """Hold each component's hazard ratio against hidden causes.

    Parameters
    ----------
    linked : Linked
        Attributes of customers.
    main : MainFit
        The fit.
    ratios : mapping of str to Answer
        Hazard ratio of each component.
    exposure_days : int
        How long an incident acts: over these days the risk of leaving decides whether hazards are like risks.

    Returns
    -------
    tuple of Doubt
        Of the components with a ratio, in their order.

    References
    ----------
    .. [1] VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274.
    .. [2] Ding and VanderWeele (2016), Epidemiology 27:368-377.
    """
    rows = main.rows
    days = (rows.stop - rows.start).astype(float)
    risk = float(-np.expm1(-rows.voluntary.sum() / days.sum() * exposure_days))
    found = []
    for place, name in enumerate(linked.components):
        ratio = ratios[name]
        if not isinstance(ratio, Estimate):
            continue
        value = e_value_of_hazard_ratio(ratio.point, ratio.low, ratio.high, risk=risk)
        strongest = _strongest(linked, main, rows.exposed[:, place], days)
        times: tuple[float | None, float | None] = (None, None)
        bias = 1.0
        if strongest is not None:
            held = compare_with_covariate(
                ratio.point, ratio.low, ratio.high, exposure_ratio=strongest[1], outcome_ratio=strongest[2]
            )
            times, bias = (held.times_to_explain, held.times_to_touch), held.bias
        limit = 1.0 if value.limit is None else value.limit
        found.append(Doubt(name, value.point, limit, "" if strongest is None else strongest[0], *times, bias))
    return tuple(found)


def _strongest(linked: Linked, main: MainFit, exposed: np.ndarray, days: np.ndarray) -> tuple[str, float, float] | None:
    """Attribute that would bias the most, were it hidden: how unevenly it is spread, and how much it moves leaving.

    An attribute in numbers counts as its upper and lower half.
    """
    first = main.fitted.design.covariates.start
    best, most = None, 1.0
    for column, name in enumerate(linked.covariate_names):
        if not main.fitted.design.kept[first + column]:
            continue
        values = linked.covariates[:, column]
        upper = values > np.median(values) if len(np.unique(values)) > 2 else values == values.max()
        if upper.all() or not upper.any():
            continue
        step = values[upper].mean() - values[~upper].mean()
        outcome = float(np.exp(abs(main.fitted.beta[first + column] * step)))
        shares = [np.average(upper[main.rows.customer[part]], weights=days[part]) for part in (exposed, ~exposed)]
        if min(shares) <= 0 or max(shares) >= 1:
            continue
        # of either class, whichever is the less evenly spread
        spread = max(max(one, 1 / one) for one in (shares[0] / shares[1], (1 - shares[0]) / (1 - shares[1])))
        bias = bias_factor(float(spread), outcome)
        if bias > most:
            best, most = (name, float(spread), outcome), bias
    return best
