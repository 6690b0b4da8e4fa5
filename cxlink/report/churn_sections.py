"""What the ``churn`` commands found, as sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, CustomerScores, ExposureForm, GapFit, Linked, OrderFit, Validation
from cxlink.report.section import Kind, Section, Value

SHOWN = 20
_RATIO: tuple[tuple[str, Kind], ...] = (
    ("hazard ratio", "number"),
    ("low", "number"),
    ("high", "number"),
    ("leavers", "count"),
)
_MEASURES = {
    "brier": "Brier score",
    "scaled_brier": "scaled Brier (0: no better than the mean)",
    "auc": "AUC (.5: chance)",
    "observed_over_expected": "observed over expected",
    "calibration_slope": "calibration slope (1: right)",
    "ici": "ICI: mean distance, predicted to observed",
    "a_calibration_p": "A-calibration, p value",
    "concordance": "concordance (C-index)",
}


def build_fit_sections(churn: ChurnFit, forms: Sequence[ExposureForm] = ()) -> tuple[Section, ...]:
    """Put the fitted churn model into sections.

    Parameters
    ----------
    churn : ChurnFit
        Of the stage.
    forms : sequence of ExposureForm
        The model with other forms of exposure.

    Returns
    -------
    tuple of Section
        Only those that have something to tell.
    """
    sections = (
        _curves(churn),
        _ratios("components", "Hazard ratios of an incident", churn.hazard_ratios),
        _ratios("attributes", "Hazard ratios of attributes", churn.covariate_ratios),
        _lags(churn),
        _periods(churn),
        _proportionality(churn),
        _forms(forms),
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
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            str(ids[scores.customer[place]]),
            float(scores.risk[place, 0]),
            float(scores.low[place, 0]),
            float(scores.high[place, 0]),
            *(float(risk) for risk in scores.risk[place, 1:]),
            _behind(scores, int(place)),
        )
        for place in order
    )
    first, *later = scores.horizons
    columns: tuple[tuple[str, Kind], ...] = (
        ("customer", "text"),
        (f"{first} months", "share"),
        ("low", "share"),
        ("high", "share"),
        *((f"{months} months", "share") for months in later),
        ("behind it", "text"),
    )
    notes = ["Risk of leaving of their own will. The interval is that of the fit, not of one customer's luck."]
    if len(scores.customer) > SHOWN:
        notes.append(f"The {SHOWN} highest of {len(scores.customer)}; --format csv gives all, with every interval.")
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


def _behind(scores: CustomerScores, place: int) -> str:
    if np.isnan(scores.behind[place]).all():
        return ""
    most = int(np.nanargmax(scores.behind[place]))
    return scores.components[most] if scores.behind[place, most] > 0 else ""


def _ends(answer: Estimate) -> tuple[Value, ...]:
    """A p value has no interval."""
    return (answer.point, None, None) if answer.unit == "p value" else (answer.point, answer.low, answer.high)


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
    n = max((len(profile.months) for profile in churn.lags), default=0)
    rows = tuple(
        (profile.component, *(m.point if isinstance(m, Estimate) else None for m in profile.months))
        for profile in churn.lags
    )
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), *((f"month {k + 1}", "number") for k in range(n)))
    reverse = [profile.component for profile in churn.lags if profile.reverse]
    notes = (f"{', '.join(reverse)}: the first month stands out; older incidents are taken (CX404)",) if reverse else ()
    return Section("lags", "Hazard ratio by month since the incident", columns, rows, notes)


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
    names = list(dict.fromkeys(name for form in forms for name in form.ratios))
    best = max((form.log_likelihood for form in forms), default=0.0)
    if not names:
        return Section("forms", "", (("", "text"),), ())
    rows = tuple(
        (
            form.label,
            *(_point(form.ratios.get(name)) for name in names),
            form.log_likelihood - best,
        )
        for form in forms
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        *((name, "number") for name in names),
        ("log likelihood", "number"),
    )
    notes = ("Log likelihood: below the best form's. Two and more tell forms apart.",) if rows else ()
    return Section("forms", "Hazard ratio of one incident, by form of exposure", columns, rows, notes)


def _point(answer: Answer | None) -> float | None:
    return answer.point if isinstance(answer, Estimate) else None


def _validation(one: Validation) -> Iterator[Section]:
    answers = [(label, one.measures[name]) for name, label in _MEASURES.items()]
    rows = tuple((label, *_ends(answer)) for label, answer in answers if isinstance(answer, Estimate))
    reasons = dict.fromkeys(f"{a.reason}. Needs: {a.needs}." for _, a in answers if isinstance(a, NotEstimable))
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("value", "fine"), ("low", "fine"), ("high", "fine"))
    title = f"{one.months} months from {one.landmark}: {one.leavers} of {one.customers} customers left"
    yield Section(f"validation {one.months}", title, columns, rows, tuple(reasons))
    if one.groups:
        groups = tuple(
            (f"{number} of {len(one.groups)}", group.customers, group.predicted, group.observed)
            for number, group in enumerate(one.groups, start=1)
        )
        yield Section(
            f"groups {one.months}",
            f"{one.months} months: groups by predicted risk, lowest first",
            (("group", "text"), ("customers", "count"), ("predicted", "share"), ("observed", "share")),
            groups,
        )
