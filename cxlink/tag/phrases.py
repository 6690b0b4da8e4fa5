r"""The language in which a taxonomy's patterns are written.

A pattern is a phrase of folded words. It matches whole words, in the order given, within one clause, whatever the case,
the accents and the spacing. Four helpers cover most of what customers' spelling asks for:

``~``
    any ending: ``entreg~`` matches entrega, entregue, entregaram
``_``
    the language's attached particles, if any are there: ``_משלוח`` matches המשלוח and ושהמשלוח
``..`` and ``...``
    standing alone: up to 2, up to 5 words between
``{name}``
    any word of the list ``name`` in the language's ``words``

Anything else is RE2 syntax on folded text, where words are parted by one space and a clause ends in `` . ``: ``(a|b)``,
``(very )?late``. There is no backtracking in RE2; no pattern can hang the program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count

import re2

from cxlink.tag.normalise import fold_letters

MAX_PATTERN_LETTERS = 1_000
MAX_PATTERN_MEMORY = 4 << 20

_PIECE = re.compile(r"\\[pP]\{[^}]*\}|\\[pP].|\\.|\{(?P<name>[A-Za-z][A-Za-z0-9_]*)\}|[^\\{]+|.", re.DOTALL)
_GAP = re.compile(r" \.\.(\.?) ")


class PatternFault(ValueError):
    """A pattern that cannot be used; the message says why, in words fit for the taxonomy's author."""


def expand_pattern(pattern: str, words: Mapping[str, str], particles: str) -> str:
    """Turn a pattern into RE2 syntax.

    Parameters
    ----------
    pattern : str
        As written in the taxonomy.
    words : mapping of str to str
        Name of a word list to its expansion, from :func:`expand_words`.
    particles : str
        RE2 fragment for ``_``.

    Returns
    -------
    str
        RE2 syntax without word boundaries; see :func:`bound_pattern`.

    Raises
    ------
    PatternFault
        If the pattern is empty, too long, names an unknown word list or has a gap that is not between words.
    """
    if not pattern.strip():
        raise PatternFault("it is empty")
    if len(pattern) > MAX_PATTERN_LETTERS:
        raise PatternFault(f"it has {len(pattern)} letters, at most {MAX_PATTERN_LETTERS} are allowed")
    expanded = "".join(_expand_piece(piece, words, particles) for piece in _PIECE.finditer(pattern.strip()))
    if ".." in _GAP.sub(" ", expanded):
        raise PatternFault("a gap (.. or ...) must stand between two words, with a space on both sides")
    numbers = count()
    return _GAP.sub(lambda gap: f" (?P<gap{next(numbers)}>(?:[^ .]+ ){{0,{5 if gap[1] else 2}}})", expanded)


def _expand_piece(piece: re.Match[str], words: Mapping[str, str], particles: str) -> str:
    text = piece.group()
    name = piece.group("name")
    if name is not None:
        if name not in words:
            known = ", ".join(sorted(words)) or "none"
            raise PatternFault(f"no word list {{{name}}}; there are: {known}")
        return words[name]
    if text.startswith("\\"):
        return text
    return fold_letters(text).replace("~", "[^ .]*").replace("_", particles)


def expand_words(words: tuple[str, ...], particles: str) -> str:
    """Turn a word list into one RE2 alternative.

    Parameters
    ----------
    words : tuple of str
        Patterns without ``{name}``.
    particles : str
        RE2 fragment for ``_``.

    Returns
    -------
    str
        A non-capturing group.

    Raises
    ------
    PatternFault
        If one of them is not a valid pattern.
    """
    if any(_GAP.search(word) for word in words):
        raise PatternFault("a word list cannot hold a gap (.. or ...)")
    return "(?:" + "|".join(expand_pattern(word, {}, particles) for word in words) + ")"


def bound_pattern(expanded: str) -> str:
    """Add word boundaries, with the phrase itself as group 1.

    Parameters
    ----------
    expanded : str
        From :func:`expand_pattern`.

    Returns
    -------
    str
        RE2 syntax for folded text.
    """
    return f"(?:^| )({expanded})(?: |$)"


def compile_pattern(bounded: str) -> re2._Regexp:
    """Compile a bounded pattern with a memory limit.

    Parameters
    ----------
    bounded : str
        From :func:`bound_pattern`.

    Returns
    -------
    re2 pattern
        With the phrase as group 1.

    Raises
    ------
    PatternFault
        If RE2 refuses it, or it matches a text without words.
    """
    options = re2.Options()
    options.max_mem = MAX_PATTERN_MEMORY
    options.log_errors = False
    try:
        compiled = re2.compile(bounded, options)
    except re2.error as error:
        reason = error.args[0]
        raise PatternFault(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from error
    if compiled.search("") or compiled.search(" . "):
        raise PatternFault("it matches a text without words")
    return compiled
