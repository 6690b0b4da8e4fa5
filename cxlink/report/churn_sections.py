"""What the ``churn`` commands found, as sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import (
    ChurnFit,
    CustomerScores,
    ExposureForm,
    GapFit,
    Lifetimes,
    Linked,
    OrderFit,
    RiskGroup,
    TestResult,
    Validation,
)
from cxlink.report.numbers import format_share
from cxlink.report.section import Kind, Section, Value

DOUBT = (
    "E-value: ratio of risks that a hidden cause would need, with incidents and with leaving, to explain the ratio"
    " away; of limit: for the interval to hold 1 (1: it already does). explains, touches: how many times as strong as"
    " the attribute that would bias the ratio most, were it hidden.",
)
SHOWN = 20
Z = 1.959963984540054
_RATIO: tuple[tuple[str, Kind], ...] = (
    ("hazard ratio", "number"),
    ("low", "number"),
    ("high", "number"),
    ("leavers", "count"),
)
_OBSERVED: tuple[tuple[str, Kind], ...] = (("observed", "share"), ("low", "share"), ("high", "share"))
_MEASURES = {
    "brier": "Brier score",
    "scaled_brier": "scaled Brier (0: no better than the mean)",
    "auc": "AUC (.5: chance)",
    "observed_over_expected": "observed over expected",
    "calibration_slope": "calibration slope (1: right)",
    "ici": "ICI: mean distance, predicted to observed",
    "concordance": "concordance (C-index)",
}


def build_fit_sections(churn: ChurnFit) -> tuple[Section, ...]:
    """Put the fitted churn model into sections.

    Parameters
    ----------
    churn : ChurnFit
        Of the stage.

    Returns
    -------
    tuple of Section
        Only those that have something to tell.
    """
    sections = (
        _curves(churn),
        _ratios("components", "Hazard ratios of an incident", churn.hazard_ratios),
        _uncorrected(churn),
        _doubt(churn),
        _ratios("attributes", "Hazard ratios of attributes", churn.covariate_ratios),
        _lags(churn),
        _periods(churn),
        _proportionality(churn),
        _forms(churn.forms),
        _grouped(churn),
        *_lifetimes(churn.lifetimes),
    )
    return tuple(section for section in sections if section.rows or section.notes)


def build_validation_sections(validations: Sequence[Validation]) -> tuple[Section, ...]:
    """Put out-of-time validation into sections.

    Parameters
    ----------
    validations : sequence of Validation
        One a horizon.

    Returns
    -------
    tuple of Section
        One a horizon, and its groups of risk.
    """
    return tuple(section for one in validations for section in _validation(one))


def build_score_section(scores: CustomerScores, linked: Linked) -> Section:
    """Put the customers with the highest risk first.

    Parameters
    ----------
    scores : CustomerScores
        Of the stage.
    linked : Linked
        For the customers' ids.

    Returns
    -------
    Section
        The first twenty: risk at each horizon, and the component that adds most to the first.
    """
    ids = linked.customers.set_index("customer")["customer_id"]
    order = np.lexsort((scores.customer, -scores.risk[:, 0]))[:SHOWN]
    rows = tuple(
        (
            str(ids[scores.customer[place]]),
            *(_risk(scores, int(place), k) for k in range(len(scores.horizons))),
            _behind(scores, int(place)),
        )
        for place in order
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("customer", "text"),
        *((f"{months} months", "text") for months in scores.horizons),
        ("behind it", "text"),
    )
    notes = ["Risk of leaving of their own will. The interval is that of the fit, not of one customer's luck."]
    if len(scores.customer) > SHOWN:
        notes.append(f"The {SHOWN} highest of {len(scores.customer)}; --format csv and json give all.")
    return Section("scores", "Customers at risk", columns, rows, tuple(notes))


def build_order_sections(fit: OrderFit, gaps: Sequence[GapFit]) -> tuple[Section, ...]:
    """Put the order process into sections.

    Parameters
    ----------
    fit : OrderFit
        The process.
    gaps : sequence of GapFit
        Where a gap was asked for.

    Returns
    -------
    tuple of Section
        Only those that have something to tell.
    """
    answers = {
        "share still buying": fit.still_buying,
        "orders a customer, next 52 weeks": fit.orders_next_year,
        "spend an order": fit.spend_per_order,
    }
    told = tuple((label, *_cells(a)[:3]) for label, a in answers.items() if isinstance(a, Estimate))
    notes = [f"{label}: {a.reason}. Needs: {a.needs}." for label, a in answers.items() if isinstance(a, NotEstimable)]
    models = ", ".join(f"{k} {v:,.1f}" if isinstance(v, float) else f"{k}: {v}" for k, v in fit.models.items())
    notes += [f"AIC: {models}", "Nobody is seen to leave: this is what the model of purchases says."]
    title = f"{fit.customers:,} customers since their first order in the window, {fit.repeat_customers:,} ordered again"
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("value", "number"), ("low", "number"), ("high", "number"))
    sections = [
        Section("orders", title, columns, told, tuple(notes)),
        _ratios(
            "order rates",
            "Rate of orders after an incident, over the rate otherwise",
            fit.rate_ratios,
            "orders",
            "rate ratio",
        ),
    ]
    if gaps:
        sections[-1] = replace(
            sections[-1],
            notes=(
                *sections[-1].notes,
                "Below: an incident stands close to an order, so who has just met"
                " one cannot be gone yet. Ratios below one come of the gap itself; the rates above are the answer.",
            ),
        )
    for gap in gaps:
        heading = f"If {gap.days} days without an order meant gone ({gap.events:,} leavers)"
        sections.append(_ratios(f"gap {gap.days}", heading, gap.hazard_ratios))
    return tuple(section for section in sections if section.rows or section.notes)


def _risk(scores: CustomerScores, place: int, k: int) -> str:
    risk, low, high = (format_share(float(part[place, k])) for part in (scores.risk, scores.low, scores.high))
    return f"{risk} ({low.rstrip('%')}-{high})"


def _behind(scores: CustomerScores, place: int) -> str:
    if np.isnan(scores.behind[place]).all():
        return ""
    most = int(np.nanargmax(scores.behind[place]))
    return scores.components[most] if scores.behind[place, most] > 0 else ""


def _cells(answer: Answer) -> tuple[Value, ...]:
    if isinstance(answer, NotEstimable):
        return (None, None, None, None)
    return (answer.point, answer.low, answer.high, answer.events)


def _ratios(
    name: str, title: str, answers: Mapping[str, Answer], counted: str = "leavers", ratio: str = "hazard ratio"
) -> Section:
    rows = tuple((label, *_cells(answer)) for label, answer in answers.items())
    notes = tuple(
        f"{label}: {answer.reason}. Needs: {answer.needs}."
        for label, answer in answers.items()
        if isinstance(answer, NotEstimable)
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        (ratio, "number"),
        *_RATIO[1:-1],
        (counted, "count"),
    )
    return Section(name, title, columns, rows, notes)


def _uncorrected(churn: ChurnFit) -> Section:
    section = _ratios(
        "uncorrected", "The same by the tagger alone, before labels corrected it", churn.uncorrected_ratios
    )
    return replace(section, notes=())


def _doubt(churn: ChurnFit) -> Section:
    """What a hidden cause would have to be like."""
    rows = tuple(
        (one.component, one.e_value, one.e_value_of_limit, one.attribute, one.times_to_explain, one.times_to_touch)
        for one in churn.doubt
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        ("E-value", "number"),
        ("of limit", "number"),
        ("attribute", "text"),
        ("explains", "number"),
        ("touches", "number"),
    )
    title = "What a cause that was not measured would have to be like"
    return Section("doubt", title, columns, rows, DOUBT if rows else ())


def _curves(churn: ChurnFit) -> Section:
    """Still there by year of tenure, for each segment."""
    rows = tuple(
        (f"{point.segment}, year {point.day // 360}", point.survival, point.low, point.high, point.at_risk)
        for point in churn.curve
        if point.day and point.day % 360 == 0
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        ("still there", "share"),
        ("low", "share"),
        ("high", "share"),
        ("at risk", "count"),
    )
    notes = ("Kaplan-Meier; years of 360 days, any end, as far as 30 customers are at risk",) if rows else ()
    return Section("curves", "How many stay", columns, rows, notes)


def _lags(churn: ChurnFit) -> Section:
    rows = tuple(
        (f"{profile.component}, month {number}", *_cells(month))
        for profile in churn.lags
        for number, month in enumerate(profile.months, start=1)
    )
    reverse = [profile.component for profile in churn.lags if profile.reverse]
    notes = [f"{', '.join(reverse)}: the first month stands out; older incidents are taken (CX404)"] if reverse else []
    if any(isinstance(month, NotEstimable) for profile in churn.lags for month in profile.months):
        notes.append("An empty month has too few exposed leavers, or cannot be told from another.")
    title = "Hazard ratio by month since the incident"
    return Section("lags", title, (("", "text"), *_RATIO), rows, tuple(notes))


def _periods(churn: ChurnFit) -> Section:
    rows = tuple(
        (f"{one.component}, {period.label}", *_cells(period.ratio)) for one in churn.periods for period in one.periods
    )
    tests = ", ".join(f"{one.component} {one.p_value:.2g}" for one in churn.periods)
    notes = (f"p value that a component's ratios are one: {tests}",) if tests else ()
    return Section("periods", "Hazard ratio by tenure", (("", "text"), *_RATIO), rows, notes)


def _proportionality(churn: ChurnFit) -> Section:
    rows = tuple((one.term, one.statistic, one.degrees, f"{one.p_value:.2g}") for one in churn.proportionality)
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        ("chi-squared", "number"),
        ("degrees", "count"),
        ("p value", "text"),
    )
    return Section("proportionality", "Does a hazard ratio move with tenure? (score test)", columns, rows)


def _forms(forms: Sequence[ExposureForm]) -> Section:
    rows = tuple((f"{name}, {form.label}", *_cells(a)) for form in forms for name, a in form.ratios.items())
    best = max((form.log_likelihood for form in forms), default=0.0)
    behind = ", ".join(f"{form.label} {form.log_likelihood - best:.1f}" for form in forms)
    notes = (f"Log likelihood less the best form's; two and more tell forms apart: {behind}",) if rows else ()
    return Section("forms", "Hazard ratio of one incident, by form of exposure", (("", "text"), *_RATIO), rows, notes)


def _grouped(churn: ChurnFit) -> Section:
    section = _ratios("by months", "The same in grouped time: one row a customer and month", churn.grouped)
    # labels free the main ratios alone from the tagger's mistakes: like is compared with like
    above = "those by the tagger alone" if churn.uncorrected_ratios else "the ratios above"
    notes = (f"Customers end on one day of each month; where this differs from {above}, trust neither.",)
    return replace(section, notes=(*section.notes, *notes)) if section.rows else section


def _lifetimes(lifetimes: Lifetimes | None) -> Iterator[Section]:
    if lifetimes is None:
        return
    best = min(lifetimes.aic.values(), default=0.0)
    rows = tuple((name.replace("_", "-"), value - best) for name, value in lifetimes.aic.items())
    notes = [f"{name.replace('_', '-')}: {reason}" for name, reason in lifetimes.failures.items()]
    median = lifetimes.median
    notes.append(
        f"median: {median.point:.1f} months ({median.low:.1f}-{median.high:.1f})"
        if isinstance(median, Estimate)
        else f"median: {median.reason}. Needs: {median.needs}."
    )
    notes.append("A description: no projection uses it.")
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("AIC above the best", "number"))
    yield Section("lifetimes", "Time to leaving, by distribution", columns, rows, tuple(notes))


def _validation(one: Validation) -> Iterator[Section]:
    answers = [(label, one.measures[name]) for name, label in _MEASURES.items()]
    rows = tuple((label, *_cells(answer)[:3]) for label, answer in answers if isinstance(answer, Estimate))
    reasons = dict.fromkeys(f"{a.reason}. Needs: {a.needs}." for _, a in answers if isinstance(a, NotEstimable))
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("value", "fine"), ("low", "fine"), ("high", "fine"))
    test = one.a_calibration
    notes = [*reasons]
    if isinstance(test, TestResult):
        notes.append(f"A-calibration: chi-squared {test.statistic:.1f} on {test.degrees}, p value {test.p_value:.2g}")
    title = f"{one.months} months from {one.landmark}: {one.leavers} of {one.customers} customers left"
    yield Section(f"validation {one.months}", title, columns, rows, tuple(notes))
    if one.groups:
        groups = tuple(
            (f"{number} of {len(one.groups)}", group.customers, group.predicted, group.observed, *_around(group))
            for number, group in enumerate(one.groups, start=1)
        )
        yield Section(
            f"groups {one.months}",
            f"{one.months} months: groups by predicted risk, lowest first",
            (("group", "text"), ("customers", "count"), ("predicted", "share"), *_OBSERVED),
            groups,
        )


def _around(group: RiskGroup) -> tuple[float, float]:
    """Interval of the observed share, 95%."""
    half = Z * group.std_error
    return max(group.observed - half, 0.0), min(group.observed + half, 1.0)
