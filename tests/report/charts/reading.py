"""Charts read back from their SVG: where the texts, the marks and the lines are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from cxlink.report.charts.text_width import SIZE, measure

Point = tuple[float, float]


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float
    left: float
    right: float
    css: str

    def meets(self, other: Label) -> bool:
        apart = self.right <= other.left + 0.02 or other.right <= self.left + 0.02
        return not apart and abs(self.y - other.y) < SIZE * 0.95


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def size_of(svg: str) -> Point:
    box = parse(svg).attrib["viewBox"].split()
    return float(box[2]), float(box[3])


def labels_of(svg: str) -> list[Label]:
    return list(_labels(parse(svg)))


def _labels(root: ET.Element) -> Iterator[Label]:
    for element in root.iter("text"):
        text = element.text or ""
        x, wide = float(element.attrib["x"]), measure(text)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[element.attrib.get("text-anchor", "start")]
        yield Label(text, x, float(element.attrib["y"]), left, left + wide, element.attrib.get("class", ""))


def paths_of(svg: str, css: str) -> list[list[Point]]:
    """Points of the paths that have all the classes."""
    wanted = set(css.split())
    found = [e for e in parse(svg).iter("path") if wanted <= set(e.attrib["class"].split())]
    return [points_of(element.attrib["d"]) for element in found]


def points_of(steps: str) -> list[Point]:
    points: list[Point] = []
    for letter, numbers in re.findall(r"([MLHV])([-0-9. ]+)", steps):
        given = [float(number) for number in numbers.split()]
        if letter == "H":
            points.append((given[0], points[-1][1]))
        elif letter == "V":
            points.append((points[-1][0], given[0]))
        else:
            points.append((given[0], given[1]))
    return points


def circles_of(svg: str, css: str) -> list[Point]:
    wanted = set(css.split())
    found = [e for e in parse(svg).iter("circle") if wanted <= set(e.attrib["class"].split())]
    return [(float(element.attrib["cx"]), float(element.attrib["cy"])) for element in found]


def middle_of(points: list[Point]) -> Point:
    across, down = [x for x, _ in points], [y for _, y in points]
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
