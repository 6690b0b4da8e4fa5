"""Monthly figures on their charts, invented for the reports."""

from __future__ import annotations

from cxlink.handoff import Baseline, BaselineMonth, Chart, ChartMonth, Monitoring, NotCharted
from cxlink.handoff.monitoring import SeriesName

MONTHS = tuple(f"{2023 + k // 12}-{k % 12 + 1:02d}" for k in range(36))


def chart(
    series: SeriesName, component: str, values: tuple[float, float], limits: tuple[float, float], **latest: object
) -> Chart:
    """A chart that lay at the first value until the latest month."""
    unit = {"experience": "NPS points", "cost": "EUR a customer", "revenue": "EUR a paying customer"}
    told = tuple(BaselineMonth(month, values[0], 900.0, month != "2023-07") for month in MONTHS[:24])
    baseline = Baseline(
        key=f"{series}/{component}",
        version="",
        kind="share",
        centre=values[0],
        variance=0.1,
        sigma=1.2,
        phi=0.0,
        drift=0.0,
        units=20_000.0,
        months=told,
        rule="month beyond 3.49, average beyond 3.04 standard deviations; no seasons",
    )
    facts: dict[str, object] = {"rule": "", "lasting": 0, "p_value": 0.6, "people": 40} | latest
    people = facts.pop("people")
    months = [
        ChartMonth(month, values[0], 900.0, 40, 860, *limits, 1 if k < 24 else 2, "", 0, 0.5)
        for k, month in enumerate(MONTHS[:-1])
    ]
    last = ChartMonth(MONTHS[-1], values[1], 900.0, people, 860, *limits, 2, **facts)  # type: ignore[arg-type]
    q_value = 0.002 if last.rule == "limits" else 0.9
    about = unit.get(series, "share of customers")
    return Chart(series, component, "", about, baseline, True, (*months, last), False, q_value)


def monitored_months(*names: str, people: int = 55) -> Monitoring:
    """Three quiet charts, one beyond its limits, and one that lies below its level for some months."""
    billing, delivery = (*names, "billing", "delivery")[:2]
    charts = (
        chart("experience", "", (46.0, 39.0), (26.1, 65.9)),
        chart("reach", billing, (0.033, 0.061), (0.021, 0.044), rule="limits", p_value=1e-5, people=people),
        chart("leaving", delivery, (0.02, 0.016), (0.01, 0.03), rule="average", lasting=-1, p_value=0.2),
        chart("cost", "", (3.1, 3.3), (2.6, 4.1)),
        chart("revenue", "", (55.0, 55.8), (54.6, 56.6)),
        *(chart("reach", name, (0.03, 0.03), (0.02, 0.04)) for name in names[2:]),
    )
    refused = (NotCharted("leaving", billing, "", "fewer than one event a month is expected"),)
    return Monitoring("2025-12", "2026-01", charts, refused, 0.1, tuple(one.baseline for one in charts))
