"""The churn model freed from the tagger's error, by the customers whose records people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxlink.churn.design import Design, Fitted, fit_design
from cxlink.churn.exposure import Window
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.handoff import Linked
from cxlink.stats import CoxError, EstimationError, Influenced, debias

LEAST_LABELLED_EVENTS = 5
"""Labelled leavers for each coefficient: below, the fit among them alone is not to be trusted."""


def correct_for_labels(
    linked: Linked, rows: RiskRows, windows: Sequence[Window], fitted: Fitted
) -> tuple[Fitted, Fitted | None, str]:
    """Correct a fit by labelled customers (Predict-Then-Debias).

    The model is fitted again to labelled customers alone, weighted by one over their chance to be labelled: with what
    people said, and with what the tagger did. The difference of the two moves the fit to all.

    Parameters
    ----------
    linked : Linked
        Timelines; its ``labelled`` says who was labelled, if anybody.
    rows : RiskRows
        Rows of the fit.
    windows : sequence of Window
        Its windows of exposure.
    fitted : Fitted
        The fit with the tagger's incidents.

    Returns
    -------
    corrected : Fitted
        The same object where there is nothing to correct it by.
    uncorrected : Fitted or None
        What was corrected; None where nothing was.
    reason : str
        Why not, though there are labels.

    References
    ----------
    .. [1] Kluger, Lu, Zrnic, Wang and Bates (2025), arXiv 2501.18577.
    .. [2] Chen and Chen (2000), JRSS B 62:449-460.
    """
    labelled = linked.labelled
    if labelled is None:
        return fitted, None, ""
    chance = labelled.probability
    weight = np.divide(1.0, chance, out=np.zeros(len(chance)), where=chance > 0)
    n_columns = int(fitted.design.kept.sum())
    spoken = int((rows.voluntary & (chance[rows.customer] > 0)).sum())
    needed = LEAST_LABELLED_EVENTS * n_columns
    if spoken < needed:
        return fitted, None, f"{spoken} of the labelled customers left, needs {needed}"
    true_rows = _true_rows(linked, windows)
    try:
        predicted = fit_design(fitted.design, rows, weight[rows.customer])
        true = fit_design(_true_design(fitted.design, linked, true_rows), true_rows, weight[true_rows.customer])
    except CoxError as error:
        return fitted, None, error.reason
    kept = fitted.design.kept
    if not (np.array_equal(predicted.design.kept, kept) and np.array_equal(true.design.kept, kept)):
        lost = kept & ~(predicted.design.kept & true.design.kept)
        names = ", ".join(name for name, is_lost in zip(fitted.design.names, lost, strict=True) if is_lost)
        return fitted, None, f"among the labelled customers {names} cannot be estimated"
    try:
        corrected = debias(*(_influenced(one, len(chance)) for one in (true, predicted, fitted)))
    except EstimationError as error:
        return fitted, None, error.reason
    fit = replace(
        fitted.fit,
        beta=corrected.beta,
        robust_covariance=corrected.covariance,
        dfbeta=corrected.influence,
        cluster_ids=np.arange(len(chance)),
    )
    spread = np.zeros_like(fitted.covariance)
    spread[np.ix_(kept, kept)] = corrected.covariance
    design = fitted.design
    return Fitted(fit, design, design.spread(corrected.beta), np.sqrt(np.diag(spread)), spread), fitted, ""


def _true_rows(linked: Linked, windows: Sequence[Window]) -> RiskRows:
    """Rows of the labelled customers, with the incidents that people saw."""
    if linked.labelled is None:
        raise ValueError("there are no labels")
    spells = linked.customers
    is_labelled = linked.labelled.probability > 0
    known = spells.assign(at_risk=spells["at_risk"] & is_labelled[spells["customer"].to_numpy()])
    true = replace(linked, customers=known, incidents=linked.labelled.incidents)
    return build_rows(true, windows, band_edges=np.zeros(1, dtype=np.int64))


def _true_design(design: Design, linked: Linked, rows: RiskRows) -> Design:
    """The same columns over other rows; the calendar keeps its groups of quarters."""
    calendar = design.last_year[rows.quarter]
    columns = np.column_stack([rows.exposed.astype(float), linked.covariates[rows.customer], calendar])
    return replace(design, columns=columns)


def _influenced(fitted: Fitted, n_customers: int) -> Influenced:
    customers, influence = fitted.influence
    of_all = np.zeros((n_customers, influence.shape[1]))
    of_all[customers] = influence
    return Influenced(fitted.fit.beta, of_all)
