"""Colours of the charts, and the one place that holds their CSS.

The hues are those of Okabe and Ito, which people with any common colour blindness can tell apart, darkened or lightened
where they would be too faint on the page. Each series has a dash or a shape of its own besides.

References
----------
.. [1] Okabe and Ito (2008), Color universal design: how to make figures and presentations that are friendly to
   colorblind people.
.. [2] Web Content Accessibility Guidelines 2.2, success criteria 1.4.3 and 1.4.11.
"""

from __future__ import annotations

import re

LIGHT = {
    "page": "#ffffff",
    "ink": "#1c2330",
    "soft": "#5a6577",
    "k0": "#0072b2",
    "k1": "#c24e00",
    "k2": "#00805c",
    "k3": "#a8527f",
}
DARK = {
    "page": "#12161d",
    "ink": "#e6eaf1",
    "soft": "#a3adbd",
    "k0": "#56b4e9",
    "k1": "#e69f00",
    "k2": "#2fc79b",
    "k3": "#e0a0c4",
}
SERIES = ("k0", "k1", "k2", "k3")
TEXTS = ("ink", "soft")
"""Colours of the page that texts are written in; a series' colour never is one."""

_RULES = """\
.chart{display:block;width:100%;max-width:34rem;height:auto;color:var(--chart-ink)}
.chart text{font-size:13px;fill:var(--chart-ink);font-variant-numeric:tabular-nums}
.chart .sm{fill:var(--chart-soft)}
.chart .hd{font-weight:600}
.chart .gd{stroke:currentColor;stroke-opacity:.16;stroke-width:1}
.chart .ax{stroke:currentColor;stroke-opacity:.6;stroke-width:1;fill:none}
.chart .rf{stroke:currentColor;stroke-width:1.5;stroke-dasharray:2 3;fill:none}
.chart .wh{stroke:currentColor;stroke-width:2;fill:none}
.chart .ln{stroke:currentColor;stroke-width:2;stroke-linejoin:round;fill:none}
.chart .li{stroke:currentColor;stroke-width:1.25;stroke-dasharray:5 3;fill:none}
.chart .bd{fill:currentColor;fill-opacity:.18;stroke:none}
.chart .mk{fill:currentColor;stroke:none}
.chart .op{fill:var(--chart-page);stroke:currentColor;stroke-width:2}
.chart .gh{fill:none;stroke:currentColor;stroke-width:1.5;stroke-dasharray:4 3}
.chart .d1{stroke-dasharray:7 3}
.chart .d2{stroke-dasharray:2 3}
.chart .d3{stroke-dasharray:9 3 2 3}
.chart .k0{color:var(--chart-k0)}
.chart .k1{color:var(--chart-k1)}
.chart .k2{color:var(--chart-k2)}
.chart .k3{color:var(--chart-k3)}
"""


def _variables(colours: dict[str, str]) -> str:
    return ".chart{" + ";".join(f"--chart-{name}:{colour}" for name, colour in colours.items()) + "}"


CSS = (
    f"{_variables(LIGHT)}\n@media (prefers-color-scheme:dark){{{_variables(DARK)}}}\n"
    f"@media print{{{_variables(LIGHT)}}}\n{_RULES}"
)
"""What the style sheet of a page needs to hold for all charts on it, in light, dark and on paper."""


def flatten_css(colours: dict[str, str]) -> str:
    """Write the CSS with the colours in their places, for readers of SVG that know no variables.

    Parameters
    ----------
    colours : dict of str to str
        `LIGHT` or `DARK`.

    Returns
    -------
    str
        Without variables and conditions.
    """
    return re.sub(r"var\(--chart-(\w+)\)", lambda found: colours[found[1]], _RULES)


def contrast_of(one: str, other: str) -> float:
    """Compute the contrast of two colours.

    Parameters
    ----------
    one, other : str
        Such as ``#0072b2``.

    Returns
    -------
    float
        1 for the same colour, 21 for black on white.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
