"""What the money of a change comes to, and where it would break even."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from cxlink.estimate import NotEstimable
from cxlink.handoff import Allowance, Payoff
from cxlink.handoff.changes import QUANTILES
from cxlink.impact.answers import Drawn
from cxlink.impact.changes.drawn import Alone, ChangeProjection
from cxlink.impact.changes.money import Purse, outlay, worth_of_knowing
from cxlink.impact.changes.surface import interpolate

RATIOS = np.log([1.0, 1.25, 1.6, 2.0, 3.0, 5.0, 10.0])
STEPS = 201


def net_present_value(alone: Alone, purse: Purse) -> Drawn:
    """NPV of a change.

    Parameters
    ----------
    alone : Alone
        The change.
    purse : Purse
        Margin and discount.

    Returns
    -------
    Drawn
        At the point estimate with the mean size, and in each draw with its own.
    """
    plans = [alone.plan]
    point = purse.npv(purse.flows(alone.point, plans), plans)
    drawn = purse.npv(purse.flows(alone.drawn, plans), plans)
    return Drawn(
        float(interpolate(point, alone.sizes, np.array([alone.plan.point]))[0]),
        interpolate(drawn, alone.sizes, alone.plan.draws),
    )


def work_out(
    alone: Alone,
    npv: Drawn,
    purse: Purse,
    allowance: Allowance | NotEstimable,
    sources: tuple[tuple[str, float], ...],
    ratio: Callable[[np.ndarray], np.ndarray],
) -> Payoff:
    """Work out what a decision needs to know of a change.

    Parameters
    ----------
    alone : Alone
        The change.
    npv : Drawn
        Of `net_present_value`.
    purse : Purse
        Margin and discount.
    allowance : Allowance or NotEstimable
        By how much its hazard ratio may be off.
    sources : tuple of (str, float)
        Of its variance.
    ratio : callable
        Log hazard ratios -> how much the NPV differs from that of the estimated ratio.

    Returns
    -------
    Payoff
        Everything over the horizon.
    """
    plans = [alone.plan]
    drawn = alone.drawn.at(alone.sizes, alone.plan.draws)
    months = purse.payback(purse.flows(drawn, plans)[:, 0], plans)
    point = alone.point.at(alone.sizes, np.array([alone.plan.point]))
    spent = float((outlay(alone.plan, point) @ purse.discount)[0, 0]) + alone.plan.asked.one_off
    doubted = purse.npv(purse.flows(alone.doubted, plans), plans)[:, 0]
    even, even_words = _break_even(alone, purse)
    even_ratio, ratio_words = _break_even_ratio(float(npv.draws.mean()), ratio)
    quarters = [_finite(float(one)) for one in np.quantile(months, [0.25, 0.5, 0.75], method="inverted_cdf")]
    return Payoff(
        quantiles=tuple(float(one) for one in np.quantile(npv.draws, QUANTILES, method="weibull")),
        spent=spent,
        roi=npv.point / spent if spent > 0 else None,
        payback_months=quarters[1],
        payback_low=quarters[0],
        payback_high=quarters[2],
        never=float(np.isinf(months).mean()),
        probability=float((npv.draws > 0).mean()),
        allowing_for_doubt=None if isinstance(allowance, NotEstimable) else float((doubted > 0).mean()),
        allowance=allowance,
        break_even=even,
        break_even_words=even_words,
        break_even_ratio=even_ratio,
        break_even_ratio_words=ratio_words,
        sources=sources,
        information=worth_of_knowing(npv.draws),
    )


def _break_even(alone: Alone, purse: Purse) -> tuple[float | None, str]:
    """Size, as it is stated, at which the expected NPV is zero: the one nearest to nothing."""
    plans = [alone.plan]
    asked = alone.plan.asked
    if asked.kind == "fewer" and not any(
        (asked.one_off, asked.per_month, asked.saving_one_off, asked.saving_per_month)
    ):
        return None, "it costs nothing"
    values = purse.npv(purse.flows(alone.drawn, plans), plans)

    def expected(size: float) -> float:
        return float(interpolate(values, alone.sizes, size * alone.plan.cause_draws).mean())

    to = float(alone.sizes[0] if alone.plan.asked.kind == "more" else alone.sizes[-1] / alone.plan.cause_draws.max())
    tried = np.linspace(0.0, to, STEPS)
    found = np.array([expected(float(size)) for size in tried])
    crossings = np.flatnonzero((found[:-1] < 0) != (found[1:] < 0))
    if not len(crossings):
        if alone.plan.asked.kind == "more":
            return None, "no rise of incidents within reach turns its sign"
        return None, "it would not pay even at the most" if found[-1] < 0 else "it pays whatever the size"
    first = int(crossings[0])
    return float(brentq(expected, tried[first], tried[first + 1])), ""


def _break_even_ratio(expected: float, ratio: Callable[[np.ndarray], np.ndarray]) -> tuple[float | None, str]:
    """Hazard ratio at which the expected NPV is zero, between the ratios that are tried."""
    found = expected + ratio(RATIOS)
    crossings = np.flatnonzero((found[:-1] < 0) != (found[1:] < 0))
    if not len(crossings):
        if found[0] >= 0:
            return None, "it pays even if incidents made nobody leave"
        return None, f"it would not pay even at a hazard ratio of {np.exp(RATIOS[-1]):.0f}"
    curve = np.polynomial.Polynomial.fit(RATIOS, found, len(RATIOS) - 1)
    first = int(crossings[0])
    return float(np.exp(brentq(curve, RATIOS[first], RATIOS[first + 1]))), ""


def _finite(months: float) -> float | None:
    return months if np.isfinite(months) else None


def ratio_effect(projection: ChangeProjection, number: int, purse: Purse) -> Callable[[np.ndarray], np.ndarray]:
    """How the NPV of a change hangs on its component's hazard ratio.

    Parameters
    ----------
    projection : ChangeProjection
        Of the changes.
    number : int
        Which one.
    purse : Purse
        Margin and discount.

    Returns
    -------
    callable
        Log hazard ratios -> NPV less that of the estimated ratio.
    """
    place = projection.plans[number].place
    estimated = projection.log_ratio(place)

    def effect(log_ratios: np.ndarray) -> np.ndarray:
        gains = projection.at_ratio(number, place, np.append(log_ratios, estimated))
        worth = purse.worth(gains) @ purse.discount
        difference: np.ndarray = worth[:-1] - worth[-1]
        return difference

    return effect
