"""Whether rules hold in the results of one run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from cxlink.gates.grammar import Operand, Operator, Rule
from cxlink.gates.lookup import NoAnswer, NotFound, look_up
from cxlink.gates.names import CALLED_BY_DATA

Status = Literal["held", "broken", "skipped"]
FRESH = "fresh"
_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rule.

    ``value`` is what was compared, None where there was nothing; ``reason`` says in words why it broke or was skipped.
    """

    rule: str
    status: Status
    value: Operand | None
    reason: str


def judge_rules(
    rules: Iterable[Rule], results: Mapping[str, Any], *, today: date, looking_back: bool = False
) -> tuple[Outcome, ...]:
    """Hold rules against results.

    Parameters
    ----------
    rules : iterable of Rule
        Checked ones.
    results : mapping
        As in ``results.json``.
    today : date
        The day from which ``fresh`` counts back.
    looking_back : bool
        Whether `today` is a past day that was asked for, so that data may reach beyond it.

    Returns
    -------
    tuple of Outcome
        In the order of the rules.
    """
    return tuple(_judge(rule, results, today, looking_back=looking_back) for rule in rules)


def _judge(rule: Rule, results: Mapping[str, Any], today: date, *, looking_back: bool) -> Outcome:
    skipped = _why_skipped(rule, results)
    if skipped:
        return Outcome(rule.text, "skipped", None, skipped)
    try:
        if rule.operator is None:
            return _judge_none(rule, results)
        if rule.root == FRESH:
            return _judge_fresh(rule, results, today, looking_back=looking_back)
        return _judge_value(rule, results)
    except NotFound as missing:
        return Outcome(rule.text, "broken", None, str(missing))


def _why_skipped(rule: Rule, results: Mapping[str, Any]) -> str:
    """A rule that needs an earlier month has nothing to say in the first one."""
    if rule.root == "diff":
        diff = results.get("diff") or {}
        if diff.get("against") is None:
            return str(diff.get("reason") or "there is no earlier run to compare with")
    if rule.root == "monitor" and not results.get("monitor"):
        return "no month is monitored yet"
    return ""


def _judge_none(rule: Rule, results: Mapping[str, Any]) -> Outcome:
    """``no LIST``, or ``no LIST.WORD``: no row that is marked or called so."""
    key, *words = [step.name for step in rule.path]
    rows: Any = results.get(key)
    while isinstance(rows, Mapping) and words and "not_estimable" not in rows:
        key = words.pop(0)
        if key not in rows:
            raise NotFound(f'there is no "{key}"')
        rows = rows[key]
    if isinstance(rows, Mapping) and "not_estimable" in rows:
        return Outcome(rule.text, "broken", None, f"it cannot be told: {rows['not_estimable']}")
    if not isinstance(rows, list):
        raise NotFound(f'"{key}" is no list')
    for word in words:
        if rows and not any(_could_be_called(row, word) for row in rows):
            raise NotFound(f'nothing in "{key}" is called "{word}"')
    if key == "monitor":
        latest = max(str(row["month"]) for row in rows)
        rows = [row for row in rows if str(row["month"]) == latest]
    found = [row for row in rows if all(_is_called(row, word) for word in words)]
    if not found:
        return Outcome(rule.text, "held", 0.0, "")
    named = "; ".join(_name_row(row) for row in found[:_TOLD])
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return Outcome(rule.text, "broken", float(len(found)), f"there {_is_are(len(found))}: {named}{more}")


def _is_are(count: int) -> str:
    return "is 1" if count == 1 else f"are {count}"


def _is_called(row: Any, word: str) -> bool:
    if not isinstance(row, Mapping):
        return str(row) == word
    if word in row:
        return row[word] is True or (isinstance(row[word], list) and bool(row[word]))
    return word in (row.get("severity"), row.get("code"), *(row.get(name) for name in CALLED_BY_DATA))


def _could_be_called(row: Any, word: str) -> bool:
    """Whether the word says something of such rows: a field, or what one of them is called by the data."""
    if not isinstance(row, Mapping) or not any(name in row for name in CALLED_BY_DATA):
        return True  # checked before the run
    return word in row or _is_called(row, word)


def _name_row(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    texts = [value for value in row.values() if isinstance(value, str) and value]
    return " ".join(texts[:3])


def _judge_fresh(rule: Rule, results: Mapping[str, Any], today: date, *, looking_back: bool) -> Outcome:
    last = date.fromisoformat(str(look_up(rule, results)))
    age = (today - last).days
    # a day apart is the time zone; more is a mistyped year, which would make stale data look fresh for ever
    if age < -1 and not looking_back:
        return Outcome(rule.text, "broken", float(age), f"the last day with data is {last}, which lies after {today}")
    return _compare(rule, float(max(0, age)), f"the last day with data is {last}, {age} days before {today}")


def _judge_value(rule: Rule, results: Mapping[str, Any]) -> Outcome:
    value = look_up(rule, results)
    if isinstance(value, NoAnswer):
        return Outcome(rule.text, "broken", None, f"it cannot be told: {value.reason}")
    if value is None:
        return Outcome(rule.text, "broken", None, "it has no value in this run")
    if isinstance(value, list | Mapping):
        raise NotFound("it is no single value, and cannot be compared")
    if rule.in_days:
        raise NotFound("it is not counted in days")
    shown = f"{value:,.9g}" if isinstance(value, int | float) and not isinstance(value, bool) else f'"{value}"'
    return _compare(rule, value, f"it is {shown}")


def _compare(rule: Rule, value: Any, told: str) -> Outcome:
    of_a_kind = isinstance(value, str) == isinstance(rule.operand, str) and isinstance(value, bool) == isinstance(
        rule.operand, bool
    )
    if rule.operator is None or not of_a_kind:
        return Outcome(rule.text, "broken", value, f"{told}, which is not of the kind that it is compared with")
    held = _COMPARE[rule.operator](value, rule.operand)
    kept = value if isinstance(value, str | bool) else float(value)
    return Outcome(rule.text, "held" if held else "broken", kept, "" if held else told)
