"""Examples of a cause: whoever reads one alone can read it, and no more are shown than asked for."""

from __future__ import annotations

import pytest

from cxlink.report.examples import show_examples

ARABIC = "وعدتموني بالتوصيل يوم الاثنين ولم يصلني شيء حتى الأسبوع التالي."
HEBREW = "המשלוח הגיע באיחור של שבוע ואף אחד לא עונה"
ENGLISH = "The courier arrived five days late and nobody told me why."
MORE = "The parcel was late again this month, please do something about it."
TEXTS = (ARABIC, HEBREW, ENGLISH, MORE)


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("en", 2, (ENGLISH, ARABIC)),
        ("he", 2, (HEBREW, ARABIC)),
        ("ar", 4, TEXTS),
        ("lv", 2, (ARABIC, HEBREW)),
        ("en", 1, (ENGLISH,)),
        ("en", 0, ()),
    ],
)
def test_the_reports_language_stands_first(language: str, n: int, expected: tuple[str, ...]) -> None:
    assert show_examples(TEXTS, n, language, limit=500) == expected


def test_they_are_redacted_and_cut() -> None:
    (shown,) = show_examples(("", "Write to jane@example.com about the late parcel, please, today"), 2, "en", limit=30)
    assert "jane@" not in shown
    assert len(shown) <= 30
