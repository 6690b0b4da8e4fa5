"""Made-up charts: one of each kind, in English and in three other scripts."""

from __future__ import annotations

import math

from cxlink.report.charts.calibration import Calibration, Group, draw_calibration
from cxlink.report.charts.control import Change, Control, Month, Phase, draw_control
from cxlink.report.charts.forest import Forest, ForestRow, draw_forest
from cxlink.report.charts.ladder import Ladder, draw_ladder
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.profile import Lag, Profile, draw_profile
from cxlink.report.charts.survival import Mark, Series, Survival, draw_survival
from cxlink.report.charts.tornado import Assumption, Tornado, draw_tornado
from cxlink.report.charts.waterfall import Step, Waterfall, draw_waterfall

HOSTILE = (
    "<script>alert(1)</script>",
    "]]><!--&amp;",
    "safe\u202eevil\u2066",
    "delivery " * 33,
    "x" * 300,
    "חיוב כפול (3) בחשבונית",
    "تأخر التسليم: الطلب 42",
    "Piegādes kavēšanās un rēķinu kļūdas",
    '" onload="alert(1)',
    "a\x00b\ud800c\ufffe",
    "",
)


def span(point: float, low: float, high: float, unit: str = "") -> Span:
    return Span(point, low, high, f"{point:,g} ({low:,g} to {high:,g}){unit}")


def forest(names: tuple[str, ...] = ()) -> Forest:
    numbers = [(186, 80, 290), (92, 15, 170), (41, -12, 95), (18, -30, 70), (-7, -40, 25)]
    labels = names or ("delivery", "billing", "onboarding and first steps", "support", "app")
    rows = [
        ForestRow(label, span(*numbers[at % 5])) if at != 3 else ForestRow(label, None, REASON)
        for at, label in enumerate(labels)
    ]
    title = "Net benefit of each component's incidents stopped"
    head = Head("forest", title, "Points with 95% intervals; two lie wholly above zero.")
    return Forest(head, (*rows, ForestRow("together", span(270, 120, 430), total=True)), "EUR thousand in 12 months")


REASON = "cannot tell yet: 4 of its 31 customers left, at least 10 are needed"


def ratios() -> Forest:
    rows = (
        ForestRow("delivery", span(1.62, 1.31, 2.01)),
        ForestRow("billing", span(1.2, 0.94, 1.53)),
        ForestRow("support", span(0.97, 0.71, 1.32)),
    )
    return Forest(Head("ratios", "Hazard ratios", "Three ratios with intervals."), rows, "times the risk", ratios=True)


def waterfall(names: tuple[str, ...] = ()) -> Waterfall:
    labels = names or ("delivery", "billing", "onboarding and first steps", "support", "app")
    values = [151.0, 74.5, 33.25, 19.0, -7.75, 12.0, 5.5, 3.25, 2.0, 1.0, 1.0]
    steps = [Step("step", label, values[at], f"{values[at]:+,.0f}") for at, label in enumerate(labels)]
    total = sum(values[: len(labels)])
    head = Head("waterfall", "Shares of the joint effect", "Bars add up to the effect of all components together.")
    tail = (
        Step("step", "returns", None, "", REASON),
        Step("level", "together", total, f"{total:,.0f} (120-430)"),
        Step("overlap", "overlap: counted in more than one component", -60.0, "-60"),
    )
    return Waterfall(head, (*steps, *tail), "EUR thousand in 12 months")


