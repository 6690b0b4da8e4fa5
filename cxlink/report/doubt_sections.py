"""How far to trust the figures, as sections of plain cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentDoubt, CorrectedWinner, Doubts, Placebo
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.component_table import EVIDENCE
from cxlink.report.section import Kind, Section, Value

TITLE = "How far to trust this"
PLACEBO_TITLE = "What incidents cannot have done"
Q_VALUES = (
    "Q: among the components with a q up to .1, at most a tenth show an effect by chance alone. A larger one is no"
    " proof that there is no effect. That of net benefit counts the cost of tickets too, which is sure where tickets"
    " are many."
)
ROBUSTNESS = (
    "Robustness: the share of what is left unexplained, of both the score and of who met an incident, that a hidden"
    " cause would have to explain for the effect on the score to be nothing; limit: for its interval to hold nothing."
    " Attribute: how many times as strong as it that is. It does not say that there is no such cause."
)
LEAST_Q = 0.001
LEAST_LUCK = 0.1
"""Of half the interval: a smaller correction is none."""
CALIBRATED = (
    "Calibrated: the churn ratio moved and widened by how far off the same model is where the truth is no effect. It"
    " stands beside the ratio and does not replace it."
)
APART = (
    "No comparison: share of customer-days in groups of customers of whom nobody, or everybody, met it; there the"
    " effect is carried over from others."
)
PLACEBOS = (
    "Nothing here can be an effect: later incidents cannot have moved an earlier answer or price, and no incident but"
    " one of billing makes a card expire. A figure beyond chance says that customers who meet the component differ in"
    " ways that are not adjusted for. Passing is no proof: a hidden cause that works on leaving alone would pass.",
    "Beyond chance: q up to .02 over all placebos of the run, and at least a tenth of the effect in doubt. Such a"
    " component is descriptive (D), and is not turned into money. Found 4 in 5: the size that the test would have found"
    " four times in five; it overlooks smaller ones.",
)


def build_doubt_sections(doubts: Doubts | NotEstimable) -> tuple[Section, ...]:
    """Show what each component's figures rest on, and what was tested.

    Parameters
    ----------
    doubts : Doubts or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    tuple of Section
        One with a refusal, or two.
    """
    if isinstance(doubts, NotEstimable):
        refused = f"Cannot be told: {doubts.reason}. Needs: {doubts.needs}."
        return (Section("trust", TITLE, (), (), (refused,)),)
    return _trust(doubts), _placebos(doubts.placebos)


def _trust(doubts: Doubts) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component", "text"),
        ("Evidence", "prose"),
        ("Churn ratio, q", "text"),
        ("Score, q", "text"),
        ("Net benefit, q", "text"),
        ("Churn ratio, calibrated", "text"),
        ("Score, robustness", "share"),
        ("limit", "share"),
        ("attribute", "text"),
        ("No comparison", "share"),
    )
    rows = tuple(_row(one) for one in doubts.components)
    refusals = dict.fromkeys(one.calibrated for one in doubts.components)
    return Section("trust", TITLE, columns, rows, (*_trust_notes(doubts), *explain_dashes(refusals)))


def _row(one: ComponentDoubt) -> tuple[Value, ...]:
    score, spread = one.score, one.spread
    times = ""
    if score is not None and score.attribute:
        told = "more than 1,000" if score.times_to_explain is None else f"{score.times_to_explain:.1f}"
        times = f"{told} times {score.attribute}"
    return (
        one.component,
        EVIDENCE[one.grade],
        _q(one.q_hazard_ratio),
        _q(one.q_experience),
        _q(one.q_net_benefit),
        figure_or_dash(one.calibrated),
        None if score is None else score.robustness,
        None if score is None else score.robustness_of_limit,
        times,
        None if spread is None else spread.days_apart,
    )


def _trust_notes(doubts: Doubts) -> Iterator[str]:
    for one in doubts.components:
        if one.reasons:
            yield f"{one.component} is descriptive only, and not turned into money: {'; '.join(one.reasons)}."
    yield from _luck(doubts.winner)
    yield Q_VALUES
    yield ROBUSTNESS
    yield CALIBRATED
    yield APART


def _luck(won: CorrectedWinner | None) -> Iterator[str]:
    if won is None or not (isinstance(won.observed, Estimate) and isinstance(won.corrected, Estimate)):
        return
    shown, unit = won.observed, won.observed.unit
    if shown.point - won.corrected.point < LEAST_LUCK * (shown.high - shown.low) / 2:
        yield f"{won.component} leads by so much that having been picked as the costliest does not flatter it."
        return
    yield (
        f"{won.component} looks costliest partly by luck, as the largest of several does: estimated at {unit}"
        f" {figure_or_dash(shown)}, expect about {figure_or_dash(won.corrected)}. It does not say that another one is"
        " costlier."
    )


def _placebos(placebos: Sequence[Placebo]) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component", "text"),
        ("What it cannot have moved", "text"),
        ("As estimated", "text"),
        ("found 4 in 5", "text"),
        ("q", "text"),
        ("Beyond chance", "text"),
    )
    rows = tuple(
        (one.component, _title(one), _figure(one.answer), _detectable(one), _q(one.q_value), _verdict(one))
        for one in placebos
    )
    notes = (*PLACEBOS, *explain_dashes(dict.fromkeys(one.answer for one in placebos)))
    return Section("placebos", PLACEBO_TITLE, columns, rows, notes if rows else ())


def _q(value: float | None) -> str:
    if value is None:
        return ""
    return "<0.001" if value < LEAST_Q else f"{value:.3f}"


def _title(one: Placebo) -> str:
    titles = {
        "later incidents and scores": "earlier answers, KPI points",
        "later incidents and prices": "earlier price changes, %",
        "involuntary ends": "ends that nobody chose, ratio",
        "declared control": "leaving, as declared, ratio",
    }
    return titles[one.kind]


def _figure(answer: Answer) -> str:
    is_price = isinstance(answer, Estimate) and answer.unit == "log price"
    is_ratio = isinstance(answer, Estimate) and answer.unit == "hazard ratio"
    return figure_or_dash(answer, times=100 if is_price else 1, signed=not is_ratio)


def _detectable(one: Placebo) -> str:
    if one.detectable is None:
        return ""
    size = 100 * one.detectable if one.kind == "later incidents and prices" else one.detectable
    return f"{size:.2g}"


def _verdict(one: Placebo) -> str:
    if one.p_value is None:
        return ""
    if one.failed:
        return "yes"
    return "yes, but small" if one.small else "no"
