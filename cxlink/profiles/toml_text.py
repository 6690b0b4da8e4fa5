"""Text of TOML: whatever is in a name, the file stays valid and a comment stays on its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_HIDDEN = {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}


def toml_string(text: str) -> str:
    """Write a text as a basic string.

    Parameters
    ----------
    text : str
        Any text without lone surrogates.

    Returns
    -------
    str
        In quotes, on one line; invisible characters are escaped, so that a reader sees them.
    """
    return '"' + "".join(_escape(letter) for letter in text) + '"'


def _escape(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isascii() and letter.isprintable():
        return letter
    if unicodedata.category(letter) in _HIDDEN:
        return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
    return letter


def toml_key(parts: Sequence[str]) -> str:
    """Write a dotted key.

    Parameters
    ----------
    parts : sequence of str
        Such as ``("exclude", "Status")``.

    Returns
    -------
    str
        Parts that are not plain words are in quotes.
    """
    return ".".join(part if _BARE.fullmatch(part) else toml_string(part) for part in parts)


def toml_value(value: object) -> str:
    """Write a value on one line.

    Parameters
    ----------
    value : object
        Text, a whole number, a list of these, or a mapping of text to these.

    Returns
    -------
    str
        TOML.
    """
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml_key([key])} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return str(value)


def plain_line(text: str, limit: int = 0) -> str:
    """Put a text on one line with nothing invisible in it, for comments and sheets.

    Parameters
    ----------
    text : str
        Any text.
    limit : int
        Characters kept; 0 for all.

    Returns
    -------
    str
        Line ends and tabs as spaces, invisible characters as escapes.
    """
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    if limit and len(line) > limit:
        line = line[: limit - 3].rstrip() + "..."
    return "".join(_shown(letter) for letter in line)


def _shown(letter: str) -> str:
    if letter in '"\\' or unicodedata.category(letter) == "Cs":
        return letter if letter in '"\\' else "?"
    return _escape(letter)
