"""What holds for every chart, in both directions, at every width, whatever the labels."""

from __future__ import annotations

import itertools
import re

import pytest

from cxlink.report.charts.canvas import Canvas, number
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.png import with_style
from tests.report.charts.examples import HOSTILE, draw_all, draw_hostile
from tests.report.charts.reading import circles_of, labels_of, parse, points_of, size_of

LOOKS = tuple(Look(width, mirrored) for width in (320, 440, 640) for mirrored in (False, True))
LARGEST = 12_000
TAGS = {"svg", "title", "desc", "text", "path", "circle"}
ATTRIBUTES = {"class", "d", "x", "y", "cx", "cy", "r", "text-anchor", "id", "viewBox", "direction", "role"}


def every_chart(look: Look) -> dict[str, Drawn]:
    return draw_all(look) | {f"{name} (hostile)": drawn for name, drawn in draw_hostile(look).items()}


CHARTS = [pytest.param(drawn, look, id=f"{name}-{look}") for look in LOOKS for name, drawn in every_chart(look).items()]


@pytest.mark.parametrize(("drawn", "look"), CHARTS)
def test_only_known_elements_and_attributes(drawn: Drawn, look: Look) -> None:
    for element in parse(drawn.svg).iter():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES | {"aria-labelledby", "aria-describedby", "unicode-bidi"}
    assert "http" not in drawn.svg


@pytest.mark.parametrize(("drawn", "look"), CHARTS)
def test_it_has_a_title_and_a_description_for_those_who_hear_it(drawn: Drawn, look: Look) -> None:
    root = parse(drawn.svg)
    ids = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    assert root.attrib["role"] == "img"
    assert ids[root.attrib["aria-labelledby"]].tag == "title"
    assert ids[root.attrib["aria-describedby"]].tag == "desc"
    assert root[0].tag == "title"  # what browsers show must be the first


@pytest.mark.parametrize(("drawn", "look"), CHARTS)
def test_labels_keep_apart_and_inside(drawn: Drawn, look: Look) -> None:
    labels, (width, height) = labels_of(drawn.svg), size_of(drawn.svg)
    assert labels
    assert [pair for pair in itertools.combinations(labels, 2) if pair[0].meets(pair[1])] == []
    assert [label for label in labels if label.left < -0.02 or label.right > width + 0.02] == []
    assert [label for label in labels if not 8 <= label.y <= height - 2] == []


@pytest.mark.parametrize(("drawn", "look"), CHARTS)
def test_lines_are_inside(drawn: Drawn, look: Look) -> None:
    width, height = size_of(drawn.svg)
    paths = [element.attrib["d"] for element in parse(drawn.svg).iter("path")]
    for x, y in [*(point for path in paths for point in points_of(path)), *circles_of(drawn.svg, "")]:
        assert 0 <= x <= width
        assert 0 <= y <= height


@pytest.mark.parametrize(("drawn", "look"), CHARTS)
def test_the_table_has_a_text_for_each_heading(drawn: Drawn, look: Look) -> None:
    assert drawn.rows
    assert {len(row) for row in drawn.rows} == {len(drawn.columns)}


@pytest.mark.parametrize("name", draw_all())
def test_a_chart_is_small(name: str) -> None:
    assert max(len(every_chart(look)[name].svg.encode()) for look in LOOKS) < LARGEST


@pytest.mark.parametrize("look", LOOKS)
def test_the_same_chart_is_the_same_bytes(look: Look) -> None:
    assert every_chart(look) == every_chart(look)


def test_ids_are_unique_in_the_page() -> None:
    ids = [name for drawn in draw_all().values() for name in re.findall(r' id="([^"]+)"', drawn.svg)]
    assert len(ids) == len(set(ids)) == 2 * len(draw_all())


@pytest.mark.parametrize("width", [320, 440])
def test_a_mirrored_chart_is_the_mirror_image(width: int) -> None:
    plain, mirrored = every_chart(Look(width)), every_chart(Look(width, mirrored=True))
    turned = {"start": "end", "end": "start", "middle": "middle"}
    for name, drawn in plain.items():
        pairs = zip(parse(drawn.svg).iter(), parse(mirrored[name].svg).iter(), strict=True)
        for one, other in pairs:
            assert (one.tag, one.text, one.attrib.get("class")) == (other.tag, other.text, other.attrib.get("class"))
            for x in {"x", "cx"} & set(one.attrib):
                assert float(one.attrib[x]) + float(other.attrib[x]) == pytest.approx(width, abs=0.011)
            if one.tag == "text":
                anchor = one.attrib.get("text-anchor", "start")
                assert turned[anchor] == other.attrib.get("text-anchor", "start")
        assert drawn.rows == mirrored[name].rows


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_others_wrote_is_shown_and_inert(hostile: str) -> None:
    canvas = Canvas(Look())
    canvas.write(0, 20, hostile)
    canvas.write_lines(0, 60, hostile, width=100, lines=2)
    canvas.mark("circle", 100, 100, "mk", title=hostile)
    svg = canvas.finish(Head("x", hostile, hostile), 100)
    root = parse(svg)
    assert {element.tag for element in root.iter()} <= TAGS
    assert not set("\u202e\u2066\x00\ud800\ufffe") & set("".join(root.itertext()))
    assert "]]>" not in svg
    assert "<script" not in svg


def test_a_text_that_was_cut_is_there_in_full() -> None:
    canvas = Canvas(Look())
    canvas.write(0, 20, "delivery " * 20, width=80)
    text = next(parse(canvas.finish(Head("x", "", ""), 40)).iter("text"))
    assert (text.text or "").endswith("…")
    assert text[0].text == ("delivery " * 20).strip()


def test_a_text_from_right_to_left_has_a_direction_of_its_own() -> None:
    canvas = Canvas(Look())
    canvas.write(0, 20, "חיוב כפול (3)")
    canvas.write(0, 40, "billing (3)")
    svg = canvas.finish(Head("x", "", ""), 60)
    assert [text.attrib.get("unicode-bidi") for text in parse(svg).iter("text")] == ["plaintext", None]
    assert "\u2068חיוב כפול (3)\u2069" in with_style(svg)


def test_places_are_written_to_a_hundredth() -> None:
    assert [number(value) for value in (1.0, 1 / 3, -0.001, 120.5, 100.0)] == ["1", "0.33", "0", "120.5", "100"]


@pytest.mark.parametrize("name", ["", "Forest", "a b", '1"', "a_b"])
def test_a_name_that_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="id"):
        Head(name, "", "")


@pytest.mark.parametrize("ends", [(1.0, None), (2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_an_interval_that_cannot_be_drawn_is_refused(ends: tuple[float, float | None]) -> None:
    with pytest.raises(ValueError, match=r"finite|two ends"):
        Span(1.0, *ends, "")


def test_a_chart_that_is_too_narrow_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 320"):
        Look(200)
