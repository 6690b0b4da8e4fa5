"""Colours can be read, and the style sheet holds all that the charts use."""

from __future__ import annotations

import re
from importlib import resources
from itertools import combinations

import pytest

from cxlink.report.charts.palette import CSS, DARK, LIGHT, SERIES, TEXTS, contrast_of, flatten_css
from tests.report.charts.colour_vision import VISION, distance
from tests.report.charts.examples import draw_all, draw_hostile
from tests.report.charts.reading import parse

TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
FAR_APART = 10.0  # four times what is just noticed


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast_of("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_of("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast_of("#123456", "#123456") == 1


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_texts_and_lines_stand_out_from_the_page(colours: dict[str, str]) -> None:
    assert all(contrast_of(colours[name], colours["page"]) >= TEXT_CONTRAST for name in TEXTS)
    assert all(contrast_of(colours[name], colours["page"]) >= LINE_CONTRAST for name in SERIES)


def test_the_pages_are_those_of_the_report() -> None:
    style = resources.files("cxlink.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    light, dark = (set(re.findall(rf"--{name}: (#\w+);", style)) for name in ("page", "ink"))
    assert {LIGHT["page"], DARK["page"]} <= light
    assert {LIGHT["ink"], DARK["ink"]} <= dark


def test_texts_are_written_in_the_colours_for_texts() -> None:
    fills = re.findall(r"\.chart (?:text|\.sm)\{[^}]*?fill:var\(--chart-(\w+)\)", CSS)
    assert set(fills) == set(TEXTS)
    named = {name for drawn in draw_all().values() for name in _classes(drawn.svg, "text")}
    assert named <= {"sm", "hd"}


def test_all_classes_and_variables_are_in_the_style_sheet() -> None:
    used = {name for drawn in (draw_all() | draw_hostile()).values() for name in _classes(drawn.svg)}
    assert used <= set(re.findall(r"\.([a-z]\w+)", CSS))
    assert set(re.findall(r"var\(--chart-(\w+)\)", CSS)) <= set(LIGHT)
    assert set(LIGHT) == set(DARK)


def test_the_style_sheet_loads_nothing() -> None:
    assert not re.search(r"url|@import|http|<", CSS)
    assert "var(" not in flatten_css(DARK)


def _classes(svg: str, tag: str = "") -> set[str]:
    elements = [element for element in parse(svg).iter() if element.tag.endswith(tag)]
    return {name for element in elements for name in element.attrib.get("class", "").split()}


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_series_are_told_apart_with_any_kind_of_colour_vision(colours: dict[str, str], vision: str) -> None:
    pairs = combinations((*SERIES, "ink"), 2)
    assert min(distance(colours[one], colours[other], vision=vision) for one, other in pairs) > FAR_APART


def test_each_series_has_a_dash_of_its_own() -> None:
    dashes = re.findall(r"\.chart \.d\d\{stroke-dasharray:([\d ]+)\}", CSS)
    assert len({"", *dashes}) == len(SERIES)
