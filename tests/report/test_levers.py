"""The levers of a page: figures that come back as they were, and nothing of what is refused or hidden."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Levers, RunResult
from cxlink.handoff.levers import QUANTITIES
from cxlink.report import lever_words
from cxlink.report.document import build_document
from cxlink.report.html import render_html
from cxlink.report.lever_data import LARGEST, LeverBoard, pack_series, unpack_series, write_block
from cxlink.report.lever_sections import NOTHING
from tests.report.conftest import HOSTILE_NAMES

SIZES = np.array([0.14644660940672, 0.5, 0.85355339059328, 1.0])
MONTHS = (3, 6, 9, 12)
MOST_BYTES = 350_000


def made_levers(*names: str, n_draws: int = 50) -> Levers:
    rng = np.random.default_rng(3)
    size = np.array([40.0, 90_000.0, 9_000.0, 2.0])[:, None] * np.array([0.1, 0.35, 0.7, 1.0])
    point = rng.normal(1.0, 0.3, (len(names), 1, 4, 1)) * SIZES[:, None, None] * size
    draws = point * rng.normal(1.0, 0.4, (n_draws, len(names), 1, 4, 1))
    return Levers(names, SIZES, MONTHS, np.array([2.97, 5.89, 8.75, 11.55]), point, draws)


def with_levers(result: RunResult, **changed: object) -> RunResult:
    names = tuple(effect.component for effect in result.impact.components)
    impact = replace(result.impact, levers=made_levers(*names))
    return replace(result, impact=impact, **changed)  # type: ignore[arg-type]  # fields by name


def board_of(result: RunResult) -> LeverBoard:
    board = build_document(result).levers
    assert board is not None
    return board


def block_of(page: str) -> str:
    [block] = re.findall(r'<script type="application/json" id="lever-data">(.*?)</script>', page, re.DOTALL)
    return str(block)


def test_figures_come_back_within_half_a_step() -> None:
    levers = made_levers("a", "b")
    for place in range(2):
        for row in range(4):
            point, draws = levers.point[place, :, row], levers.draws[:, place, :, row]
            found = unpack_series(pack_series(point, draws), len(SIZES), len(MONTHS))
            told = np.concatenate([point[None], draws])
            half = np.abs(told).max(axis=0) / LARGEST / 2
            assert (np.abs(found - told) <= half * (1 + 1e-6)).all()


def test_nothing_gained_comes_back_as_nothing() -> None:
    series = pack_series(np.zeros((4, 4)), np.zeros((10, 4, 4)))
    assert (unpack_series(series, 4, 4) == 0).all()


def test_what_is_refused_has_a_reason_and_no_number(result: RunResult) -> None:
    board = board_of(with_levers(result))
    effects = {effect.component: effect for effect in result.impact.components}
    assert [one.name for one in board.components] == ["delivery", "billing", "website", "support"]
    for one in board.components:
        for key in QUANTITIES:
            series, told = getattr(one, key), getattr(effects[one.name], key)
            if isinstance(told, Estimate):
                assert series.numbers
                assert not series.refusal
            else:
                assert series.refusal.startswith(told.reason)
                assert (series.numbers, series.scales) == ("", ())
    website = board.components[2]
    assert website.no_npv == "no ticket of this component has a cost. Needs: handle_minutes or cost in tickets."
    assert board.components[board.chosen].name == "delivery"


def test_a_margin_that_is_not_configured_is_left_to_the_reader(result: RunResult) -> None:
    missing = NotEstimable("gross margin is not set", "[finance] gross_margin")
    effects = tuple(replace(one, margin_kept=missing, net_benefit=missing) for one in result.impact.components)
    bare = replace(result, gross_margin=None, impact=replace(result.impact, components=effects))
    board = board_of(with_levers(bare))
    named = {one.name: one for one in board.components}
    assert board.margin is None
    assert named["delivery"].no_npv == ""
    assert named["website"].no_npv != ""  # its cost is not known, whatever the margin
    assert 'id="lever-margin" min="0" max="100" step="any" value=""' in render_html(build_document(with_levers(bare)))


def test_a_benefit_that_is_refused_has_no_npv(result: RunResult) -> None:
    why = NotEstimable("one customer makes up more than half", "a larger group")
    effects = tuple(replace(one, net_benefit=why) for one in result.impact.components)
    refused = replace(result, gross_margin=0.7, impact=replace(result.impact, components=effects))
    assert all(one.no_npv for one in board_of(with_levers(refused)).components)


def test_what_is_hidden_from_the_public_is_not_in_the_page(result: RunResult) -> None:
    few = tuple(
        replace(one, customers_reached=4) if one.component == "delivery" else one for one in result.impact.components
    )
    public = replace(result, audience="published", impact=replace(result.impact, components=few))
    board = board_of(with_levers(public))
    hidden = next(one for one in board.components if one.name == "delivery")
    assert all(getattr(hidden, key).numbers == "" for key in QUANTITIES)
    assert "suppressed" in hidden.no_npv
    everything = board_of(with_levers(result))
    shown = next(one for one in everything.components if one.name == "delivery")
    page = render_html(build_document(with_levers(public)))
    assert all(getattr(shown, key).numbers not in page for key in QUANTITIES)


def test_levers_that_were_refused_say_why(result: RunResult) -> None:
    nobody = NotEstimable("nobody is active at the cut-off", "customers still active")
    document = build_document(replace(result, impact=replace(result.impact, levers=nobody)))
    page = render_html(document)
    assert "Levers cannot be told: nobody is active at the cut-off. Needs: customers still active." in page
    assert "lever-data" not in page.split("<footer>")[0]
    assert build_document(result).levers is None
    assert "lever-board" not in render_html(build_document(result)).split("<footer>")[0]


def test_nothing_told_of_any_component_is_said(result: RunResult) -> None:
    why = NotEstimable("6 exposed churners", "10 exposed churners")
    effects = tuple(
        replace(one, customers_kept=why, revenue_kept=why, cost_saved=why, experience=why)
        for one in result.impact.components
    )
    board = board_of(with_levers(replace(result, impact=replace(result.impact, components=effects))))
    assert board == LeverBoard(f"{NOTHING}.")


def test_hostile_names_do_not_leave_the_block(hostile: RunResult) -> None:
    page = render_html(build_document(with_levers(hostile)))
    block = block_of(page)
    assert not set("<>&\u2028\u202e") & set(block)
    names = [one["name"] for one in json.loads(block)["components"]]
    assert "<script>alert(1)</script>" in names
    assert "safe\\u202eevil\\u2066" in names
    assert len(names) == len(HOSTILE_NAMES)


def test_the_block_is_the_board_and_the_words(result: RunResult) -> None:
    board = board_of(with_levers(result))
    told = json.loads(block_of(render_html(build_document(with_levers(result)))))
    assert told["words"] == lever_words.WORDS
    assert told["components"][0]["experience"]["scales"] == list(board.components[0].experience.scales)
    assert write_block(board, {}) == write_block(board_of(with_levers(result)), {})


def test_a_board_is_made_of_plain_values(result: RunResult) -> None:
    def check(value: object) -> None:
        if is_dataclass(value):
            for one in fields(value):
                check(getattr(value, one.name))
        elif isinstance(value, tuple):
            for one in value:
                check(one)
        else:
            assert type(value) in (str, int, float, type(None))

    check(board_of(with_levers(result)))


def test_six_components_fit_into_the_page(result: RunResult) -> None:
    effect = next(one for one in result.impact.components if one.component == "delivery")
    names = [f"component {number}" for number in range(6)]
    impact = replace(
        result.impact,
        components=tuple(replace(effect, component=name) for name in names),
        levers=made_levers(*names, n_draws=200),
    )
    page = render_html(build_document(replace(result, impact=impact)))
    assert len(page) - len(render_html(build_document(result))) < MOST_BYTES
    assert len(block_of(page)) < MOST_BYTES


@pytest.mark.parametrize(("margin", "shown"), [(None, ""), (0.7, "70"), (0.335, "33.5"), (1.0, "100")])
def test_a_margin_is_shown_in_percent(margin: float | None, shown: str) -> None:
    assert lever_words.percent(margin) == shown
