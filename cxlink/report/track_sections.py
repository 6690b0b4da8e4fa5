"""What past changes did, beside what was forecast, as sections of plain cells."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ForecastCheck, ForecastFigure, TrackedChange, TrackedOutcome, Tracking, TrackRecord
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.component_table import EVIDENCE
from cxlink.report.hiding import show_count
from cxlink.report.section import Kind, Section, Value

TITLE = "What past changes did"
LABELS = {
    "incidents": "incidents fewer, %",
    "leaving": "rate of leaving, times",
    "revenue": "monthly revenue of those there then",
    "score": "score, points",
}
NOTE = (
    "Effect: how those reached changed from before to after, less how the others did in the same months. It is an"
    " effect only if both would have gone alike without the change. Seen: those reached alone, after less before, with"
    " all that happened meanwhile; where there is no fair comparison, the difference to the others: description (D), no"
    " effect. Revenue is of the customers who were there when it began, those who left since counting nothing. What"
    " not to conclude: an interval that holds no change (0, or a ratio of 1) does not say that nothing happened, and"
    " revenue of months already seen is not that of the next ones."
)
SURE = 0.05


def build_track_sections(tracking: Tracking | NotEstimable, *, published: bool) -> tuple[Section, ...]:
    """Show each change that was made, and how forecasts did.

    Parameters
    ----------
    tracking : Tracking or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        Empty where no change was made.
    """
    if isinstance(tracking, NotEstimable):
        return ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("Change, outcome", "text"),
        ("Effect", "text"),
        ("Seen", "text"),
        ("Evidence", "text"),
    )
    rows = tuple(_row(one, outcome) for one in tracking.changes for outcome in one.outcomes)
    said = (line for one in tracking.changes for line in _say(one, published=published))
    answers = (o.effect for one in tracking.changes for o in one.outcomes if o.effect != one.refusal)
    seen = (o.seen for one in tracking.changes for o in one.outcomes)
    dashes = explain_dashes(dict.fromkeys((*answers, *seen)))
    notes = (*said, *((NOTE,) if rows else ()), *dashes, *_say_record(tracking.record))
    return (Section("changes_made", TITLE, columns if rows else (), rows, notes),)


def _row(one: TrackedChange, outcome: TrackedOutcome) -> tuple[Value, ...]:
    evidence = EVIDENCE[outcome.grade if isinstance(outcome.effect, Estimate) else "D"]
    label = f"{one.name}: {LABELS[outcome.name]}"
    return (label, _figure(outcome, outcome.effect), _figure(outcome, outcome.seen), evidence)


def _figure(outcome: TrackedOutcome, answer: Answer) -> str:
    signed = outcome.name in ("revenue", "score")
    return figure_or_dash(answer, times=100 if outcome.name == "incidents" else 1, signed=signed)


def _until_in_full(ramp_months: int) -> str:
    if not ramp_months:
        return ""
    months = "month" if ramp_months == 1 else f"{ramp_months} months"
    return f", without the {months} until it worked in full"


def _say(one: TrackedChange, *, published: bool) -> Iterator[str]:
    what = one.component if one.cause is None else f"{one.component}, {one.cause}"
    reached, others = (show_count(count, published=published) for count in (one.customers, one.others))
    yield (
        f"{one.name} ({what}), from {one.started_on.isoformat()}: {reached} customers reached, {others} not;"
        f" {one.months_before} months before and {one.months_after} after{_until_in_full(one.ramp_months)}."
    )
    if one.refusal is not None:
        yield f"{one.name}: no effect can be told: {one.refusal.reason}. Needs: {one.refusal.needs}."
    apart = [outcome.name for outcome in one.outcomes if outcome.trend is not None and outcome.trend < SURE]
    if apart:
        yield (
            f"{one.name}: those reached and the others went apart before it already ({', '.join(apart)}), so that these"
            " figures are description (D)."
        )
    if one.forecast_as_of is None:
        yield f"{one.name}: no forecast had been told before it began."
    for check in one.checks:
        yield f"{one.name}: {_say_check(check, one)}"


def _say_check(check: ForecastCheck, one: TrackedChange) -> str:
    day = one.forecast_as_of.isoformat() if one.forecast_as_of else ""
    times, what = (100, "percent fewer incidents") if check.figure == "reduction" else (1, "points of the score")
    told = _show(check.told, times)
    if isinstance(check.came, NotEstimable):
        return f"forecast on {day}: {told} {what}; what came of it cannot be told."
    verdict = "the forecast held" if check.held else "what came is too vague to say more"
    if check.contradicted:
        verdict = "the forecast did not hold"
    return f"forecast on {day}: {told} {what}; {figure_or_dash(check.came, times=times)} came: {verdict}."


def _show(told: ForecastFigure, times: int) -> str:
    point, low, high = (times * end for end in (told.point, told.low, told.high))
    return f"{point:.3g} ({low:.3g} to {high:.3g})"


def _say_record(record: TrackRecord) -> Iterator[str]:
    if not record.compared:
        return
    ratio = "" if record.mean_ratio is None else f"; on average {record.mean_ratio:.2f} times as much came as told"
    yield (
        f"Forecasts so far: {record.held} of {record.compared} figures lay in the interval told, and"
        f" {record.contradicted} came out so far from it that luck does not explain it{ratio}. What came has"
        " an interval of its own, and few figures say little of how good forecasts are."
    )
