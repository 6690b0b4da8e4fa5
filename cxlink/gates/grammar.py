"""A rule as people write it, read into what it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cxlink.errors import ConfigError, Faults

Operator = Literal["<", "<=", ">", ">=", "==", "!="]
Operand = float | str | bool
_SPACE = re.compile(r"\s+")
_NAME = re.compile(r"[^\W\d][\w-]*|\d+")
_QUOTED = re.compile(r'"([^"]*)"' + r"|'([^']*)'")
_OPERATOR = re.compile(r"<=|>=|==|!=|<|>")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_UNIT = re.compile(r"\s*(%|days?\b|[kM](?!\w))")
_FACTORS = {"%": 0.01, "k": 1e3, "M": 1e6}
LONGEST_RULE = 500
"""In characters: more is no rule, and would only hide the place of a fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path, and the place of its first character."""

    name: str
    place: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition.

    ``operator`` is None for ``no NAME``: a list that must be empty. ``in_days``: the operand was given in days.
    """

    text: str
    path: tuple[Step, ...]
    operator: Operator | None = None
    operand: Operand = 0.0
    in_days: bool = False

    @property
    def root(self) -> str:
        """First name of the path."""
        return self.path[0].name


def read_rules(texts: Iterable[str]) -> tuple[Rule, ...]:
    """Read rules; one given twice counts once.

    Parameters
    ----------
    texts : iterable of str
        Such as ``linkage.feedback_matched >= 60%``.

    Returns
    -------
    tuple of Rule
        In their order.

    Raises
    ------
    Faults
        With one error for each rule that cannot be read (CX640), the place marked.
    """
    rules, faults = [], []
    for text in dict.fromkeys(texts):
        try:
            rules.append(_Reader(text).rule())
        except ConfigError as fault:
            faults.append(fault)
    if faults:
        raise Faults(faults)
    return tuple(rules)


def point_at(text: str, place: int, code: str, message: str, remedy: str) -> ConfigError:
    """Build the error of a rule with a mark below the place.

    Parameters
    ----------
    text : str
        The rule.
    place : int
        Character at fault.
    code, message, remedy : str
        Of the error.

    Returns
    -------
    ConfigError
        To be raised.
    """
    error = ConfigError(code, "gate", message, remedy)
    start = max(0, place - 50)
    shown = "".join(c if c.isprintable() else " " for c in text[start : start + 70])
    error.below = (f"  {shown}", "  " + " " * (place - start) + "^")
    return error


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text[:LONGEST_RULE]
        self.place = 0
        if len(text) > LONGEST_RULE:
            self.place = LONGEST_RULE
            raise self.fault(f"a rule of at most {LONGEST_RULE} characters")

    def rule(self) -> Rule:
        self.skip()
        start = self.place
        first = self.name()
        if first == "no" and not self.text.startswith((".", "["), self.place):
            self.skip()
            path = self.path()
            self.end("the end of the rule: what must be empty is not compared")
            return Rule(self.text, path)
        self.place = start
        path = self.path()
        self.skip()
        found = _OPERATOR.match(self.text, self.place)
        if found is None:
            raise self.fault("one of < <= > >= == !=")
        operator: Operator = found.group()  # type: ignore[assignment]
        self.place = found.end()
        self.skip()
        operand, in_days = self.operand(operator)
        self.end("the end of the rule")
        return Rule(self.text, path, operator, operand, in_days)

    def path(self) -> tuple[Step, ...]:
        steps = [Step(self.name(), 0)]
        steps[0] = Step(steps[0].name, self.place - len(steps[0].name))
        while self.text.startswith((".", "["), self.place):
            bracket = self.text[self.place] == "["
            self.place += 1
            place = self.place
            quoted = _QUOTED.match(self.text, self.place)
            if quoted is not None:
                self.place = quoted.end()
                steps.append(Step(quoted.group(1) or quoted.group(2) or "", place))
            elif bracket:
                raise self.fault('a name in quotes, as ["second courier"]')
            else:
                steps.append(Step(self.name(), place))
            if bracket:
                if not self.text.startswith("]", self.place):
                    raise self.fault("]")
                self.place += 1
        return tuple(steps)

    def name(self) -> str:
        found = _NAME.match(self.text, self.place)
        if found is None:
            raise self.fault('a name of results.json, in quotes where it has other signs than letters and "_"')
        self.place = found.end()
        return found.group()

    def operand(self, operator: Operator) -> tuple[Operand, bool]:
        number = _NUMBER.match(self.text, self.place)
        if number is not None:
            return self.number(number)
        place = self.place
        quoted = _QUOTED.match(self.text, self.place)
        word = quoted or _NAME.match(self.text, self.place)
        if word is None:
            raise self.fault("a number such as 0.6, 60%, 50k or 5 days, or a word")
        if operator not in ("==", "!="):
            raise self.fault("a number such as 0.6, 60%, 50k or 5 days: words are compared with == and !=")
        self.place = word.end()
        if quoted is not None:
            return quoted.group(1) or quoted.group(2) or "", False
        text = self.text[place : self.place]
        return {"true": True, "false": False}.get(text, text), False

    def number(self, found: re.Match[str]) -> tuple[float, bool]:
        self.place = found.end()
        value = float(found.group())
        if self.text.startswith(",", self.place):
            raise self.fault("a number without marks between thousands, as 50000 or 50k")
        unit = _UNIT.match(self.text, self.place)
        if unit is None:
            return value, False
        self.place = unit.end()
        return round(value * _FACTORS.get(unit.group(1), 1.0), 12), unit.group(1).startswith("day")

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def end(self, expected: str) -> None:
        self.skip()
        if self.place < len(self.text):
            raise self.fault(expected)

    def fault(self, expected: str) -> ConfigError:
        return point_at(self.text, self.place, "CX640", f"expected {expected}.", "Correct the rule at the mark.")