def bridge() -> Waterfall:
    values = (42.1, 1.4, -0.8, 0.9, -0.2)
    labels = ("NPS in June", "delivery", "billing", "who answered", "not explained")
    steps = [
        Step("step" if at else "level", label, value, f"{value:+.1f}" if at else f"{value}")
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    end = Step("level", "NPS in September", math.fsum(values), f"{math.fsum(values):.1f}")
    head = Head("bridge", "NPS from June to September", "Steps from 42.1 to 43.4.")
    return Waterfall(head, (*steps, end), "NPS", from_zero=False)


def survival(names: tuple[str, ...] = ("all", "met no incident", "met an incident")) -> Survival:
    series = []
    for at, name in enumerate(names[:4]):
        rate = (1.0, 0.6, 1.9, 1.4)[at] / 1500
        steps = [(0.0, 1.0, 1.0, 1.0)]
        for day in range(30, 731, 30):
            share, width = math.exp(-rate * day), 0.002 * math.sqrt(day)
            steps.append((float(day), share, max(share - width, 0), min(share + width, 1)))
        marks = []
        for day in (30, 90, 180, 365, 730):
            percent, at_risk = 100 * math.exp(-rate * day), round((4000, 2900, 1100, 60)[at] * math.exp(-day / 300))
            count = f"{at_risk:,}" if at_risk >= 10 else "<10"
            marks.append(Mark(day, f"{day}", f"{percent:.1f} ({percent - 2:.1f}-{percent + 2:.1f})", count))
        series.append(Series(name, tuple(steps), tuple(marks)))
    head = Head("survival", "Customers still with us", "Falling step lines with 95% bands.")
    return Survival(head, tuple(series), "days since acquisition")


def profile() -> Profile:
    lags = []
    for month in range(-6, 13):
        if month in (-1, 5):
            continue
        point = round(0.2 * math.sin(month) - (1.6 * (1 - math.exp(-(month + 1) / 3)) if month >= 0 else 0), 2)
        width = 0.5 + 0.06 * abs(month)
        lags.append(Lag(month, span(point, round(point - width, 2), round(point + width, 2))))
    lags.append(Lag(13, None, "fewer than 10 customers"))
    head = Head("profile", "Revenue after a first incident of delivery", "Falls after the incident, flat before.")
    return Profile(head, tuple(lags), "EUR a customer and month, less than without incidents")


def control() -> Control:
    months = []
    for at in range(24):
        label = f"{2024 + at // 12}-{at % 12 + 1:02}"
        level = 0.3 if at < 14 else 0.39
        value = round(level + 0.03 * math.sin(2.3 * at) + (0.11 if at == 7 else 0) - (0.13 if at == 19 else 0), 3)
        width = round(0.055 + 0.02 * (at % 3) / 2, 3)
        centre = span(level, round(level - width, 3), round(level + width, 3))
        words = {7: "above the limits", 19: "below the limits", 12: "8 on one side"}.get(at, "")
        if at in (4, 16):
            months.append(Month(label, None, centre if at == 4 else None, reason="no answers"))
        else:
            months.append(Month(label, span(value, value, value), centre, words))
    head = Head("control", "Incidents of delivery a customer and month", "24 months, three signals.")
    return Control(
        head,
        tuple(months),
        "incidents a customer and month",
        (Phase(0, "old courier"), Phase(14, "second courier")),
        (Change(14, 12, 15, "higher since 2025-03 (2025-01 to 2025-04)"),),
    )


def tornado(names: tuple[str, ...] = ()) -> Tornado:
    labels = names or ("share of incidents avoided", "hazard ratio of delivery", "gross margin", "cost a month")
    ends = [
        (40, 150),
        (20, 185),
        (80, 112),
        (118, 70),
        (95, 99),
        (90, 98),
        (96, 97),
        (90, 99),
        (94, 99),
        (91, 99),
        (0, 99),
    ]
    rows = [Assumption(label, low, high, f"{low} to {high}") for label, (low, high) in zip(labels, ends, strict=False)]
    head = Head("tornado", "What the NPV depends on", "Ranges around 97, the widest on top.")
    return Tornado(head, tuple(rows), 97, "EUR thousand, NPV")


def variance() -> Tornado:
    shares = (("hazard ratio of delivery", 62.0), ("share of incidents avoided", 27.0), ("cost a month", 11.0))
    rows = tuple(Assumption(label, 0.0, share, f"{share:.0f}%") for label, share in shares)
    head = Head("variance", "Where the spread of the NPV comes from", "Three shares.")
    return Tornado(head, rows, 0.0, "% of the variance", ("Assumption", "Share"))


def calibration() -> Calibration:
    groups = [
        Group(
            predicted,
            f"{predicted}%",
            span(seen, round(seen - 1.2 - seen / 9, 1), round(seen + 1.4 + seen / 9, 1)),
            f"{900 - 80 * at}",
        )
        for at, (predicted, seen) in enumerate(
            [(1.1, 1.6), (3.2, 2.9), (5.4, 6.3), (8.8, 8.1), (13.6, 16.2), (24.0, 21.0)]
        )
    ]
    groups.append(Group(38.0, "38%", None, "<10", "fewer than 10 customers"))
    head = Head("calibration", "Predicted and observed leaving", "Six groups near the diagonal.")
    return Calibration(head, tuple(groups), "predicted to leave in 90 days, %", "observed, %")


def ladder(names: tuple[str, ...] = ()) -> Ladder:
    labels = names or ("as often compared", "same tenure and attributes", "within the same customers", "by experiment")
    numbers = [(0.46, 0.38, 0.54), (0.21, 0.1, 0.32), (0.08, -0.07, 0.23)]
    rungs = [
        ForestRow(label, span(*numbers[at % 3], "%"), total=at == 2)
        if at != 3
        else ForestRow(label, None, "no experiment")
        for at, label in enumerate(labels)
    ]
    head = Head("ladder", "+1 NPS = +0.5% revenue", "Three estimates, all below the claim.")
    return Ladder(head, Span(0.5, None, None, "+0.5%"), tuple(rungs), "% revenue for a point of NPS")


def draw_all(look: Look | None = None) -> dict[str, Drawn]:
    return {
        "survival": draw_survival(survival(), look=look),
        "forest": draw_forest(forest(), look=look),
        "ratios": draw_forest(ratios(), look=look),
        "waterfall": draw_waterfall(waterfall(), look=look),
        "bridge": draw_waterfall(bridge(), look=look),
        "profile": draw_profile(profile(), look=look),
        "control": draw_control(control(), look=look),
        "tornado": draw_tornado(tornado(), look=look),
        "variance": draw_tornado(variance(), look=look),
        "calibration": draw_calibration(calibration(), look=look),
        "ladder": draw_ladder(ladder(), look=look),
    }


def draw_hostile(look: Look | None = None) -> dict[str, Drawn]:
    """Charts that carry labels of others, all of them hostile."""
    return {
        "survival": draw_survival(survival(HOSTILE[:4]), look=look),
        "survival-other": draw_survival(survival(HOSTILE[4:8]), look=look),
        "forest": draw_forest(forest(HOSTILE), look=look),
        "waterfall": draw_waterfall(waterfall(HOSTILE), look=look),
        "tornado": draw_tornado(tornado(HOSTILE), look=look),
        "ladder": draw_ladder(ladder(HOSTILE), look=look),
    }
