"""Texts that a pattern matches, made from the pattern itself: what lint tries a taxonomy on."""

from __future__ import annotations

from dataclasses import dataclass

FREE_LETTER = "x"
"""Stands where a pattern takes any letter."""

_ESCAPED = {"d": "1", "w": FREE_LETTER, "s": " ", "b": "", "B": "", "A": "", "z": "", "n": " ", "t": " "}
_ZERO = {"?", "*"}


@dataclass(slots=True)
class _Reader:
    """Reads an expression from left to right, and takes the alternative of each group that `turn` names."""

    text: str
    turn: int
    place: int = 0

    def alternatives(self) -> str:
        """Read alternatives up to a closing bracket or the end, and give one of them."""
        found = [self.sequence()]
        while self.place < len(self.text) and self.text[self.place] == "|":
            self.place += 1
            found.append(self.sequence())
        return found[self.turn % len(found)]

    def sequence(self) -> str:
        """Read pieces and their quantifiers up to a bar, a closing bracket or the end."""
        made = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            made.append(self.quantified(self.piece()))
        return "".join(made)

    def piece(self) -> str:
        """Read one letter, class, escape or group."""
        sign = self.text[self.place]
        self.place += 1
        if sign == "(":
            return self.group()
        if sign == "[":
            return self.letters()
        if sign == "\\":
            return self.escape()
        if sign in "^$":
            return ""
        return FREE_LETTER if sign == "." else sign

    def group(self) -> str:
        """Read a group behind its opening bracket."""
        if self.text.startswith("?", self.place):
            self.place = self.text.index(">" if self.text[self.place + 1] == "P" else ":", self.place) + 1
        inner = self.alternatives()
        self.place += 1
        return inner

    def letters(self) -> str:
        """Read a class behind its opening bracket, and give one of its letters."""
        end = self.text.index("]", self.place + 1)
        inside = self.text[self.place : end]
        self.place = end + 1
        if inside.startswith("^"):
            return FREE_LETTER
        return _ESCAPED.get(inside[1], inside[1]) if inside.startswith("\\") and len(inside) > 1 else inside[0]

    def escape(self) -> str:
        """Read what stands behind a backslash."""
        sign = self.text[self.place]
        self.place += 1
        if sign not in "pP":
            return _ESCAPED.get(sign, sign)
        self.place = self.text.index("}", self.place) + 1 if self.text.startswith("{", self.place) else self.place + 1
        return FREE_LETTER

    def quantified(self, piece: str) -> str:
        """Read a quantifier, if there is one, and repeat the piece as seldom as it allows."""
        if self.place >= len(self.text):
            return piece
        sign = self.text[self.place]
        if sign in "?*+":
            self.place += 1
            self._lazy()
            # what may be missing is there in every other text
            return piece if sign == "+" or (sign == "?" and self.turn % 2) else ""
        if sign == "{" and "}" in self.text[self.place :]:
            end = self.text.index("}", self.place)
            least = self.text[self.place + 1 : end].split(",")[0]
            self.place = end + 1
            self._lazy()
            return piece * int(least or 0)
        return piece

    def _lazy(self) -> None:
        if self.place < len(self.text) and self.text[self.place] == "?":
            self.place += 1


def sample_texts(expression: str, *, n: int) -> tuple[str, ...]:
    """Make texts that an expression matches.

    Parameters
    ----------
    expression : str
        RE2 syntax, as :func:`cxlink.tag.phrases.expand_pattern` gives it.
    n : int
        How many are tried; each takes another alternative of every group.

    Returns
    -------
    tuple of str
        Distinct ones; empty where the expression uses what is not understood here.
    """
    found = []
    for turn in range(n):
        try:
            made = _Reader(expression, turn).alternatives()
        except (ValueError, IndexError):
            return ()
        found.append(" ".join(made.split()))
    return tuple(dict.fromkeys(text for text in found if text))
