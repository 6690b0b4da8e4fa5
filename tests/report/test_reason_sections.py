"""Reasons behind the score as they are shown: rounded, refused, and for the public."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from rich.cells import cell_len

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import DescribedScores, JudgedModel, JudgedReasons, LeavingPrediction, ReasonShares, ScoreReasons
from cxlink.report.reason_sections import build_reason_sections, reasons_table
from cxlink.report.section_formats import render_markdown_sections, render_sections

REFUSAL = NotEstimable("7 left within 6 months, needs 20", "more answers")


def estimate(point: float, half: float, *, n: int = 200, events: int = 40, unit: str = "") -> Estimate:
    return Estimate(point, point - half, point + half, 0.95, unit, n, events, "test")


def predicted(told: ScoreReasons, **changes: bool | float) -> ScoreReasons:
    assert isinstance(told.prediction, LeavingPrediction)
    return replace(told, prediction=replace(told.prediction, **changes))  # type: ignore[arg-type]  # names of its fields


def row(reason: str, shares: tuple[float, float, float], weight: Answer, *, events: int = 40) -> ReasonShares:
    one, two, three = (estimate(share, share / 4, events=events) for share in shares)
    return ReasonShares(reason, one, two, three, weight)


@pytest.fixture
def told() -> ScoreReasons:
    none = NotEstimable("no reason of its own", "a reason")
    few = NotEstimable("named by 7 detractors and promoters, needs 10", "more answers")
    described = DescribedScores(
        answers=4321,
        customers=1234,
        n_unknown=17,
        n_announcing=6,
        group_customers=(210, 320, 430),
        rows=(
            row("onboarding.activation_delay", (0.123, 0.061, 0.024), estimate(np.log(5), 0.4)),
            row("support.rude", (0.021, 0.0111, 0.004), few, events=7),
        ),
        no_reason=row("no reason", (0.6, 0.7, 0.8), none),
        no_words=row("no words", (0.3, 0.4, 0.5), none),
        prior="0.77, the mean of 12 reasons",
    )
    ratio, area = estimate(1.02, 0.2), estimate(0.66, 0.05)
    judged = JudgedReasons(
        months=6,
        split=date(2024, 12, 31),
        learnt=800,
        learnt_leavers=90,
        judged=400,
        judged_leavers=41,
        models=(
            JudgedModel("baseline", None, area, ratio),
            JudgedModel("score", estimate(0.0011, 0.002), area, ratio),
            JudgedModel("reasons", estimate(0.0123, 0.004), area, ratio),
            JudgedModel("both", estimate(0.0133, 0.005), area, ratio),
        ),
        beyond_score=estimate(0.0122, 0.004),
        why_shorter="answers do not reach back 48 months",
    )
    prediction = LeavingPrediction(
        months=6,
        answered_within_days=365,
        customers=300,
        without_price=3,
        leavers=estimate(41.2, 12, unit="customers"),
        money=estimate(34567.8, 9000, unit="EUR"),
        is_margin=True,
        largest_part=0.02,
    )
    return ScoreReasons(described, judged, prediction, ("plan", "region"), "EUR", date(2025, 12, 31))


def lines(told: ScoreReasons, *, published: bool = False) -> list[str]:
    return [line.plain for line in render_sections(build_reason_sections(told, published=published), 80)]


def test_it_fits_eighty_columns_and_says_what_was_found(told: ScoreReasons) -> None:
    shown = lines(told)
    assert max(map(cell_len, shown)) <= 80
    text = " ".join(" ".join(shown).split())
    assert "onboarding.activation_delay 12 (9-15) 6 (5-8) 2 (2-3) 5.0 (3.4-7.5)" in text
    assert "support.rude 2 (2-3) 1 (1-1) <1 (0-0) -" in text
    assert "with the reasons +12.3 (+8.3 to +16.3) 0.66 (0.61-0.71) 1.02 (0.82-1.22)" in text
    assert "margin they would have paid, EUR thousand 35 (26-44)" in text
    assert "will leave 41 (29-53)" in text
    assert "No more than 6 months: answers do not reach back 48 months." in text


def test_money_is_named_a_prediction_and_descriptive(told: ScoreReasons) -> None:
    prediction = build_reason_sections(told, published=False)[2]
    words = " ".join(prediction.notes)
    assert "A prediction (evidence: descriptive, D)" in words
    assert "not what a reason costs" in words
    revenue = predicted(told, is_margin=False)
    assert any("revenue they would have paid" in line for line in lines(revenue))


def test_a_refusal_says_why_and_shows_no_money(told: ScoreReasons) -> None:
    text = " ".join(" ".join(lines(replace(told, judged=REFUSAL, prediction=REFUSAL))).split())
    assert "Cannot be told: 7 left within 6 months, needs 20. Needs: more answers." in text
    assert "No number of leavers and no money: 7 left" in text
    assert "EUR" not in text


def test_a_model_that_was_wrong_on_the_whole_is_not_to_be_planned_with(told: ScoreReasons) -> None:
    assert "do not plan with it" not in " ".join(lines(told))
    assert isinstance(told.judged, JudgedReasons)
    wrong = replace(told.judged.models[2], observed_over_expected=estimate(1.6, 0.3))
    judged = replace(told.judged, models=(*told.judged.models[:2], wrong, told.judged.models[3]))
    assert "do not plan with it" in " ".join(" ".join(lines(replace(told, judged=judged))).split())


def test_reasons_that_only_repeat_the_score_are_named_so(told: ScoreReasons) -> None:
    assert "the score itself" not in " ".join(lines(told))
    assert isinstance(told.judged, JudgedReasons)
    judged = replace(told.judged, beyond_score=estimate(0.001, 0.004))
    assert "tell more than the score itself" in " ".join(" ".join(lines(replace(told, judged=judged))).split())


def test_the_public_sees_nothing_of_few_customers(told: ScoreReasons) -> None:
    text = " ".join(lines(told, published=True))
    assert "2 (2-3)  1 (1-1)" not in text
    assert "suppressed: fewer than 10 customers" in text
    table = reasons_table(told, published=True)
    rude = table.loc[table["name"] == "support.rude"]
    assert rude["point"].isna().all()
    assert "7" not in " ".join(rude["reason"])
    assert "<10 answers say" in text
    dominated = predicted(told, largest_part=0.6)
    assert "one customer makes up more than half" in " ".join(" ".join(lines(dominated, published=True)).split())
    small = predicted(told, customers=9)
    assert "No number of leavers and no money: suppressed" in " ".join(" ".join(lines(small, published=True)).split())
    refused = " ".join(lines(replace(told, judged=REFUSAL, prediction=REFUSAL), published=True))
    assert "7 left" not in refused


def test_programs_get_every_figure_once_and_unrounded(told: ScoreReasons) -> None:
    table = reasons_table(told, published=False)
    assert not table.duplicated(["section", "name", "measure"]).any()
    assert (table["point"].notna() | (table["reason"] != "")).all()
    weight = table.loc[(table["name"] == "onboarding.activation_delay") & (table["measure"] == "weight")]
    assert weight["point"].tolist() == [np.log(5)]
    assert set(table["measure"]) == {
        *("detractors", "passives", "promoters", "weight", "gain", "auc"),
        *("observed_over_expected", "leavers", "margin"),
    }
    markdown = render_markdown_sections(build_reason_sections(told, published=False))
    assert markdown.count("\n## ") == 2
