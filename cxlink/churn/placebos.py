"""What incidents cannot do to leaving: end contracts that nobody chose to end; and what such controls tell of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.design import METHOD, Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.fit import MainFit
from cxlink.churn.gates import check_exposure, check_size
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import EndPlacebo, Linked
from cxlink.stats import CoxError, EstimationError
from cxlink.stats.placebo import LEAST_CONTROLS, SystematicError, calibrate, fit_systematic_error

CAN_FAIL_PAYMENTS = frozenset({"billing", "invoicing", "payment", "payments"})
"""Components whose incidents can make a payment fail: for them an involuntary end is an outcome, not a placebo."""

CAN_END = NotEstimable("its incidents can make payments fail", "nothing: it is no placebo for this component")
PLACEBO = f"{METHOD} or by the model, whichever is larger; involuntary ends"
CALIBRATED = f"{METHOD}; moved and widened by the systematic error of negative controls"


@dataclass(frozen=True, slots=True)
class _Control:
    """An estimate of an effect that is known to be none, with each customer's influence on it."""

    log_ratio: float
    influence: np.ndarray


def fit_end_placebo(
    linked: Linked, main: MainFit, ratios: Mapping[str, Answer], negative_controls: Sequence[str]
) -> EndPlacebo:
    """Fit the churn model to involuntary ends, and calibrate the ratios of leaving by it.

    Parameters
    ----------
    linked : Linked
        Timelines.
    main : MainFit
        The fit to leaving: the same rows, windows and attributes are used.
    ratios : mapping of str to Answer
        Hazard ratios of leaving.
    negative_controls : sequence of str
        Components declared to be without effect on leaving.

    Returns
    -------
    EndPlacebo
        An answer for each component in both.

    References
    ----------
    .. [1] Lipsitch, Tchetgen Tchetgen and Cohen (2010), Epidemiology 21:383-388.
    .. [2] Schuemie, Hripcsak, Ryan, Madigan and Suchard (2018), PNAS 115:2571-2577.
    """
    names = linked.components
    found: dict[str, Answer] = {}
    fitted = _fit_involuntary(linked, main)
    n = len(np.unique(main.rows.customer))
    controls: list[_Control] = []
    for place, name in enumerate(names):
        if name in CAN_FAIL_PAYMENTS:
            found[name] = CAN_END
        elif isinstance(fitted, NotEstimable):
            found[name] = fitted
        else:
            found[name] = _ratio(fitted, main, place, n)
            if isinstance(found[name], Estimate):
                controls.append(_control(fitted.model, place, len(linked.customers)))
    declared = [names.index(name) for name in negative_controls if isinstance(ratios.get(name), Estimate)]
    controls += [_control(main.fitted, place, len(linked.customers)) for place in declared]
    return EndPlacebo(found, _calibrate_all(main, ratios, names, controls, negative_controls), len(controls))


@dataclass(frozen=True, slots=True)
class _Involuntary:
    model: Fitted
    refusals: list[NotEstimable | None]


def _fit_involuntary(linked: Linked, main: MainFit) -> _Involuntary | NotEstimable:
    rows = replace(main.rows, voluntary=main.rows.involuntary, involuntary=main.rows.voluntary)
    names = linked.components
    refusals = [_reword(check_exposure(rows, place)) for place in range(len(names))]
    ends = int(rows.voluntary.sum())
    if check_size(ends, refusals.count(None) + len(linked.covariate_names)) is not None or None not in refusals:
        return NotEstimable(f"{ends} involuntary ends are too few for this test", "more customers, or a longer window")
    kept = np.array([refusal is None for refusal in refusals], dtype=bool)
    try:
        design = build_design(rows, linked.covariates, rows.exposed, (*names, *linked.covariate_names), kept)
        return _Involuntary(fit_design(design, rows), refusals)
    except CoxError as error:
        return NotEstimable(f"no model of involuntary ends: {error.reason}", "more customers, or a longer window")


def _reword(refusal: NotEstimable | None) -> NotEstimable | None:
    """The gates speak of churners: here they are those whose contract ended against their will."""
    if refusal is None:
        return None
    return replace(refusal, reason=refusal.reason.replace("churners", "involuntary ends"))


def _ratio(fitted: _Involuntary, main: MainFit, place: int, n: int) -> Answer:
    model, refusal = fitted.model, fitted.refusals[place]
    if refusal is not None:
        return refusal
    if not model.design.kept[place]:
        return NotEstimable("it cannot be told from another column's", "customers who met one without the other")
    ends = int((main.rows.involuntary & main.rows.exposed[:, place]).sum())
    column = int(np.cumsum(model.design.kept)[place]) - 1
    # with few ends the clustered error comes out too small, and nothing that ends but once is clustered
    error = max(float(model.error[place]), float(np.sqrt(model.fit.covariance[column, column])))
    return hazard_ratio(float(model.beta[place]), error, n, ends, PLACEBO)


def _control(fitted: Fitted, place: int, n_customers: int) -> _Control:
    customers, influence = fitted.influence
    column = int(np.cumsum(fitted.design.kept)[place]) - 1
    of_all = np.zeros(n_customers)
    of_all[customers] = influence[:, column]
    return _Control(float(fitted.beta[place]), of_all)


def _calibrate_all(
    main: MainFit,
    ratios: Mapping[str, Answer],
    names: tuple[str, ...],
    controls: list[_Control],
    negative_controls: Sequence[str],
) -> dict[str, Answer]:
    error = _systematic_error(controls)
    if isinstance(error, NotEstimable):
        return dict.fromkeys(names, error)
    found: dict[str, Answer] = {}
    for place, name in enumerate(names):
        ratio = ratios[name]
        if name in negative_controls:
            found[name] = NotEstimable("it is itself a negative control", "nothing")
        elif isinstance(ratio, NotEstimable):
            found[name] = ratio
        else:
            told = calibrate(float(main.fitted.beta[place]), float(main.fitted.error[place]), error)
            point, low, high = (float(np.exp(value)) for value in (told.estimate, told.low, told.high))
            found[name] = Estimate(point, low, high, told.level, ratio.unit, ratio.n, ratio.events, CALIBRATED)
    return found


def _systematic_error(controls: list[_Control]) -> SystematicError | NotEstimable:
    if len(controls) < LEAST_CONTROLS:
        return NotEstimable(
            f"negative controls: {len(controls)}, needs {LEAST_CONTROLS}",
            "more involuntary ends, or components declared in [model] negative_controls",
        )
    influence = np.column_stack([one.influence for one in controls])
    try:
        return fit_systematic_error([one.log_ratio for one in controls], influence.T @ influence)
    except EstimationError as error:
        return NotEstimable(error.reason, "more negative controls")
