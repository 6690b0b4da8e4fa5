"""KPIs as compared, invented for the reports."""

from __future__ import annotations

from datetime import date

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import KpiGain, KpiPair, KpiRace, Kpis

HOSTILE = "=cmd()|<img src=x onerror=alert(1)> [x](http://x) \x1b[31m"


def gain(point: float, low: float, high: float, n: int = 700) -> Estimate:
    return Estimate(point, low, high, 0.95, "share of what is uncertain about leaving", n, 61, "test")


def compared_kpis(component: str = "delivery", n: int = 700) -> Kpis:
    """One score that tells who leaves, one that does not, one that cannot be judged; none tells of revenue."""
    leaving = KpiRace(
        outcome="leaving",
        months=3,
        judged_on=(date(2025, 6, 30), date(2025, 9, 30)),
        same_respondents=True,
        customers=n,
        judged=2 * n,
        leavers=61,
        base=gain(0.031, 0.012, 0.048, n),
        gains=(
            KpiGain("csat", "score", gain(0.0213, 0.0102, 0.0319, n), 0.0004),
            KpiGain("nps", "classes", gain(0.004, -0.002, 0.011, n), 0.21),
            KpiGain("nps", "score", gain(-0.001, -0.005, 0.004, n), 0.64),
            KpiGain(f"nps about {component}", "score", NotEstimable("7 left, needs 20", "more answers"), None),
        ),
        pairs=(KpiPair("nps", "csat", gain(-0.0173, -0.03, -0.004, n), 0.012),),
    )
    nothing = NotEstimable("the window is too short", "a longer window")
    revenue = KpiRace("revenue", 0, (), False, 0, 0, 0, nothing, (), (), nothing)
    return Kpis(("plan",), (leaving, revenue), ())
