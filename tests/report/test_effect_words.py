"""Figures in words: the sentence says what the figure says, in the direction that is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ComponentEffect, RunResult
from cxlink.report.effect_words import QUANTITIES, Frame, build_word_section, frame_of, say_effect, say_impact
from cxlink.report.impact_sections import build_impact_sections, impact_table
from cxlink.report.terminal_impact import render_impact

FRAME = Frame(4012, 12, 90, "EUR", "nps")


def estimate(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "", 500, 80, "test")


def effect_with(result: RunResult, **answers: Estimate | NotEstimable) -> ComponentEffect:
    effect = replace(result.impact.components[0], component="delivery")
    for key, answer in answers.items():
        object.__setattr__(effect, key, answer)  # a copy of its own: nobody else sees it
    return effect


def test_every_quantity_has_a_sentence_that_bears_its_figure(result: RunResult) -> None:
    answers = {key: estimate(180.0, 80.0, 290.0) for key in QUANTITIES}
    told = say_effect(effect_with(result, **answers), FRAME)
    assert set(told) == set(QUANTITIES)
    for key in QUANTITIES:
        assert "180 (80-290)" in told[key]
        assert "delivery" in told[key]
        assert "cannot tell" not in told[key]
    assert "EUR 180 (80-290)" in told["margin_kept"]
    assert "of the 4,012 active customers" in told["customers_kept"]


@pytest.mark.parametrize(
    ("key", "more", "less"),
    [
        ("customers_kept", " more of", " fewer of"),
        ("margin_kept", " more margin", " less margin"),
        ("cost_saved", "would not be spent", "more would be spent"),
        ("net_benefit", " better ", " worse "),
        ("experience", " higher", " lower"),
    ],
)
def test_a_loss_is_said_as_one_and_its_range_turned_with_it(result: RunResult, key: str, more: str, less: str) -> None:
    gain = say_effect(effect_with(result, **{key: estimate(20.0, 10.0, 40.0)}), FRAME)[key]
    loss = say_effect(effect_with(result, **{key: estimate(-20.0, -40.0, -10.0)}), FRAME)[key]
    assert more in gain
    assert less not in gain
    assert less in loss
    assert "20 (10-40)" in gain
    assert "20 (10-40)" in loss


def test_an_interval_that_holds_nothing_is_said_to(result: RunResult) -> None:
    told = say_effect(effect_with(result, customers_kept=estimate(-3.0, -12.0, 6.0)), FRAME)["customers_kept"]
    assert "3 (-6 to 12) fewer" in told
    assert "cannot tell whether it is anything" in told
    ratio = say_effect(effect_with(result, hazard_ratio=estimate(1.05, 0.9, 1.2)), FRAME)["hazard_ratio"]
    assert "cannot tell whether it moves leaving" in ratio


def test_what_is_refused_says_why_and_what_it_needs(result: RunResult) -> None:
    refusal = NotEstimable("no gross margin is given", "[finance] gross_margin")
    told = say_effect(effect_with(result, margin_kept=refusal), FRAME)["margin_kept"]
    assert told == "Cannot be told: no gross margin is given. It needs [finance] gross_margin."


def test_section_and_table_hold_every_component(result: RunResult) -> None:
    frame = frame_of(result)
    names = {effect.component for effect in result.impact.components}
    assert names <= {said.name for said in say_impact(result.impact, frame)}
    assert names <= {row[0] for row in build_word_section(result.impact, frame).rows}
    table = impact_table(result.impact, frame)
    assert names <= set(table["component"])
    # a figure or a reason in every row
    assert (table["point"].notna() ^ (table["not_estimable"] != "")).all()
    assert (table.loc[table["component"].isin(names), "in_words"] != "").all()
    figures, _ = build_impact_sections(result.impact, frame)
    assert {len(row) for row in figures.rows} == {len(figures.columns)}


@pytest.mark.parametrize("width", [40, 80, 100])
def test_no_line_is_wider_than_the_terminal(result: RunResult, width: int) -> None:
    lines = render_impact(result.impact, frame_of(result), width, published=False)
    assert max(line.cell_len for line in lines) <= width


def test_where_nobody_is_active_the_score_is_that_of_the_answers_given(result: RunResult) -> None:
    frame = replace(FRAME, population=0)
    told = say_effect(effect_with(result, experience=estimate(0.5, 0.2, 0.8)), frame)["experience"]
    assert "of the answers given would have been 0.50 (0.20-0.80) points higher" in told
    assert "answers given" in build_word_section(result.impact, frame).notes[0]
