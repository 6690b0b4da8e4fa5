"""Tests that a slope between answers must pass before it may decide: a placebo, and hidden causes of known size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from cxlink.claims.ladder import Ladder
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.sensitivity import (
    Coefficient,
    Strength,
    adjust_for_confounder,
    bound_confounder,
    measure_coefficient,
    measure_strength,
    robustness_value,
)

BEYOND_CHANCE = 0.01
MIN_ROWS = 30


def find_faults(ladder: Ladder) -> tuple[str, ...]:
    """Why a slope between answers is not to be trusted.

    Parameters
    ----------
    ladder : Ladder
        With the answers.

    Returns
    -------
    tuple of str
        Empty where it passes.
    """
    return (*_placebo(ladder), *_hidden_cause(ladder))


def _placebo(ladder: Ladder) -> Iterator[str]:
    """A score cannot have moved revenue before it was given."""
    panel = ladder.panel
    known = np.isfinite(panel.change_before)
    if not panel.has_prices or len(np.unique(panel.customer[known])) < MIN_ROWS:
        yield "no revenue before the answers is known that could serve as a placebo"
        return
    X = np.column_stack([panel.value, np.ones(len(known)), panel.columns, panel.quarters])[known]
    outcome, who = panel.change_before[known], panel.customer[known]
    if not np.ptp(outcome):
        return
    try:
        fit, kept = fit_kept_columns(lambda columns: fit_clustered_ols(columns, outcome, cluster=who), X)
    except EstimationError:
        return
    error = float(np.sqrt(fit.covariance[0, 0]))
    if kept[0] and error > 0 and 2 * norm.sf(abs(fit.beta[0]) / error) < BEYOND_CHANCE:
        yield "the score goes with revenue before it was given, which it cannot have moved"


def _explains_away(coefficient: Coefficient, strength: Strength) -> bool:
    try:
        bound = bound_confounder(strength)
    except EstimationError:
        # one as strong as this would explain more of the score than there is
        return True
    return adjust_for_confounder(coefficient, bound).estimate * coefficient.estimate <= 0


def _hidden_cause(ladder: Ladder) -> Iterator[str]:
    """A cause as strong as the strongest one known must not explain the slope away."""
    panel = ladder.panel
    outcome, followed = ladder.outcome, ladder.followed
    old = followed >= outcome.shape[1]
    total, X = outcome[old].sum(axis=1), ladder.later_design()[old]
    try:
        _, kept = fit_kept_columns(lambda columns: fit_clustered_ols(columns, total, cluster=panel.customer[old]), X)
        if not kept[0]:
            yield "scores do not differ beyond what attributes tell"
            return
        X, places = X[:, kept], np.flatnonzero(kept)
        coefficient = measure_coefficient(X, total, 0)
        needed = robustness_value(coefficient).value
        names = ("", "", *panel.names)
        for place in (place for place in range(2, len(names)) if kept[place]):
            strength = measure_strength(X, total, 0, [int(np.searchsorted(places, place))])
            if _explains_away(coefficient, strength):
                yield (
                    f"a cause as strong as {names[place]} would explain it away (it takes {needed:.1%} of what is left"
                    " of score and outcome)"
                )
                return
    except EstimationError as error:
        yield f"how strong a hidden cause would have to be cannot be told: {error.reason}"
