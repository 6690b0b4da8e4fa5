"""Gates, and what changed since an earlier run, in the reports and in ``cxlink diff``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cxlink.diff import Comparison, Number
from cxlink.gates import Outcome
from cxlink.report.section import Kind, Section, Value

TOO_WIDE = (
    "The interval of a difference adds the variances of both runs, as if they had no data in common. They share most of"
    " it, so the interval is too wide: what lies beyond it moved, what lies within it may have moved as well."
)
MANY = "Many numbers are compared: with nothing changed, a few in a hundred may still lie beyond their interval."
SEPARATE = (
    "More than one thing changed, and two runs cannot tell their parts apart. To tell them apart, run today's exports"
    " and configuration as of the earlier day: cxlink run --as-of {day} --out out/again. What differs between that and"
    " the earlier run is restated data, configuration or method; what differs between it and the later run is new days."
)
_HEADLINES = re.compile(
    r"(components\..*|joint|changes\..*)\.(experience|customers_kept|net_benefit|npv)|experience_level|claims\..*\.estimate"
)
_ASIDE = (".joint_share.", ".tenth.")
_MOST = 40


def build_gate_section(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    """Show what became of the gates.

    Parameters
    ----------
    outcomes : sequence of Outcome
        In the order of the rules.

    Returns
    -------
    tuple of Section
        Empty where there are no rules.
    """
    if not outcomes:
        return ()
    columns: tuple[tuple[str, Kind], ...] = (("gate", "text"), ("outcome", "text"), ("why", "prose"))
    rows = tuple((one.rule, one.status, one.reason) for one in outcomes)
    note = "Rules on how fresh the data is depend on the day of the run: their outcome is printed by it, not kept here."
    return (Section("gates", "Gates: conditions that must hold", columns, rows, (note,)),)


def build_diff_section(comparison: Comparison | None) -> tuple[Section, ...]:
    """Show in a run's reports what changed since the earlier run.

    Parameters
    ----------
    comparison : Comparison or None
        None where there is no earlier run.

    Returns
    -------
    tuple of Section
        Reasons, and numbers that moved by more than chance explains.
    """
    if comparison is None:
        return ()
    moved = [one for one in comparison.numbers if one.beyond_chance]
    return (*build_reason_sections(comparison), *_numbers(comparison, moved, "What moved by more than chance explains"))


def build_comparison_sections(comparison: Comparison, *, brief: bool = False) -> tuple[Section, ...]:
    """Show a comparison.

    Parameters
    ----------
    comparison : Comparison
        Of two runs.
    brief : bool
        Whether only main figures, and those that moved beyond chance, are shown.

    Returns
    -------
    tuple of Section
        Reasons, then every number that is not the same.
    """
    differing = [one for one in comparison.numbers if one.earlier != one.now or one.remark]
    if not brief:
        return (*build_reason_sections(comparison), *_numbers(comparison, differing, "Numbers that differ"))
    main = [one for one in differing if one.beyond_chance or _is_headline(one.name)]
    left = len(differing) - len(main)
    shown = _numbers(comparison, main, "Main figures, and whatever moved beyond chance", brief=True)
    notes = (f"{left} other numbers differ within chance, or cannot be judged: see --format csv.",) if left else ()
    return (*build_reason_sections(comparison), *(replace(one, notes=(*notes, *one.notes)) for one in shown))


def _is_headline(name: str) -> bool:
    return _HEADLINES.fullmatch(name) is not None and not any(part in name for part in _ASIDE)


def build_reason_sections(comparison: Comparison) -> tuple[Section, ...]:
    """Say what differs between two runs beside their numbers.

    Parameters
    ----------
    comparison : Comparison
        Of two runs.

    Returns
    -------
    tuple of Section
        One section.
    """
    rows: list[tuple[str, str, str, str]] = []
    if comparison.has_new_days:
        rows.append(("new days", "cut-off", comparison.earlier_to, comparison.now_to))
    for restated in (comparison.restated or ())[:_MOST]:
        key = f"{restated.table} {restated.month}, {restated.what}"
        rows.append(("data restated", key, _count(restated.earlier), _count(restated.now)))
    rows += [(f"{one.what} changed", one.key, one.earlier, one.now) for one in comparison.changed[:_MOST]]
    columns: tuple[tuple[str, Kind], ...] = (
        ("what", "text"),
        ("where", "prose"),
        ("earlier", "prose"),
        ("now", "prose"),
    )
    title = f"What changed since the run to {comparison.earlier_to}, and why"
    return (Section("reasons", title, columns, tuple(rows), tuple(_remarks(comparison))),)


def _remarks(comparison: Comparison) -> Iterable[str]:
    restated = comparison.restated or ()
    for count, what in ((len(restated), "restated months"), (len(comparison.changed), "changes")):
        if count > _MOST:
            yield f"And {count - _MOST} more {what}."
    if any(one.what != "rows" for one in restated):
        yield "Money of restated months is in minor units, such as cents."
    if comparison.restated is None:
        yield "Whether data was restated cannot be told: a run is of an older version or published, without months."
    if "settings" in comparison.lacking:
        yield "Which settings changed cannot be told: a run did not keep them. Only their hash is compared."
    causes = sum((comparison.has_new_days, bool(restated), bool(comparison.changed)))
    if causes == 0:
        same = "Nothing changed: the same days, data, configuration and method."
        yield same if comparison.restated is not None else "No change was found in what both runs kept."
    if comparison.files and not restated and not comparison.has_new_days:
        yield f"{len(comparison.files)} files differ in their bytes, though no month's rows or cents do."
    if comparison.real:
        yield "Nothing but new days lies between the runs: what moved beyond chance is a real move."
    if causes > 1:
        yield SEPARATE.format(day=comparison.earlier_to)


def _numbers(
    comparison: Comparison, numbers: Sequence[Number], title: str, *, brief: bool = False
) -> tuple[Section, ...]:
    if not numbers:
        return ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("number", "text"),
        ("earlier", "number"),
        ("now", "number"),
        ("difference", "number"),
        ("from", "number"),
        ("to", "number"),
        ("beyond chance", "text"),
    )
    ordered = sorted(numbers, key=lambda one: one.beyond_chance is not True)
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.name, one.earlier, one.now, one.difference, one.low, one.high, _judgement(one, real=comparison.real))
        for one in ordered
    )
    if brief:
        columns = (*columns[:4], ("beyond chance", "text"))
        rows = tuple((_shorter(str(row[0])), *row[1:4], _shortest(row[6])) for row in rows)
    return (Section("numbers", title, columns, rows, (TOO_WIDE, MANY)),)


def _shorter(name: str) -> str:
    return name.removeprefix("components.").replace("_", " ").replace(".", " ")


def _shortest(judgement: Value) -> Value:
    return "cannot tell" if str(judgement).startswith("not estimable") else judgement


def _judgement(one: Number, *, real: bool) -> str:
    if one.beyond_chance is None:
        return one.remark or "no interval"
    if not one.beyond_chance:
        return "no"
    return "yes, a real move" if real else "yes"


def _count(value: int | None) -> str:
    return "none" if value is None else f"{value:,}"
