"""A run's result as the stages hand it over, with figures, gaps and hostile names invented for the reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import (
    CauseCount,
    ChurnFit,
    ComponentDoubt,
    ComponentDriver,
    ComponentEffect,
    ComponentServing,
    CorrectedWinner,
    CurvePoint,
    CustomerGroup,
    CustomerGroups,
    Doubts,
    Drivers,
    Employees,
    ExposureSpread,
    GapRatios,
    Impact,
    JointEffect,
    KpiDrivers,
    LedgerEntry,
    Linkage,
    Linked,
    Loaded,
    Message,
    OddsCheck,
    Placebo,
    PromiseGap,
    QuarantinedRow,
    RatedTouchpoint,
    RatingDrivers,
    Readiness,
    RunResult,
    ScoreContrast,
    ScoreDoubt,
    Segment,
    SegmentEffect,
    SegmentRatios,
    Segments,
    ServiceOutcome,
    Tagged,
    Unexplained,
)
from cxlink.report.document import build_document
from cxlink.report.parts import Document
from tests.report.compared_kpis import HOSTILE as HOSTILE_KPI
from tests.report.compared_kpis import compared_kpis
from tests.report.monitored_months import monitored_months
from tests.report.tracked_changes import tracked_changes

FEW_CHURNERS = NotEstimable("6 exposed churners", "10 exposed churners")
FEW_ANSWERS = NotEstimable("14 answers after an incident", "30 answers")
NO_MARGIN = NotEstimable("gross margin is not set", "[finance] gross_margin")
NO_HANDLING = NotEstimable("no ticket of this component has a cost", "handle_minutes or cost in tickets")

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "[/x] [link=file:///etc/passwd]here[/link]",
    "=cmd|'/c calc'!A0",
    "::set-output name=x::y",
    "\x1b]0;owned\x07\x1b[31mred\x9b31m",
    "safe\u202eevil\u2066",
    "](javascript:alert(1)) | ![x](http://evil.example/x.png)",
)
HOSTILE_COMMENT = (
    "</style><script>fetch('http://evil.example')</script> \u202e write to jane.doe@example.com or +371 2612 3456,"
    " card 4111 1111 1111 1111, IBAN LV80 BANK 0000 4351 9500 1 \x1b[2J\x9b ::set-output name=a::b"
)


def euros(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "EUR", 4012, 120, "projection")


def heads(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "customers", 4012, 120, "projection")


def points(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "NPS points", 900, 900, "difference of means")


def tenth_of(**answers: Answer) -> dict[str, Answer]:
    return {
        key: replace(a, point=a.point / 10, low=a.low / 10, high=a.high / 10) if isinstance(a, Estimate) else a
        for key, a in answers.items()
    }


def effect(
    component: str,
    kept: Answer,
    margin: Answer,
    cost: Answer,
    experience: Answer,
    *,
    net: Answer,
    reached: int = 812,
    grade: str = "C",
) -> ComponentEffect:
    answers = {
        "experience": experience,
        "customers_kept": kept,
        "revenue_kept": margin,
        "margin_kept": margin,
        "cost_saved": cost,
        "net_benefit": net,
    }
    shares = {key: answers[key] for key in ("margin_kept", "cost_saved", "net_benefit", "experience")}
    return ComponentEffect(
        component=component,
        incidents=reached + 91,
        customers_reached=reached,
        hazard_ratio=Estimate(1.62, 1.2, 2.1, 0.95, "ratio", 4012, 120, "Cox") if kept is not FEW_CHURNERS else kept,
        **answers,
        tenth=tenth_of(**answers),
        joint_share=shares,
        seen_after=points(12.3, 4.0, 20.1),
        seen_otherwise=points(34.2, 31.9, 36.6),
        rank_best=1,
        rank_worst=2,
        grade=grade,  # type: ignore[arg-type]  # keywords come from a mapping
        warnings=("CX512",),
    )


def ordinary_effects() -> tuple[ComponentEffect, ...]:
    return (
        effect(
            "billing",
            heads(29.3, 6.1, 51.8),
            euros(118_200, 25_300, 209_900),
            euros(12_100, 7_000, 16_900),
            points(0.81, -0.24, 1.93),
            net=euros(130_300, 36_000, 224_000),
            reached=530,
            grade="B",
        ),
        effect(
            "delivery",
            heads(48.2, 21.1, 76.9),
            euros(186_400, 80_100, 290_300),
            euros(31_000, 22_200, 39_700),
            points(2.12, 1.31, 2.94),
            net=euros(217_400, 108_000, 325_000),
        ),
        effect("support", FEW_CHURNERS, FEW_CHURNERS, NO_HANDLING, FEW_ANSWERS, net=FEW_CHURNERS, reached=640),
        effect(
            "website",
            heads(3.4, -5.1, 12.2),
            euros(14_100, -19_800, 47_700),
            NO_HANDLING,
            points(0.32, 0.04, 0.61),
            net=NO_HANDLING,
            reached=1204,
            grade="D",
        ),
    )


def joint() -> JointEffect:
    return JointEffect(
        points(2.71, 1.6, 3.8),
        heads(70.4, 33.3, 108.1),
        euros(263_000, 120_000, 400_000),
        euros(263_000, 120_000, 400_000),
        euros(41_000, 30_000, 52_000),
        euros(304_000, 150_000, 452_000),
    )


def overlap() -> JointEffect:
    return JointEffect(
        points(-0.52, -0.9, -0.1),
        heads(-6.4, -14.2, -1.1),
        euros(-55_700, -98_000, -12_000),
        euros(-55_700, -98_000, -12_000),
        euros(-2_000, -3_500, -400),
        euros(-57_700, -101_000, -13_000),
    )


def measured(point: float, low: float, high: float, unit: str, n: int = 800) -> Estimate:
    return Estimate(point, low, high, 0.95, unit, n, 120, "by hand")


def segments(*sizes: int) -> Segments:
    """Plans of so many active customers; 60% of them met each component."""
    effects = ordinary_effects()

    def ratio(point: float) -> Estimate:
        return measured(point, point * 0.8, point * 1.25, "hazard ratio")

    def alone(place: int) -> JointEffect:
        one = effects[place]
        return JointEffect(
            one.experience, one.customers_kept, one.revenue_kept, one.margin_kept, one.cost_saved, one.net_benefit
        )

    counts = dict(zip(("basic", "plus", "pro"), sizes or (2400, 1500, 112), strict=True))
    parts = tuple(
        Segment(
            "plan",
            value,
            size,
            tuple(
                SegmentEffect(one.component, 6 * size // 10, alone(place), 0.01) for place, one in enumerate(effects)
            ),
            joint(),
        )
        for value, size in counts.items()
    )
    few = NotEstimable("fewer than two segments have 10 leavers", "a longer observed window")
    ratios = (
        SegmentRatios("plan", "billing", (("basic", ratio(1.3)), ("plus + pro", ratio(2.6))), 0.001, 0.003),
        SegmentRatios("plan", "delivery", (("basic", ratio(1.7)), ("plus + pro", ratio(1.8))), 0.6, 0.6),
        SegmentRatios("plan", "website", (), few, few),
    )
    return Segments(parts, ratios)


def serving() -> tuple[ComponentServing, ...]:
    few = NotEstimable("9 tickets, needs 10", "more tickets")
    billing = ComponentServing(
        component="billing",
        by_ledger=measured(14.91, 14.59, 15.34, "EUR an incident"),
        by_model=measured(14.87, 14.53, 15.29, "EUR an incident"),
        variance_power=measured(1.96, 0.22, 3.69, "power of the mean"),
        curvature=measured(0.1, -0.4, 0.6, "of the square of the predictor"),
        repeated_week=measured(0.018, 0.014, 0.023, "share of first contacts"),
        repeated_month=measured(0.079, 0.07, 0.088, "share of first contacts"),
        first_contact=measured(14.9, 14.52, 15.28, "EUR"),
        with_chain=measured(16.23, 15.81, 16.65, "EUR"),
    )
    delivery = ComponentServing("delivery", few, few, few, few, few, few, few, few)
    return (billing, delivery)


def customer_groups() -> CustomerGroups:
    no_cost = NotEstimable("no cost of acquisition is given", "[finance] acquisition_cost")

    def group(name: str, customers: int, times: float = 1.0) -> CustomerGroup:
        return CustomerGroup(
            name=name,
            customers=customers,
            price=measured(53.2, 50.1, 56.3, "EUR a month"),
            leaving=measured(0.021 / times, 0.018 / times, 0.025 / times, "leavers a customer and month"),
            incidents=measured(0.31, 0.29, 0.33, "incidents a customer and month"),
            hours_to_close=measured(11.2 * times, 10.1 * times, 12.3 * times, "hours"),
            margin=measured(382.1, 376.0, 388.3, "EUR"),
            over_winning=no_cost,
            largest_part=0.01,
        )

    return CustomerGroups(
        horizon_months=12,
        bands=(group("below 90 days", 92), group("1-2 years", 1220, 1.4), group("2 years and more", 2700, 2.0)),
        cohorts=(group("2023 and before", 2700), group("2024", 1312)),
        new_margin=measured(353.7, 335.1, 374.9, "EUR"),
        acquisition_cost=None,
        winning=no_cost,
        new_customers=436,
    )


def promise_gaps() -> tuple[PromiseGap, ...]:
    none = NotEstimable("6 leavers with such a touchpoint, needs 10", "a longer window")
    return (
        PromiseGap(
            component="delivery",
            measure="days",
            touchpoints=14_703,
            customers=2_100,
            mean_gap=measured(-0.472, -0.503, -0.442, "days"),
            share_late=Estimate(0.123, 0.118, 0.128, 0.95, "share", 2_100, 14_703, "Wilson"),
            within=measured(1.98, 1.91, 2.05, "days"),
            between=measured(0.31, 0.22, 0.37, "days"),
            score_late=measured(-3.1, -5.2, -1.0, "NPS points by days"),
            score_early=measured(0.5, -0.6, 1.6, "NPS points by days"),
            score_spread=measured(-1.2, -2.3, -0.1, "NPS points by days"),
            score_incident=measured(-21.2, -28.3, -14.1, "NPS points"),
            leaving=GapRatios("delivery", "days", measured(1.12, 1.03, 1.22, "hazard ratio"), none, none),
        ),
    )


def employees() -> Employees:
    def outcome(name: str, unit: str) -> ServiceOutcome:
        lags = (measured(-0.61, -0.71, -0.51, unit, 16), measured(-0.32, -0.42, -0.21, unit, 16))
        last = measured(0.03, -0.08, 0.13, unit, 16)
        lead = measured(-0.14, -0.24, -0.04, unit, 16) if "csat" in name else measured(-0.01, -0.11, 0.09, unit, 16)
        return ServiceOutcome(name, (*lags, last), measured(-0.9, -1.09, -0.71, unit, 16), lead)

    unknown = NotEstimable("no ticket of a team says it", "customer_id of tickets")
    return Employees(
        teams=16,
        months=24,
        outcomes=(
            outcome("minutes a ticket", "minutes a ticket by point of engagement"),
            ServiceOutcome("repeat contacts", (unknown,) * 3, unknown, unknown),
            outcome("ticket csat", "CSAT points of tickets by point of engagement"),
        ),
    )


def drivers() -> Drivers:
    few = NotEstimable("7 customers answered both after an incident and without one, needs 30", "customers asked again")

    def driver(name: str, points: float, *, again: bool, strays: tuple[float, ...] = ()) -> ComponentDriver:
        def answer(times: float, n: int) -> Estimate:
            return measured(points * times, points * times - 6.3, points * times + 6.3, "NPS points", n)

        return ComponentDriver(
            name,
            130,
            112,
            (
                ScoreContrast("difference", "D", answer(1.6, 900)),
                ScoreContrast("like_for_like", "B", answer(1.1, 64) if again else few),
                ScoreContrast("within", "B", answer(1.0, 64) if again else few),
                ScoreContrast("adjusted", "C", answer(1.4, 900)),
                ScoreContrast("ordinal", "C", answer(1.3, 900)),
            ),
            OddsCheck(0.003 if strays else 0.4, (5.0, 6.0, 7.0, 8.0, 9.0), strays),
        )

    def touchpoint(name: str, share: float, low: float, high: float, place: int) -> RatedTouchpoint:
        kinds = {1: ("penalty", True), 2: ("reward", False)}
        kind, stable = kinds.get(place, ("undetermined", True))
        return RatedTouchpoint(
            component=name,
            answers=640,
            customers=410,
            mean=measured(3.91, 3.82, 4.0, "rating", 410),
            share=measured(share, share - 0.03, share + 0.04, "share of variance", 410),
            rank_best=place,
            rank_worst=min(place + 1, 3),
            low_rating=measured(low, low - 8, low + 8, "NPS points", 410),
            high_rating=measured(high, high - 8, high + 8, "NPS points", 410),
            balance=measured(low + high, low + high - 12, low + high + 12, "NPS points", 410),
            kind=kind,  # type: ignore[arg-type]  # one of its words
            stable=stable,
        )

    ratings = RatingDrivers(
        answers=700,
        customers=431,
        unrated=200,
        r2=0.31,
        r2_others=0.02,
        low=2.0,
        high=5.0,
        touchpoints=(
            touchpoint("delivery", 0.14, -41.0, 9.0, 1),
            touchpoint("shop", 0.11, -6.0, 33.0, 2),
            touchpoint("app", 0.04, -12.0, 8.0, 3),
        ),
        left_out=(("branch", NotEstimable("8 customers rated it, needs 30", "more ratings")),),
    )
    components = (driver("billing", -12.0, again=False), driver("delivery", -31.0, again=True, strays=(7.0,)))
    level = measured(31.4, 29.1, 33.6, "NPS points", 800)
    return Drivers(90, (KpiDrivers("nps", "NPS points", 900, 780, level, components, ratings),), ())


def hostile_drivers() -> Drivers:
    """Names of components come from the exports, and so do those of rated touchpoints."""
    (one,) = drivers().kpis
    assert isinstance(one.ratings, RatingDrivers)
    strays = one.components[1]
    ratings = replace(
        one.ratings,
        touchpoints=tuple(replace(one.ratings.touchpoints[1], component=name) for name in HOSTILE_NAMES),
        left_out=tuple((name, one.ratings.left_out[0][1]) for name in HOSTILE_NAMES),
    )
    components = tuple(replace(strays, component=name) for name in HOSTILE_NAMES)
    return replace(drivers(), kpis=(replace(one, components=components, ratings=ratings),))


def doubts() -> Doubts:
    few = NotEstimable("negative controls: 3, needs 5", "more involuntary ends")
    lead = Estimate(-8.12, -12.3, -3.9, 0.95, "NPS points", 812, 640, "later incidents")
    price = Estimate(0.0003, -0.0009, 0.0015, 0.95, "log price", 812, 640, "later incidents")
    ends = Estimate(1.08, 0.81, 1.43, 0.95, "hazard ratio", 4012, 41, "Cox")
    too_few = NotEstimable("6 answers before an incident, needs 10", "a longer observed window")

    def component(name: str, grade: str, *reasons: str) -> ComponentDoubt:
        score = ScoreDoubt(points(-21.2, -28.3, -14.1), 0.02, 0.134, 0.091, 1.92, 1.61, "plan", 0.02, 0.01, 7.43)
        return ComponentDoubt(
            name,
            grade,  # type: ignore[arg-type]  # C or D
            reasons,
            0.0021,
            0.00004,
            0.013,
            few,
            score if name != "support" else None,
            ExposureSpread(name, 7 if name == "support" else 812, 0.02, 0.031, ("plan=pro",)),
        )

    return Doubts(
        components=(
            component("billing", "C"),
            component("delivery", "C"),
            component("support", "D"),
            component("website", "D", "its later incidents go with earlier scores"),
        ),
        placebos=(
            Placebo("billing", "later incidents and scores", too_few),
            Placebo("billing", "later incidents and prices", price, 0.62, 0.81, 0.0017),
            Placebo("delivery", "involuntary ends", ends, 0.61, 0.81),
            Placebo("website", "later incidents and scores", lead, 0.0002, 0.0011, 6.0, failed=True),
        ),
        joint_scores=0.0007,
        joint_prices=0.41,
        winner=CorrectedWinner(
            "delivery",
            euros(217_400, 108_000, 325_000),
            euros(188_000, 21_000, 316_000),
            NotEstimable("2 estimates: at least 4 are needed to shrink", "more components with a net benefit"),
        ),
        measured_late=("usage",),
    )


def ledger() -> tuple[LedgerEntry, ...]:
    refused = (
        QuarantinedRow("exports/invoices.csv", 17, "amount", "CX121", "not a number", "=1+1,2025-01-03,12;50"),
        QuarantinedRow("exports/invoices.csv", 90, "amount", "CX121", "not a number", 'A-17,"2025-02-31",9'),
        QuarantinedRow("exports/invoices.csv", 95, "charged_on", "CX122", "no such day", "@x\x00,\udce9,1"),
    )
    return (
        LedgerEntry("feedback", "exports/nps.csv", 5210, 5200, 10, 0, {}, {}, "utf-8", ",", "%Y-%m-%d", "."),
        LedgerEntry(
            "revenue",
            "exports/invoices.csv",
            40_103,
            40_100,
            0,
            3,
            {"EUR": 412_345_678},
            {"EUR": 12_50},
            "cp1257",
            ";",
            "%d.%m.%Y",
            ",",
            rows_rounded=2,
            quarantine=refused,
        ),
    )


def curve() -> tuple[CurvePoint, ...]:
    days = np.arange(0, 800, 9)
    kept = np.exp(-days / 1500)
    return tuple(
        CurvePoint(
            "all", int(day), float(s), float(s - day / 16000), float(min(1, s + day / 16000)), 4000 - 4 * int(day)
        )
        for day, s in zip(days, kept, strict=True)
    )


def linked() -> Linked:
    empty = pd.DataFrame()
    customers = pd.DataFrame(
        {
            "customer": [0, 1, 2],
            "customer_id": ["C-1", "=2+3", "ķ\x1b"],
            "acquired_day": [19000, 19010, 19020],
            "start": [0, 0, 5],
            "stop": [700, 30, 400],
            "event": [0, 1, 0],
            "at_risk": [True, True, True],
            "active": [True, False, True],
            "tenure": [700, 30, 400],
            "monthly_price": [10.0, 12.5, np.nan],
            "plan": ["basic", "pro", None],
        }
    )
    incidents = pd.DataFrame(
        {
            "customer": [0, 1],
            "component": ["delivery", "billing"],
            "cause": ["late", ""],
            "incident_day": [19100, 19020],
            "table": ["tickets", "feedback"],
            "record_id": ["T-1", "R-1"],
        }
    )
    responses = pd.DataFrame(
        {
            "customer": [0, -1],
            "responded_day": [19110, 19120],
            "nps": [9.0, np.nan],
            "csat": [np.nan, 4.0],
            "ces": [np.nan, np.nan],
            "event_failed": [None, None],
            "event_component": ["", ""],
        }
    )
    return Linked(
        customers=customers,
        covariates=np.zeros((3, 0)),
        covariate_names=(),
        incidents=incidents,
        experiences=empty,
        responses=responses,
        tickets=empty,
        price_changes=empty,
        movements=pd.DataFrame({"month": ["2025-01", "2025-02"], "new": [1200, 0], "churn": [0, -300]}),
        reconciliation=(("recurring, matched", 342_246_912), ("matched to no customer", 70_098_766)),
        components=("billing", "delivery", "support", "website"),
        business="subscription",
        linkage=Linkage(4500, 0.71, 0.95, None, 0.8, 0.83),
        from_day=19000,
        to_day=20453,
        churn_refusal=None,
        money_refusal=None,
        messages=(
            Message(
                "CX204", "warning", "link", "29% of feedback has no customer.", "Export the customer's id with it."
            ),
        ),
    )


def causes(*names: tuple[str, str]) -> tuple[CauseCount, ...]:
    share = Estimate(0.123, 0.101, 0.147, 0.95, "share", 5200, 640, "Wilson")
    trend = Estimate(1.18, 1.02, 1.37, 0.95, "rate ratio a year", 36, 720, "log-linear rate")
    texts = ("It came late again, call me: jane@example.com", HOSTILE_COMMENT, "الطلب متأخر جدا ورقمي ٠٥٠١٢٣٤٥٦٧")
    return tuple(CauseCount(a, b, 640, 212, 498, share, ("R-1", "R-2"), texts, share, trend) for a, b in names)


def put_responses(engine: Engine, responses: pd.DataFrame) -> None:
    """What the report reads of the answers is a view, which the stage before leaves on the engine."""
    columns = "customer BIGINT, responded_day INTEGER, nps DOUBLE, response_id VARCHAR"
    engine.execute(f"CREATE OR REPLACE TABLE linked_responses ({columns})")
    if len(responses):
        ids = [f"R-{number}" for number in range(1, len(responses) + 1)]
        rows = responses[["customer", "responded_day", "nps"]].assign(response_id=ids)
        engine.append("linked_responses", rows)


@pytest.fixture
def result() -> Iterator[RunResult]:
    engine = open_engine("duckdb")
    put_responses(engine, linked().responses)
    yield RunResult(
        project="Acme",
        currency="EUR",
        seed=1,
        horizon_months=12,
        exposure_days=90,
        gross_margin=0.7,
        audience="internal",
        verbatims=3,
        loaded=Loaded(engine, ledger(), {}, {}, date(2023, 1, 1), date(2025, 12, 31), ()),
        tagged=Tagged(
            pd.DataFrame(
                {
                    "record_id": ["R-1"],
                    "table": ["feedback"],
                    "component": ["delivery"],
                    "cause": ["late"],
                    "start": [3],
                }
            ),
            "1",
            "abc",
            (),
        ),
        linked=linked(),
        causes=causes(("delivery", "late"), ("billing", "wrong amount")),
        unexplained=(
            Unexplained("low scores", 61, 240, points(0.254, 0.21, 0.303)),
            Unexplained("tickets", 0, 0, NotEstimable("there are no tickets", "tickets")),
            Unexplained("leavers", 7, 488, points(0.014, 0.007, 0.029)),
        ),
        churn=ChurnFit(4500, 488, 12, {}, {}, {}, curve(), None, None, ()),
        impact=Impact(
            "nps",
            "NPS points",
            4012,
            ordinary_effects(),
            joint(),
            overlap(),
            points(31.2, 29.0, 33.4),
            (),
            groups=customer_groups(),
            promises=promise_gaps(),
            employees=employees(),
            segments=segments(),
            serving=serving(),
            doubts=doubts(),
        ),
        drivers=drivers(),
        kpis=compared_kpis(),
        monitoring=monitored_months(),
        readiness=(
            Readiness("customers kept", True, ""),
            Readiness("cost saved by website", False, "handle_minutes or cost in tickets"),
        ),
        messages=(),
    )
    engine.close()


@pytest.fixture
def hostile(result: RunResult) -> RunResult:
    """The same run with names and comments that try to break out of every format."""
    template = ordinary_effects()[1]
    effects = tuple(replace(template, component=name) for name in HOSTILE_NAMES)
    return replace(
        result,
        project="::set-output name=p::\x9b31mAcme<img src=x onerror=alert(1)>",
        impact=replace(
            result.impact,
            components=effects,
            promises=tuple(replace(promise_gaps()[0], component=name, measure=name) for name in HOSTILE_NAMES),
        ),
        drivers=hostile_drivers(),
        kpis=compared_kpis(HOSTILE_KPI),
        tracking=tracked_changes(HOSTILE_KPI),
        monitoring=monitored_months(*HOSTILE_NAMES),
        causes=causes(*((name, name) for name in HOSTILE_NAMES)),
        messages=(Message("CX999", "warning", "tag", f"odd: {HOSTILE_NAMES[0]} ##[error]x", "rename it"),),
        readiness=(Readiness(HOSTILE_NAMES[6], False, HOSTILE_NAMES[3]),),
    )


@pytest.fixture
def document(result: RunResult) -> Document:
    return build_document(result)
