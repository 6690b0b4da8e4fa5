"""The stage: curves, hazard ratios, and the hazards that the projection needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cxlink.churn.curves import fit_curves
from cxlink.churn.design import hazard_ratio
from cxlink.churn.doubt import doubt_ratios
from cxlink.churn.fit import MainFit, Refused, build_hazards, component_ratios, exposed_leavers, fit_main
from cxlink.churn.forms import fit_forms
from cxlink.churn.future import gather_prospects
from cxlink.churn.gap_ratios import fit_gap_ratios
from cxlink.churn.gates import EVENTS_PER_COEFFICIENT
from cxlink.churn.grouped import fit_grouped
from cxlink.churn.lifetimes import fit_lifetimes
from cxlink.churn.overlap import measure_overlap
from cxlink.churn.placebos import fit_end_placebo
from cxlink.churn.score import score_prospects
from cxlink.churn.segment_ratios import fit_segment_ratios
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ChurnFit, CurvePoint, Linked, Loaded, Message, Proportionality
from cxlink.settings import Settings
from cxlink.stats import EstimationError, bootstrap_cox, check_proportionality


def fit_churn(
    linked: Linked, loaded: Loaded, settings: Settings, *, weights: np.ndarray, in_depth: bool = False
) -> ChurnFit:
    """Fit the hazard of leaving with each component's incidents as time-varying exposures.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For the segments of the curves.
    settings : Settings
        Exposure window, resampling and segments.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all fitted parts.
    in_depth : bool, default False
        Whether the model is compared with other forms of exposure, with one by months, and with times by distribution.

    Returns
    -------
    ChurnFit
        An answer for each component; ``model`` is None where churn is not estimable.
    """
    curve = fit_curves(linked, loaded, settings.report.segments) if linked.churn_refusal is None else ()
    if linked.churn_refusal is not None:
        return _refused(linked, linked.churn_refusal, curve, 0, 0)
    main = fit_main(linked, exposure_days=settings.model.exposure_days)
    if isinstance(main, Refused):
        events, involuntary = int(main.rows.voluntary.sum()), int(main.rows.involuntary.sum())
        return _refused(linked, main.reason, curve, events, involuntary)
    churn = _hand_over(linked, main, curve, settings, weights, loaded.engine.threads)
    return _look_closer(churn, linked, main, settings) if in_depth else churn


def draw_coefficients(main: MainFit, weights: np.ndarray, settings: Settings) -> np.ndarray:
    """Coefficients of each draw.

    Parameters
    ----------
    main : MainFit
        The fit.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    settings : Settings
        How each draw moves the fit.

    Returns
    -------
    ndarray
        (n_draws, n_columns).
    """
    rows, design = main.rows, main.fitted.design
    customers, influence = main.fitted.influence
    # of a corrected fit only the influence is known: its labelled part has no likelihood of its own
    if settings.model.resampling == "influence" or main.uncorrected is not None:
        drawn = main.fitted.fit.beta + (weights[:, customers] - 1.0) @ influence
    else:
        drawn = bootstrap_cox(
            design.columns[:, design.kept],
            stop=rows.stop,
            event=rows.voluntary,
            cluster=rows.customer,
            beta=main.fitted.fit.beta,
            cluster_weights=weights[:, customers],
            start=rows.start,
            method=settings.model.resampling,
        )
    return design.spread(drawn)


def _look_closer(churn: ChurnFit, linked: Linked, main: MainFit, settings: Settings) -> ChurnFit:
    return replace(
        churn,
        forms=fit_forms(linked, main, exposure_days=settings.model.exposure_days),
        grouped=fit_grouped(linked, main),
        lifetimes=fit_lifetimes(linked),
    )


def _hand_over(
    linked: Linked,
    main: MainFit,
    curve: tuple[CurvePoint, ...],
    settings: Settings,
    weights: np.ndarray,
    threads: int,
) -> ChurnFit:
    rows, fitted = main.rows, main.fitted
    design, voluntary = fitted.design, int(rows.voluntary.sum())
    n_customers = len(np.unique(rows.customer))
    first = design.covariates.start
    covariate_ratios: dict[str, Answer] = {
        name: hazard_ratio(fitted.beta[first + k], fitted.error[first + k], n_customers, voluntary)
        for k, name in enumerate(linked.covariate_names)
        if design.kept[first + k]
    }
    left_out = [name for name, was, is_in in zip(design.names, main.wanted, design.kept, strict=True) if was > is_in]
    model = build_hazards(linked, main, draw_coefficients(main, weights, settings), weights, threads=threads)
    ratios = component_ratios(main, linked.components)
    return ChurnFit(
        customers=n_customers,
        events=voluntary,
        involuntary_events=int(rows.involuntary.sum()),
        hazard_ratios=ratios,
        exposed_events={name: exposed_leavers(main, place) for place, name in enumerate(linked.components)},
        covariate_ratios=covariate_ratios,
        curve=curve,
        model=model,
        refusal=None,
        messages=_messages(linked, main, left_out),
        uncorrected_ratios=_uncorrected(main, linked.components),
        doubt=doubt_ratios(linked, main, ratios, exposure_days=settings.model.exposure_days),
        lags=main.lags,
        periods=main.periods,
        proportionality=_test_proportionality(main),
        gap_ratios=fit_gap_ratios(linked, main, settings.model.exposure_days),
        segment_ratios=fit_segment_ratios(linked, main, settings.model.adjust_for),
        scores=score_prospects(gather_prospects(linked, main, settings.model.exposure_days, weights), model),
        placebo=fit_end_placebo(linked, main, ratios, settings.model.negative_controls),
        spread=measure_overlap(linked, rows),
    )


def _uncorrected(main: MainFit, components: tuple[str, ...]) -> dict[str, Answer]:
    """Hazard ratios by the tagger alone, where labels have corrected them."""
    if main.uncorrected is None:
        return {}
    return component_ratios(replace(main, fitted=main.uncorrected), components)


def _test_proportionality(main: MainFit) -> tuple[Proportionality, ...]:
    tested = main.uncorrected or main.fitted
    design, rows = tested.design, main.rows
    columns = np.flatnonzero(design.kept)
    try:
        test = check_proportionality(
            design.columns[:, columns],
            stop=rows.stop,
            event=rows.voluntary,
            beta=tested.fit.beta,
            start=rows.start,
            terms={design.names[column]: [place] for place, column in enumerate(columns)},
        )
    except EstimationError:
        return ()
    named = [(name, test.terms[name]) for name in design.names if name in test.terms and "quarter group" not in name]
    return tuple(Proportionality(n, t.statistic, t.degrees, t.p_value) for n, t in (*named, ("GLOBAL", test.overall)))


def _refused(
    linked: Linked, refusal: NotEstimable, curve: tuple[CurvePoint, ...], events: int, involuntary: int
) -> ChurnFit:
    return ChurnFit(
        customers=int(linked.customers["at_risk"].sum()),
        events=events,
        involuntary_events=involuntary,
        hazard_ratios=dict.fromkeys(linked.components, refusal),
        exposed_events=dict.fromkeys(linked.components, 0),
        covariate_ratios={},
        curve=curve,
        model=None,
        refusal=refusal,
        messages=(Message("CX401", "warning", "churn", f"churn: {refusal.reason}.", f"Needs {refusal.needs}."),),
    )


def _messages(linked: Linked, main: MainFit, left_out: list[str]) -> tuple[Message, ...]:
    found = []
    if not linked.covariate_names:
        found.append(
            Message(
                "CX402",
                "warning",
                "churn",
                "the churn model is adjusted for tenure and calendar only.",
                "Name attributes that move both incidents and leaving in [model] adjust_for.",
            )
        )
    if left_out:
        found.append(
            Message(
                "CX403",
                "warning",
                "churn",
                "left out of the churn model: " + ", ".join(left_out) + ".",
                "These repeat another column or have no leaver on one side; merge rare values.",
            )
        )
    reverse = [profile.component for profile in main.lags if profile.reverse]
    if reverse:
        found.append(
            Message(
                "CX404",
                "warning",
                "churn",
                f"{', '.join(reverse)}: the month before leaving stands out, as where people decide first and complain"
                " after. The hazard ratio is that of incidents older than a month.",
                "Tag cancellation requests as such, so that they are no incidents.",
            )
        )
    return (*found, *_weak_messages(main))


def _weak_messages(main: MainFit) -> Iterator[Message]:
    """What a model that could be fitted still lacks."""
    events = int(main.rows.voluntary.sum())
    coefficients = int(main.fitted.design.kept[: main.fitted.design.calendar.start].sum())
    if events < EVENTS_PER_COEFFICIENT * coefficients:
        yield Message(
            "CX405",
            "warning",
            "churn",
            f"{events} customers left for {coefficients} coefficients: fewer than {EVENTS_PER_COEFFICIENT} each.",
            "Take attributes out of [model] adjust_for, or observe a longer window.",
        )
    if main.without_labels:
        yield Message(
            "CX407",
            "warning",
            "churn",
            f"hazard ratios are not corrected for the tagger's error: {main.without_labels}.",
            "Have more customers' records read: cxlink tag review.",
        )
    if main.without_periods:
        yield Message(
            "CX406",
            "info",
            "churn",
            f"hazard ratios by tenure could not be fitted: {main.without_periods}.",
            "Nothing to do: whether ratios move with tenure is then known from the score test alone.",
        )
