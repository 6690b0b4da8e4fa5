"""How names are compared: emails and aliases in one spelling."""

from __future__ import annotations

BLANK = " \t\r\n\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff"
"""Spaces and invisible characters that exports leave at the ends of a cell."""
_IN_BRACKETS = r"^[^<>]*<\s*([^<>@\s]+@[^<>@\s]+)\s*>$"
_MAILTO = r"(?i)(^|<\s*)mailto:([^?>@]+@[^?>]+)[^>]*"


def name_key(text: str) -> str:
    r"""SQL for the spelling in which names are compared.

    Without blanks at its ends, in lower case and in one Unicode form (NFC); of ``Ann <ann@example.org>`` and
    ``mailto:ann@example.org`` the address. Dots and plus signs stay: whether they matter is for the mail server to say.

    Parameters
    ----------
    text : str
        SQL of a text.

    Returns
    -------
    str
        SQL of a text. ``nfc_normalize`` is DuckDB's own; another engine needs a function of that name.
    """
    bare = f"regexp_replace({trimmed(text)}, '{_MAILTO}', '\\1\\2')"
    address = f"regexp_replace({bare}, '{_IN_BRACKETS}', '\\1')"
    return f"lower(nfc_normalize({trimmed(address)}))"


def trimmed(text: str) -> str:
    """SQL for a text without blanks and invisible characters at its ends.

    Parameters
    ----------
    text : str
        SQL of a text.

    Returns
    -------
    str
        SQL of a text.
    """
    return f"trim({text}, '{BLANK}')"
