"""Estimated widths hold the text in a wide face, and texts are cut and broken to fit."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from cxlink.report.charts.text_width import SIZE, is_cut, measure, shorten, wrap

TEXTS = (
    "delivery",
    "onboarding and first steps",
    "1,234,567 (-890 to 1,580)",
    "EUR thousand in 12 months",
    "MWMWMW wwmm",
    "illicit till",
    "Piegādes kavēšanās un rēķinu kļūdas",
    "חיוב כפול (3) בחשבונית",
    "تأخر التسليم: الطلب 42",
    "Доставка",
    "2025-03",
    "safe\\u202eevil",
)
WORDS = st.text(alphabet="abc W.i-é漢", max_size=60).map(lambda text: " ".join(text.split()))


@pytest.mark.parametrize("face", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_not_wider_than_estimated(text: str, face: str) -> None:
    font = ImageFont.truetype(str(Path(mpl.get_data_path(), "fonts/ttf", face)), 100)
    # the bold face is for a few words, and is held by the gaps between the columns: a twelfth
    slack = 1.0 if "Bold" not in face else 1.085
    assert font.getlength(text) * SIZE / 100 <= measure(text) * slack


@given(WORDS, st.floats(20, 400))
def test_what_is_shortened_fits_and_says_so(text: str, width: float) -> None:
    cut = shorten(text, width)
    assert measure(cut) <= width + 1e-6
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@given(WORDS, st.floats(20, 400), st.integers(1, 4))
def test_what_is_wrapped_fits_and_loses_nothing_in_silence(text: str, width: float, lines: int) -> None:
    broken = wrap(text, width, lines=lines)
    assert 1 <= len(broken) <= lines
    assert all(measure(line) <= width + 1e-6 for line in broken)
    assert is_cut(text, broken) == broken[-1].endswith("…")


def test_words_stay_whole_where_they_can() -> None:
    assert wrap("onboarding and first steps", 140, lines=3) == ("onboarding and", "first steps")
    assert wrap("delivery", measure("delivery"), lines=2) == ("delivery",)
