"""Charts as pictures; what needs the extra is skipped without it."""

from __future__ import annotations

import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cxlink.errors import ConfigError
from cxlink.report.charts import png
from cxlink.report.charts.palette import LIGHT
from cxlink.report.codes import CODES
from tests.report.charts.examples import HOSTILE, draw_all, draw_hostile, forest
from tests.report.charts.reading import parse, size_of


def paint(svg: str, width: int = 600) -> Image.Image:
    pytest.importorskip("resvg_py", reason='needs pip install "cxlink[png]"')
    return Image.open(BytesIO(png.to_png(svg, width))).convert("RGB")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ConfigError, match=r"CX660 .*resvg-py.*cxlink\[png\]"):
        png.to_png(draw_all()["forest"].svg, 600)
    assert "CX660" in CODES


def test_without_the_letters_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_FONTS", "nowhere")
    with pytest.raises(ConfigError, match=r"CX660 .*fonts.*cxlink\[png\]"):
        png.to_png(draw_all()["forest"].svg, 600)


@pytest.mark.parametrize("width", [0, -5, 8_001])
def test_a_width_out_of_range_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="pixels wide"):
        png.to_png("<svg/>", width)


def test_a_chart_with_its_style_is_whole() -> None:
    for drawn in (*draw_all().values(), *draw_hostile().values()):
        styled = png.with_style(drawn.svg)
        root = parse(styled)
        assert "var(" not in styled
        assert LIGHT["ink"] in (root[0].text or "")
        assert size_of(styled)[0] == size_of(drawn.svg)[0] + 24


@pytest.mark.parametrize("name", draw_all())
def test_a_picture_has_its_width_and_something_on_it(name: str) -> None:
    svg = draw_all()[name].svg
    width, height = size_of(png.with_style(svg))
    picture = paint(svg)
    assert picture.size[0] == 600
    # the painter takes whole units of the view box, and then whole pixels
    assert picture.size[1] == pytest.approx(600 * height / width, abs=600 / width + 1)
    pixels = np.asarray(picture)
    assert {tuple(pixels[0, 0]), tuple(pixels[-1, -1])} == {(255, 255, 255)}
    painted = {f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.unique(pixels.reshape(-1, 3), axis=0)}
    assert LIGHT["k0"] in painted


def test_the_same_chart_is_the_same_picture() -> None:
    pytest.importorskip("resvg_py", reason='needs pip install "cxlink[png]"')
    svg = draw_all()["control"].svg
    assert png.to_png(svg, 500) == png.to_png(svg, 500)


@pytest.mark.parametrize("label", [HOSTILE[5], HOSTILE[6], HOSTILE[7]])
def test_other_scripts_are_painted_with_letters_of_their_own(label: str) -> None:
    """A letter that the face does not have is an empty box: all words of as many letters would look the same."""
    boxes = "".join(" " if letter == " " else "漢" for letter in label)
    one, other = (np.asarray(paint(_draw(name))) for name in (label, boxes))
    assert one.shape != other.shape or (one != other).any()


def _draw(name: str) -> str:
    from cxlink.report.charts.forest import draw_forest

    return draw_forest(forest((name, "b", "c"))).svg
