"""The stage: every figure by month, on its chart, with what is to be kept for later runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import Baseline, CauseCount, Chart, Linked, Loaded, Message, Monitoring, NotCharted, Tagged
from cxlink.monitor.charts import Charting, chart_series
from cxlink.monitor.level_changes import add_changes
from cxlink.monitor.months import build_calendar, count_at_risk
from cxlink.monitor.series import Series, Sources, build_series
from cxlink.monitor.tag_series import build_tag_series
from cxlink.settings import Settings
from cxlink.stats.chart_factors import false_alarm_share
from cxlink.stats.control_charts import LEAST_MONTHS
from cxlink.stats.multiplicity import adjust_p_values

ORDER = ("experience", "reach", "tags", "leaving", "cost", "revenue")
OF_CUSTOMERS = ("reach", "leaving", "cost")
NOBODY_LEAVES = "customers buy order by order and nobody is seen to leave: who is a customer in a month is not known"
REFREEZE = "If that is right, move .cxlink/baselines.json away to freeze limits anew."


def monitor_months(
    linked: Linked,
    loaded: Loaded | None,
    tagged: Tagged | None,
    causes: tuple[CauseCount, ...],
    settings: Settings,
    *,
    kpi: str,
    baselines: tuple[Baseline, ...] | None,
) -> Monitoring | NotEstimable:
    """Hold each whole month's figures against what a frozen first phase lets one expect.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded or None
        Tables, from whose words the shares of tags are counted; without them there are none.
    tagged : Tagged or None
        What decided on the tags.
    causes : tuple of CauseCount
        With their shares corrected by labels, where there are any.
    settings : Settings
        Exposure, currency and costs.
    kpi : str
        Of the run.
    baselines : tuple of Baseline or None
        Frozen by earlier runs; None where nothing is kept between runs.

    Returns
    -------
    Monitoring or NotEstimable
        Refused where there are fewer than 20 whole months, or no figure can be watched.
    """
    calendar = build_calendar(linked.from_day, linked.to_day)
    known = () if baselines is None else baselines
    if len(calendar.names) < LEAST_MONTHS and not known:
        return NotEstimable(
            f"{len(calendar.names)} whole calendar months are observed, needs {LEAST_MONTHS}",
            "a longer observed window",
        )
    if not calendar.names:
        return NotEstimable("no whole calendar month is observed", "a longer observed window")
    tagger = _version(tagged)
    versions = {name: tagger if _rests_on_tags(linked, name) else "" for name in linked.components}
    sources = Sources(linked, settings, calendar, count_at_risk(linked, calendar), kpi, versions, tagger)
    figures: list[Series] = list(build_series(sources))
    if loaded is not None:
        figures += build_tag_series(loaded, calendar, causes, tagger)
    figures.sort(key=lambda one: (ORDER.index(one.name), one.component, one.cause))
    untold = [one for one in figures if one.name in OF_CUSTOMERS and not linked.leavers_are_seen]
    figures = [one for one in figures if all(one is not other for other in untold)]
    frozen = {(one.key, one.version): one for one in known}
    found = [chart_series(one, calendar, frozen) for one in figures]
    found += [Charting(NotCharted(one.name, one.component, one.cause, NOBODY_LEAVES)) for one in untold]
    charts = _add_q_values([one.chart for one in found if isinstance(one.chart, Chart)])
    charts = add_changes(charts, settings.project.seed)
    refused = tuple(one.chart for one in found if isinstance(one.chart, NotCharted))
    if not charts:
        reason = refused[0].reason if refused else "no figure is observed"
        return NotEstimable(f"no figure can be watched: {reason}", "a longer observed window, or more records")
    month = calendar.names[-1]
    kept = frozen | {(one.baseline.key, one.baseline.version): one.baseline for one in charts}
    return Monitoring(
        month=month,
        left_out=calendar.left_out,
        charts=charts,
        not_charted=refused,
        expected_false_alarms=sum(
            false_alarm_share(has_sums=one.baseline.sums is not None) for one in charts if _is_watched(one, month)
        ),
        baselines=tuple(kept[key] for key in sorted(kept)),
        messages=tuple(_messages(found, calendar.left_out, is_kept=baselines is not None)),
    )


def _version(tagged: Tagged | None) -> str:
    if tagged is None:
        return ""
    parts = [f"taxonomy {tagged.taxonomy_version} {tagged.taxonomy_hash[:12]}"]
    if tagged.classifier is not None:
        told = " ".join(f"{key}={value[:12]}" for key, value in sorted(tagged.classifier.items()))
        parts.append(f"classifier {told}")
    return ", ".join(parts)


def _rests_on_tags(linked: Linked, component: str) -> bool:
    """Whether words may have decided on some of a component's incidents."""
    met = linked.incidents.loc[linked.incidents["component"] == component]
    return "table" in met and bool((met["table"] != "events").any())


def _is_watched(chart: Chart, month: str) -> bool:
    latest = chart.latest
    return latest is not None and latest.month == month and latest.phase == 2


def _add_q_values(charts: list[Chart]) -> tuple[Chart, ...]:
    watched = [place for place, one in enumerate(charts) if one.latest is not None and one.latest.phase == 2]
    if not watched:
        return tuple(charts)
    latest = [charts[place].months[-1].p_value for place in watched]
    for place, q_value in zip(watched, adjust_p_values(latest), strict=True):
        charts[place] = replace(charts[place], q_value=float(q_value))
    return tuple(charts)


def _messages(found: list[Charting], left_out: str, *, is_kept: bool) -> Iterator[Message]:
    changed = [one.chart for one in found if one.is_new_version]
    if changed:
        yield Message(
            "CX612",
            "warning",
            "monitor",
            f"{len(changed)} figures are counted in another way than their baselines ({_names(changed)}): a new first"
            " phase begins.",
            "Nothing, if taxonomy, classifier or settings were changed on purpose; the earlier baselines are kept.",
        )
    restated = [one.chart for one in found if one.is_restated]
    if restated:
        yield Message(
            "CX613",
            "warning",
            "monitor",
            f"months that limits were learnt from were restated for {len(restated)} figures ({_names(restated)});"
            " limits stay as they were.",
            REFREEZE,
        )
    if not is_kept:
        yield Message(
            "CX614",
            "info",
            "monitor",
            "limits of monthly figures come from this run alone: nothing can be kept beside the configuration.",
            "Let cxlink write to the configuration's folder, so that limits do not move from month to month.",
        )
    if left_out:
        yield Message(
            "CX616", "info", "monitor", f"{left_out} is not whole and is left out of the charts.", "Nothing to do."
        )


def _names(charts: list[Chart | NotCharted]) -> str:
    shown = [" ".join(part for part in (one.series, one.component, one.cause) if part) for one in charts]
    return ", ".join(shown[:3]) + (", …" if len(shown) > 3 else "")
