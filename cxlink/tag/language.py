"""In which language a text is written: by its script first, then by a small model among the languages that matter."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

UNKNOWN = "und"
LEAST_LETTERS = 20
"""Below, guesses among languages of one script are right too seldom to be told."""

SCRIPTS = {
    "HEBREW": ("he", "yi"),
    "ARABIC": ("ar", "fa", "ur"),
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn"),
    "GREEK": ("el",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
    "THAI": ("th",),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("zh", "ja"),
}
"""Languages by script, as Unicode names its letters; any other letter counts as Latin."""

LATIN = "LATIN"
SEARCHED = 2_000


def detect_language(text: str, languages: Sequence[str]) -> str:
    """Tell the language of a text.

    Parameters
    ----------
    text : str
        As the customer wrote it; its first 2,000 characters are looked at.
    languages : sequence of str
        Two-letter codes to choose from, such as those of a taxonomy.

    Returns
    -------
    str
        One of them, or "und": fewer than twenty letters in a script that several of them share, or a script of none.
    """
    letters = [character for character in text[:SEARCHED] if character.isalpha()]
    if not letters:
        return UNKNOWN
    counted = Counter(map(_script, letters))
    script = max(counted, key=lambda name: (counted[name], name))
    possible = [code for code in languages if _is_written_in(code, script)]
    if len(possible) == 1 and (script != LATIN or len(letters) >= LEAST_LETTERS):
        return possible[0]
    if not possible or len(letters) < LEAST_LETTERS:
        return UNKNOWN
    return _identifier(tuple(possible))(text[:SEARCHED])


@lru_cache(maxsize=65_536)
def _script(letter: str) -> str:
    first = unicodedata.name(letter, "").split(" ", 1)[0]
    return first if first in SCRIPTS else LATIN


def _is_written_in(code: str, script: str) -> bool:
    own = [name for name, codes in SCRIPTS.items() if code in codes]
    return script in own if own else script == LATIN


@lru_cache(maxsize=4)
def _identifier(languages: tuple[str, ...]) -> Callable[[str], str]:
    """Tell languages of one script apart; codes that the model does not know are never told."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = [code for code in languages if code in model.labels]
    if len(known) < 2:
        return lambda _: known[0] if known and len(languages) == 1 else UNKNOWN
    model.set_languages(known)
    return lambda text: str(model.classify(text)[0])
