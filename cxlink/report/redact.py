"""Personal data taken out of a comment before it is shown.

Names cannot be found by rules and may remain; whoever shows a report outside must use ``audience = "published"``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

MAX_CHARACTERS = 4000
_IBAN_LENGTHS = range(15, 35)
_SUSPECT = re.compile(r"[0-9@]|://|www\.|[\[(]at[\])]|/\S*[?&=]", re.IGNORECASE)
"""What any of the finders needs: most comments have none of it, and need not be gone through seven times."""

_Finder = Callable[[str], Iterator[tuple[int, int]]]


def redact_text(text: str) -> str:
    """Replace addresses, numbers and keys that could identify someone.

    Digits of any script count as digits, and invisible characters between them do not hide a number.

    Parameters
    ----------
    text : str
        A comment as written; only its first 4,000 characters are looked at and returned.

    Returns
    -------
    str
        With ``[link]``, ``[email]``, ``[iban]``, ``[card]``, ``[phone]``, ``[key]`` and ``[number]`` in their places.
    """
    text = text[:MAX_CHARACTERS]
    if not _SUSPECT.search(text if text.isascii() else _fold(text)[0]):
        return text
    for label, find in _FINDERS:
        text = _replace(text, f"[{label}]", find)
    return text


def _replace(text: str, label: str, find: _Finder) -> str:
    folded, origins = _fold(text)
    pieces: list[str] = []
    done = 0
    for start, end in find(folded):
        pieces += [text[done : origins[start]], label]
        done = origins[end - 1] + 1
    return "".join([*pieces, text[done:]])


def _fold(text: str) -> tuple[str, list[int]]:
    """Text with plain digits and without invisible characters, and where each of its characters came from."""
    visible = [index for index, character in enumerate(text) if unicodedata.category(character) != "Cf"]
    return "".join(_plain(text[index]) for index in visible), visible


def _plain(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(character) in ("Zs", "Pd"):
        return " " if unicodedata.category(character) == "Zs" else "-"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _matches(pattern: str) -> _Finder:
    compiled = re.compile(pattern, re.IGNORECASE)

    def find(text: str) -> Iterator[tuple[int, int]]:
        return (match.span() for match in compiled.finditer(text))

    return find


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for match in re.finditer(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9])", text):
        if match.start() < done:
            continue
        end = _iban_end(text, match.start())
        if end:
            yield match.start(), end
            done = end


def _iban_end(text: str, start: int) -> int:
    """End of the longest IBAN that starts here, or 0: mod 97 of its rotated digits is 1."""
    symbols: list[str] = []
    found = 0
    for position in range(start, min(len(text), start + 2 * _IBAN_LENGTHS.stop)):
        character = text[position]
        if character in " -":
            continue
        if not (character.isascii() and character.isalnum()):
            break
        symbols.append(character.upper())
        if len(symbols) in _IBAN_LENGTHS and _is_iban("".join(symbols)):
            found = position + 1
    return found


def _is_iban(symbols: str) -> bool:
    return int("".join(str(int(symbol, 36)) for symbol in symbols[4:] + symbols[:4])) % 97 == 1


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"(?<![0-9])[0-9](?:[ .-]{0,2}[0-9]){12,18}(?![0-9])", text):
        digits = [int(character) for character in match.group() if character.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(doubled) + sum(digits[-1::-2])) % 10 == 0:
            yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    date = re.compile(r"(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4})(?![0-9])")
    for match in re.finditer(r"(?<![0-9])(?:\+ ?|\()?[0-9](?:[ ()./-]{0,3}[0-9]){6,16}", text):
        if not date.match(match.group()):
            yield match.span()


_FINDERS: tuple[tuple[str, _Finder], ...] = (
    ("link", _matches(r"\b(?:https?|ftp)://\S+|\bwww\.\S+|\b[a-z0-9.-]{1,80}\.[a-z]{2,10}/\S*[?&=]\S*")),
    ("email", _matches(r"[^\s@<>()\[\],;:]{1,80} ?(?:@|[\[(]at[\])]) ?[^\s@<>()\[\],;:]{1,80}\.[^\W\d]{2,20}")),
    ("iban", _ibans),
    ("card", _cards),
    ("phone", _phones),
    ("key", _matches(r"(?<![\w-])(?=[\w-]{0,200}[0-9])(?=[\w-]{0,200}[a-z])[a-z0-9_-]{16,200}(?![\w-])")),
    ("number", _matches(r"[0-9]{6,}")),
)
