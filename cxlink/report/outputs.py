"""What a run writes, before it is written: its results, the comparison with an earlier run, and its gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from cxlink.diff import Comparison, Snapshot, compare_runs, take_snapshot
from cxlink.gates import Outcome, Rule, judge_rules
from cxlink.gates.evaluate import FRESH
from cxlink.handoff import RunResult
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.document import build_document
from cxlink.report.gate_sections import build_diff_section, build_gate_section
from cxlink.report.history_models import (
    NO_DIFF,
    AgainstResult,
    ChangedResult,
    DiffResult,
    GateResult,
    MovedResult,
    RestatedResult,
)
from cxlink.report.manifest import Provenance, describe_run
from cxlink.report.numbers import round_exact
from cxlink.report.parts import Document
from cxlink.report.results import build_results

FindEarlier = Callable[[Snapshot], tuple[Snapshot | None, str]]


def _no_earlier(_now: Snapshot) -> tuple[Snapshot | None, str]:
    return None, NO_DIFF.reason


@dataclass(frozen=True, slots=True)
class History:
    """What a run's results are held against.

    ``find_earlier`` gives the earlier run, or why there is none; ``today`` is the day from which ``fresh`` counts back,
    ``looking_back`` whether it was asked for.
    """

    rules: tuple[Rule, ...] = ()
    find_earlier: FindEarlier = _no_earlier
    today: date = date.max
    looking_back: bool = False


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written, and what became of the gates."""

    results: dict[str, Any]
    document: Document
    snapshot: Snapshot = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()


def build_outputs(result: RunResult, provenance: Provenance, history: History | None = None) -> Outputs:
    """Build what is written of a run.

    Parameters
    ----------
    result : RunResult
        Of one run.
    provenance : Provenance
        What it was made from.
    history : History, optional
        Gates, and the earlier run.

    Returns
    -------
    Outputs
        The same for the same inputs and the same state, on any day.
    """
    held_against = history or History()
    results = build_results(result)
    snapshot = take_snapshot(results, describe_run(provenance, about_run(result)))
    earlier, why_none = held_against.find_earlier(snapshot)
    comparison = None if earlier is None else compare_runs(earlier, snapshot)
    results["diff"] = build_diff_result(comparison, why_none).model_dump(mode="json")
    outcomes = judge_rules(
        held_against.rules, results, today=held_against.today, looking_back=held_against.looking_back
    )
    # how fresh data is depends on the day of the run: it is printed and decides the exit code, and is written nowhere
    # where two runs on the same inputs must be the same bytes
    lasting = tuple(outcome for rule, outcome in zip(held_against.rules, outcomes, strict=True) if rule.root != FRESH)
    results["gates"] = [_gate(one).model_dump(mode="json") for one in lasting]
    document = build_document(result)
    sections = (*build_gate_section(lasting), *build_diff_section(comparison), *document.sections)
    return Outputs(results, replace(document, sections=sections), snapshot, outcomes)


def about_run(result: RunResult) -> Mapping[str, object]:
    """Name what a run was made from, beyond its files and settings.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    mapping
        For the manifest.
    """
    observed = {"from": result.loaded.observed_from.isoformat(), "to": result.loaded.observed_to.isoformat()}
    taxonomy = {"version": result.tagged.taxonomy_version, "sha256": result.tagged.taxonomy_hash}
    about = {"project": result.project, "seed": result.seed, "observed": observed, "taxonomy": taxonomy}
    return about if result.tagged.classifier is None else {**about, "classifier": dict(result.tagged.classifier)}


def build_diff_result(comparison: Comparison | None, why_none: str) -> DiffResult:
    """Put a comparison into the shape of ``results.json``.

    Parameters
    ----------
    comparison : Comparison or None
        None where there is no earlier run.
    why_none : str
        The reason then.

    Returns
    -------
    DiffResult
        Of the numbers, only those that moved by more than chance explains.
    """
    if comparison is None:
        return NO_DIFF.model_copy(update={"reason": why_none})
    moved = [
        MovedResult(
            name=one.name,
            earlier=one.earlier,
            now=one.now,
            difference=round_exact(one.difference),
            low=round_exact(one.low),
            high=round_exact(one.high),
            real=comparison.real,
        )
        for one in comparison.numbers
        if one.beyond_chance
        and one.earlier is not None
        and one.now is not None
        and one.difference is not None
        and one.low is not None
        and one.high is not None
    ]
    untold = NotEstimableResult(
        not_estimable="a run did not keep its months", needs="two internal runs of this version"
    )
    return DiffResult(
        against=AgainstResult(to=comparison.earlier_to, version=comparison.earlier_version),
        reason="",
        restated=untold
        if comparison.restated is None
        else [RestatedResult(**asdict(one)) for one in comparison.restated],
        changed=[ChangedResult(**asdict(one)) for one in comparison.changed],
        moved=moved,
    )


def _gate(one: Outcome) -> GateResult:
    value = round_exact(one.value) if isinstance(one.value, float) else one.value
    return GateResult(rule=one.rule, status=one.status, value=value, reason=one.reason)
