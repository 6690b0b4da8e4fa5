"""Other forms of exposure beside "any incident lately": how many, and how long ago."""

from __future__ import annotations

import numpy as np

from cxlink.churn.design import Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import Window
from cxlink.churn.fit import MainFit
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer
from cxlink.handoff import ExposureForm, Linked
from cxlink.stats import CoxError

HALF_LIVES = (15, 30, 60)
DECAY_ENDS = (7, 15, 30, 45, 60, 90, 120, 180)
"""Days at which a decaying exposure steps down; within a step its mean counts."""


def fit_forms(linked: Linked, main: MainFit, *, exposure_days: int) -> tuple[ExposureForm, ...]:
    """Fit the churn model with other forms of exposure.

    Parameters
    ----------
    linked : Linked
        Timelines.
    main : MainFit
        The main model, whose components are compared.
    exposure_days : int
        How long an incident counts where it does not decay.

    Returns
    -------
    tuple of ExposureForm
        Any, count, and decaying by half-lives of 15, 30 and 60 days, each with as many coefficients, so that their log
        likelihoods can be compared; a form that cannot be fitted is left out.
    """
    names = linked.components
    cuts = np.union1d(main.edges, [0])
    rows = build_rows(linked, main.windows, band_edges=cuts)
    wanted = main.wanted[: len(names)] & main.fitted.design.kept[: len(names)]
    found = [
        _fit(linked, rows, rows.exposed, wanted, "any", f"any in {exposure_days} days"),
        _fit(linked, rows, rows.counts, wanted, "count", f"number in {exposure_days} days, each"),
    ]
    steps = [Window(name, end - begin, skip=begin) for name in names for begin, end in _steps()]
    fine = build_rows(linked, steps, band_edges=cuts)
    by_step = fine.counts.reshape(len(fine.start), len(names), len(_steps()))
    for half_life in HALF_LIVES:
        weights = np.array([_mean_decay(begin, end, half_life) for begin, end in _steps()])
        label = f"fading, half in {half_life} days"
        found.append(_fit(linked, fine, by_step @ weights, wanted, "decay", label))
    return tuple(form for form in found if form is not None)


def _steps() -> list[tuple[int, int]]:
    return list(zip((0, *DECAY_ENDS[:-1]), DECAY_ENDS, strict=True))


def _mean_decay(begin: int, end: int, half_life: int) -> float:
    """Mean of ``2**(-t / half_life)`` between two ages."""
    rate = np.log(2) / half_life
    return float((np.exp(-rate * begin) - np.exp(-rate * end)) / (rate * (end - begin)))


def _fit(
    linked: Linked, rows: RiskRows, exposures: np.ndarray, wanted: np.ndarray, form: str, label: str
) -> ExposureForm | None:
    names = (*linked.components, *linked.covariate_names)
    try:
        fitted = fit_design(build_design(rows, linked.covariates, exposures, names, wanted), rows)
    except CoxError:
        return None
    return ExposureForm(form, label, fitted.fit.log_likelihood, _ratios(linked, rows, exposures, fitted))


def _ratios(linked: Linked, rows: RiskRows, exposures: np.ndarray, fitted: Fitted) -> dict[str, Answer]:
    n = len(np.unique(rows.customer))
    return {
        name: hazard_ratio(
            fitted.beta[place],
            fitted.error[place],
            n,
            int((rows.voluntary & (exposures[:, place] > 0)).sum()),
        )
        for place, name in enumerate(linked.components)
        if fitted.design.kept[place]
    }
