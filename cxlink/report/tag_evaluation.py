"""Labels, how right the tags are by them, and what was learnt from them, as sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from cxlink.report.section import Kind, Section, Value
from cxlink.stats import Agreement, Measure, Measured, NotMeasured, Scores, TagAccuracy
from cxlink.tag.agreement import CauseAgreement
from cxlink.tag.evaluate import Evaluation, Trained
from cxlink.tag.label_sheet import LabelledRecord

_SCORES: tuple[tuple[str, Kind], ...] = (("precision", "text"), ("recall", "text"), ("F1", "text"))


def build_label_sections(
    records: Sequence[LabelledRecord], unread: int, agreement: Sequence[CauseAgreement]
) -> tuple[Section, ...]:
    """Count labels, and tell how far people agree.

    Parameters
    ----------
    records : sequence of LabelledRecord
        Of one or several people.
    unread : int
        Rows that nobody filled in.
    agreement : sequence of CauseAgreement
        Empty where one person labelled.

    Returns
    -------
    tuple of Section
        One, or two.
    """
    counted = Counter(cause for record in records for cause in record.causes or ("none",))
    people = sorted({record.labelled_by for record in records})
    rows = tuple((cause, count) for cause, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    who = ", ".join(people) or "nobody"
    notes = (f"{len(records):,} records read by {who}; {unread:,} rows not read, or of customers read in part",)
    sections = [Section("labels", "Labels", (("cause", "text"), ("records", "count")), rows, notes)]
    if agreement:
        sections.append(_agreement(agreement))
    return tuple(sections)


def _agreement(agreement: Sequence[CauseAgreement]) -> Section:
    told: tuple[tuple[Value, ...], ...] = tuple(
        (one.cause, one.records, one.alpha.alpha, one.alpha.low, one.alpha.high)
        if isinstance(one.alpha, Agreement)
        else (one.cause, one.records, None, None, None)
        for one in agreement
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("cause", "text"),
        ("read twice", "count"),
        ("alpha", "number"),
        ("low", "number"),
        ("high", "number"),
    )
    reasons = tuple(f"{one.cause}: {one.alpha}" for one in agreement if isinstance(one.alpha, str))
    note = "Krippendorff's alpha: 1 if all agree, 0 as by chance. No tagger can be judged beyond it."
    return Section("agreement", "Agreement of those who labelled", columns, told, (*reasons, note))


def build_evaluation_sections(told: Evaluation) -> tuple[Section, ...]:
    """Show how right the tags are.

    Parameters
    ----------
    told : Evaluation
        By component, cause, language and month.

    Returns
    -------
    tuple of Section
        The last one, agreement, only where several people labelled.
    """
    size = f"{told.n_records:,} records of {told.n_customers:,} customers"
    sections = [
        _accuracy("components", f"Components, on {size}", told.components, told.by_component, with_f1=True),
        _accuracy("causes", f"Causes, on {size}", told.causes, told.by_cause, with_f1=False),
        _parts(told.parts),
    ]
    if told.agreement:
        sections.append(_agreement(told.agreement))
    return tuple(sections)


def build_training_sections(told: Trained) -> tuple[Section, ...]:
    """Show how right a trained classifier is, beside the rules.

    Parameters
    ----------
    told : Trained
        The classifier and both accuracies.

    Returns
    -------
    tuple of Section
        By the classifier, by the rules, and what was left to them.
    """
    names = told.classifier.tags
    facts = told.classifier.facts
    size = f"{facts.n_texts:,} records of {facts.n_customers:,} customers"
    left = tuple((name, reason) for name, reason in sorted(told.classifier.untrained.items()))
    title = f"By the classifier, on customers it did not learn from; {size}"
    sections = [
        _accuracy("classifier", title, names, told.by_classifier, with_f1=False),
        _accuracy("rules", "By the rules alone, on the same records", names, told.by_rules, with_f1=False),
    ]
    if left:
        sections.append(Section("left", "Left to the rules", (("cause", "text"), ("why", "text")), left))
    return tuple(sections)


def evaluation_table(told: Evaluation) -> pd.DataFrame:
    """Put every figure of an evaluation into one row, for programs.

    Parameters
    ----------
    told : Evaluation
        By component, cause, language and month.

    Returns
    -------
    DataFrame
        Columns level, name, records, measure, point, low, high, reason; without numbers where there is a reason.
    """
    rows: list[tuple[object, ...]] = []
    for level, names, found in (
        ("component", told.components, told.by_component),
        ("cause", told.causes, told.by_cause),
    ):
        for name, tag in zip(names, found.tags, strict=True):
            rows += _figures(level, name, tag.n_true, tag.scores)
        rows += _figures(level, "micro", found.n, found.micro)
        rows += _figures(level, "macro", found.n, found.macro)
    for part, accuracy in told.parts.items():
        level, name = part.split(" ", 1)
        if isinstance(accuracy, str):
            rows.append((level, name, None, "f1", None, None, None, accuracy))
        else:
            rows += _figures(level, name, accuracy.n, accuracy.micro)
    for one in told.agreement:
        alpha = one.alpha
        numbers = (
            (alpha.alpha, alpha.low, alpha.high, "") if isinstance(alpha, Agreement) else (None, None, None, alpha)
        )
        rows.append(("cause", one.cause, one.records, "alpha", *numbers))
    columns = ["level", "name", "records", "measure", "point", "low", "high", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"records": "Int64", "point": float, "low": float, "high": float})


def _figures(level: str, name: str, n: int, scores: Scores) -> Iterator[tuple[object, ...]]:
    for label in ("precision", "recall", "f1"):
        measure: Measure = getattr(scores, label)
        if isinstance(measure, NotMeasured):
            yield (level, name, n, label, None, None, None, measure.reason)
        else:
            yield (level, name, n, label, measure.point, measure.low, measure.high, "")


def _parts(parts: Mapping[str, TagAccuracy | str]) -> Section:
    rows: list[tuple[Value, ...]] = [
        (name, part.n, *map(_span, (part.micro.precision, part.micro.recall, part.micro.f1)))
        for name, part in parts.items()
        if isinstance(part, TagAccuracy)
    ]
    thin = Counter(name.split(" ", 1)[0] for name, part in parts.items() if isinstance(part, str))
    notes = tuple(f"{count} {name}{'s' if count > 1 else ''} with too few records" for name, count in thin.items())
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("records", "count"), *_SCORES)
    return Section("parts", "All causes together, by language and month, %", columns, tuple(rows), notes)


def _accuracy(name: str, title: str, names: Sequence[str], found: TagAccuracy, *, with_f1: bool) -> Section:
    def spans(scores: Scores) -> tuple[str, ...]:
        return tuple(map(_span, (scores.precision, scores.recall, *((scores.f1,) if with_f1 else ()))))

    rows: list[tuple[Value, ...]] = [
        (label, tag.n_true, tag.n_predicted, *spans(tag.scores)) for label, tag in zip(names, found.tags, strict=True)
    ]
    rows += [("all together", None, None, *spans(found.micro)), ("mean of all", None, None, *spans(found.macro))]
    shown_scores = _SCORES if with_f1 else _SCORES[:2]
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("true", "count"), ("tagged", "count"), *shown_scores)
    exact = found.subset_accuracy
    notes = [f"all tags of a record right: {_span(exact)}%"] if isinstance(exact, Measured) else []
    notes.append("Weighted by one over the probability of being drawn; intervals over customers; -: too few to say.")
    return Section(name, f"{title}, %", columns, tuple(rows), tuple(notes))


def _span(measure: Measure) -> str:
    if isinstance(measure, NotMeasured):
        return "-"
    return f"{100 * measure.point:.0f} ({100 * measure.low:.0f}-{100 * measure.high:.0f})"
