"""What moved in the latest month and what is noise, as a section of plain cells and as few lines."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import NotEstimable
from cxlink.handoff import Chart, ChartMonth, LevelChange, Monitoring
from cxlink.handoff.monitoring import SURE
from cxlink.report.section import Kind, Section, Value

TITLE = "What moved, and what is noise"
WORDS = {
    "experience": "score",
    "reach": "share of customers met",
    "tags": "share of comments and tickets",
    "leaving": "customers leaving a month",
    "cost": "cost to serve a customer",
    "revenue": "recurring revenue a paying customer",
}
NOTE = (
    "Expected: between what limits a month's figure lies where nothing has changed since the first months, which were"
    " frozen. A signal says that a figure moved more than its ups and downs then; it does not say why, and not that a"
    " component did it. What not to conclude: no signal does not say that nothing changed. A small shift takes months"
    " to show where few answers or customers are behind a figure. Limits know no seasons."
)


def build_monitor_sections(monitoring: Monitoring | NotEstimable) -> tuple[Section, ...]:
    """Show what gave a signal, and a folded table of all figures of the latest month.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.

    Returns
    -------
    tuple of Section
        One; without rows where nothing can be watched.
    """
    if isinstance(monitoring, NotEstimable):
        return (
            Section("monitor", TITLE, (), (), (f"Cannot be told: {monitoring.reason}. Needs: {monitoring.needs}.",)),
        )
    columns: tuple[tuple[str, Kind], ...] = (
        ("Figure", "text"),
        ("Month", "text"),
        ("Value", "text"),
        ("Expected", "text"),
        ("Signal", "text"),
        ("Luck, q", "text"),
    )
    rows = tuple(_row(one) for one in monitoring.charts if one.months)
    left_out = (f"{monitoring.left_out} is not whole and is left out.",) if monitoring.left_out else ()
    refused = _say_refused(monitoring)
    changes = tuple(_say_change(one, change) for one in monitoring.charts for change in one.changes)
    notes = (*say_monitoring(monitoring, most=len(monitoring.charts)), *changes, *left_out, NOTE, *refused)
    return (Section("monitor", TITLE, columns if rows else (), rows, notes, folded=True),)


def say_monitoring(monitoring: Monitoring | NotEstimable, *, most: int) -> tuple[str, ...]:
    """Say in few lines what gave a signal in the latest month.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.
    most : int
        Signals that are told one by one.

    Returns
    -------
    tuple of str
        Signals, least likely by luck first, and a line on all the rest; empty where nothing can be watched.
    """
    if isinstance(monitoring, NotEstimable):
        return ()
    signals = monitoring.signals
    lines = [_say(one) for one in signals[:most]]
    more = f" ({len(signals) - most} more signals in the report)" if len(signals) > most else ""
    return (*lines, _say_rest(monitoring, more))


def _say_rest(monitoring: Monitoring, more: str) -> str:
    watched = [one for one in monitoring.charts if one.latest is not None and one.latest.phase == 2]
    if not watched:
        return (
            f"{len(monitoring.charts)} charts are set up; {monitoring.month} is among the months that limits are learnt"
            f" from, so that nothing can be said of it yet{more}."
        )
    rest = "everything else is within its limits" if monitoring.signals else "everything is within its limits"
    return (
        f"{monitoring.month}: {len(watched)} charts are watched; about {monitoring.expected_false_alarms:.1f} false"
        f" alarms a month are expected; {rest}{more}."
    )


def _say(chart: Chart) -> str:
    latest = chart.months[-1]
    moved = _moved(latest)
    value, expected = (
        show_value(chart, latest.value),
        f"{show_value(chart, latest.low)} to {show_value(chart, latest.high)}",
    )
    lasting = ""
    if latest.lasting:
        way = "above" if latest.lasting > 0 else "below"
        lasting = f"; by several months together it lies {way} its level of {show_value(chart, chart.baseline.centre)}"
    luck = "" if chart.q_value is None or chart.q_value > SURE else "; hardly luck even among all charts"
    since = _since(chart, latest.month)
    return f"{name_chart(chart)} {moved} {value} in {latest.month} (expected {expected}){lasting}{since}{luck}."


def _since(chart: Chart, month: str) -> str:
    """When the level changed, where that was in the year before."""
    year_before = f"{int(month[:4]) - 1}{month[4:]}"
    if not chart.changes or chart.changes[-1].month <= year_before:
        return ""
    return f"; its level changed in {_when(chart.changes[-1])}"


def _when(change: LevelChange) -> str:
    if change.from_month == change.to_month:
        return change.month
    return f"{change.month} ({change.from_month} to {change.to_month})"


def _say_change(chart: Chart, change: LevelChange) -> str:
    before, after = show_value(chart, change.before), show_value(chart, change.after)
    return f"{name_chart(chart)}: from {_when(change)} on its level is {after}, before {before}."


def _moved(month: ChartMonth) -> str:
    if month.value > month.high:
        return "rose to"
    if month.value < month.low:
        return "fell to"
    return "was unusual at" if month.phase == 1 else "was"


def name_chart(chart: Chart) -> str:
    """Name a chart.

    Parameters
    ----------
    chart : Chart
        Of a series, of a component or a cause of it or of all customers.

    Returns
    -------
    str
        Such as ``delivery: score``.
    """
    about = ", ".join(part for part in (chart.component, chart.cause) if part)
    return f"{about}: {WORDS[chart.series]}" if about else f"all customers: {WORDS[chart.series]}"


def show_value(chart: Chart, value: float) -> str:
    """Show a figure of a chart.

    Parameters
    ----------
    chart : Chart
        Whose unit is meant.
    value : float
        In that unit.

    Returns
    -------
    str
        Shares in percent, scores with one decimal, money with its currency.
    """
    if chart.unit.startswith("share"):
        return f"{100 * value:.1f}%"
    if chart.series in ("cost", "revenue"):
        return f"{value:,.2f} {chart.unit.split()[0]}"
    return f"{value:.1f}"


def _row(chart: Chart) -> tuple[Value, ...]:
    latest = chart.months[-1]
    expected = f"{show_value(chart, latest.low)} to {show_value(chart, latest.high)}"
    if latest.rule:
        told: str = latest.rule
    elif latest.phase == 1:
        told = "limits learnt from it"
    else:
        told = "none possible: too few" if latest.blind else ""
    luck = "" if chart.q_value is None else "<0.01" if chart.q_value < 0.01 else f"{chart.q_value:.2f}"
    return (name_chart(chart), latest.month, show_value(chart, latest.value), expected, told, luck)


def _say_refused(monitoring: Monitoring) -> Iterator[str]:
    reasons: dict[str, int] = {}
    for one in monitoring.not_charted:
        reasons[one.reason] = reasons.get(one.reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        yield f"Not watched: {'one figure' if count == 1 else f'{count} figures'}, because {reason}."
