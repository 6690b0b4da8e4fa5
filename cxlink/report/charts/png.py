"""Charts as pictures, for slides and mails."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from cxlink.errors import ConfigError
from cxlink.report.charts.canvas import BY_ITSELF, number
from cxlink.report.charts.palette import LIGHT, flatten_css

_PLACE = "PNG of a chart"
_FACE = "DejaVu Sans"
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_FONTS = "mpl-data/fonts/ttf"
_WIDEST = 8_000
_MARGIN = 12
_SPACE = 'xmlns="http://www.w3.org/2000/svg"'
_BY_ITSELF = re.compile(re.escape(BY_ITSELF) + ">([^<]*)<")
_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


def to_png(svg: str, width: int) -> bytes:
    """Paint a chart on white.

    The letters are those of DejaVu Sans, which matplotlib carries: the picture is the same on every machine, whatever
    fonts that has. They hold Latin, Greek, Cyrillic, Hebrew and Arabic; other scripts are shown as empty boxes.

    Parameters
    ----------
    svg : str
        As drawn by this package.
    width : int
        Pixels, 1 to 8,000; the height follows.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    ConfigError
        CX660 if the package that paints, or its letters, are not installed.
    ValueError
        If the width is out of range.
    """
    if not 0 < width <= _WIDEST:
        raise ValueError(f"a picture is 1 to {_WIDEST} pixels wide")
    fonts = _find_fonts()
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise _missing("the package resvg-py is not installed.") from None
    picture: bytes = svg_to_bytes(
        svg_string=with_style(svg),
        background=LIGHT["page"],
        width=width,
        skip_system_fonts=True,
        font_files=[str(path) for path in fonts],
        font_family=_FACE,
        sans_serif_family=_FACE,
    )
    return picture


def with_style(svg: str) -> str:
    """Put the style sheet into a chart, so that it can be read without its page.

    Parameters
    ----------
    svg : str
        As drawn by this package.

    Returns
    -------
    str
        The same chart in the light colours.
    """
    opened, rest = svg.split(">", 1)
    framed = _VIEW_BOX.sub(lambda box: _frame(float(box[1]), float(box[2])), opened)
    # painters know the isolates of Unicode, and not the attribute that browsers have for them
    isolated = _BY_ITSELF.sub(lambda text: f">\u2068{text[1]}\u2069<", rest)
    return f'{framed} {_SPACE} font-family="{_FACE}, sans-serif"><style>{flatten_css(LIGHT)}</style>{isolated}'


def _frame(width: float, height: float) -> str:
    """A view box with a margin: on the page, the page has it."""
    return f'viewBox="-{_MARGIN} -{_MARGIN} {number(width + 2 * _MARGIN)} {number(height + 2 * _MARGIN)}"'


def _find_fonts() -> tuple[Path, ...]:
    found = find_spec("matplotlib")
    folders = (found.submodule_search_locations or ()) if found else ()
    paths = tuple(path for folder in folders for name in _FILES if (path := Path(folder, _FONTS, name)).is_file())
    if len(paths) < len(_FILES):
        raise _missing("the fonts of matplotlib are not there.")
    return paths


def _missing(message: str) -> ConfigError:
    return ConfigError("CX660", _PLACE, message, 'Install it: pip install "cxlink[png]"')
