"""Which monthly figures are drawn with their limits: those that moved, then those of all customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxlink.estimate import NotEstimable
from cxlink.handoff import Chart, ChartMonth, LevelChange, Monitoring
from cxlink.report.charts.control import Change, Control, Month, Phase
from cxlink.report.charts.parts import Head, Span
from cxlink.report.first_parts import PlacedChart
from cxlink.report.monitor_sections import WORDS, name_chart, show_value

MOST = 6
_OF_ALL = ("experience", "leaving", "cost", "revenue")
_MOST_OF_ALL = 2
_RULES = {
    "limits": "beyond the limits",
    "average": "several months together",
    "sum": "months added up",
    "limits and average": "beyond the limits, and several months together",
    "limits and sum": "beyond the limits, and months added up",
}


def place_controls(monitoring: Monitoring | NotEstimable) -> Iterator[PlacedChart]:
    """Choose at most six figures: signals of the latest month, changes of level in the year before, then all customers.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.

    Yields
    ------
    PlacedChart
        Each with the months that there are; a month between them without a figure says so.
    """
    if isinstance(monitoring, NotEstimable):
        return
    year_before = f"{int(monitoring.month[:4]) - 1}{monitoring.month[4:]}"
    changed = [one for one in monitoring.charts if any(change.month > year_before for change in one.changes)]
    of_all = [one for name in _OF_ALL for one in monitoring.charts if one.series == name and not one.component]
    moved = list(dict.fromkeys(one.baseline.key for one in (*monitoring.signals, *changed)))[:MOST]
    others = [one.baseline.key for one in of_all if one.baseline.key not in moved][:_MOST_OF_ALL]
    by_key = {one.baseline.key: one for one in monitoring.charts if one.months}
    keys = [key for key in (*moved, *others)[:MOST] if key in by_key]
    for number, key in enumerate(keys, start=1):
        yield PlacedChart("monitor", _control(by_key[key], number))


def _control(chart: Chart, number: int) -> Control:
    labels = _months_between(chart.months[0].month, chart.months[-1].month)
    by_month = {one.month: one for one in chart.months}
    months = tuple(_month(chart, label, by_month.get(label)) for label in labels)
    learnt = [place for place, label in enumerate(labels) if (one := by_month.get(label)) and one.phase == 2]
    phases = (Phase(0, "limits learnt"), Phase(learnt[0], "watched")) if learnt and learnt[0] else ()
    changes = tuple(_change(chart, one, labels) for one in chart.changes if one.month in by_month)
    signals = sum(bool(month.signal) for month in months)
    head = Head(
        f"control-{number}",
        name_chart(chart),
        f"A line through {len(months)} months with its centre and limits; {signals or 'none'} of them"
        f" {'is' if signals == 1 else 'are'} unusual.",
    )
    return Control(head, months, _unit(chart), phases, changes)


def _month(chart: Chart, label: str, one: ChartMonth | None) -> Month:
    if one is None:
        return Month(label, None, None, reason="no figure")
    value = Span(_scaled(chart, one.value), None, None, show_value(chart, one.value))
    middle = min(max(chart.baseline.centre, one.low), one.high)
    low, high = (show_value(chart, end) for end in (one.low, one.high))
    centre = Span(
        _scaled(chart, middle),
        _scaled(chart, one.low),
        _scaled(chart, one.high),
        f"{show_value(chart, middle)} ({low} to {high})",
    )
    return Month(label, value, centre, _RULES.get(one.rule, one.rule) if one.signal else "")


def _change(chart: Chart, one: LevelChange, labels: Sequence[str]) -> Change:
    places = {label: place for place, label in enumerate(labels)}
    at = places[one.month]
    low, high = places.get(one.from_month, at), places.get(one.to_month, at)
    text = f"{show_value(chart, one.before)} to {show_value(chart, one.after)} from {one.month}"
    return Change(at, min(low, at), max(high, at), text)


def _scaled(chart: Chart, value: float) -> float:
    return 100 * value if chart.unit.startswith("share") else value


def _unit(chart: Chart) -> str:
    return f"{WORDS[chart.series]}, %" if chart.unit.startswith("share") else f"{WORDS[chart.series]}, {chart.unit}"


def _months_between(first: str, last: str) -> list[str]:
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(begin, end + 1)]
