"""What is wrong with a taxonomy that reads well: patterns that never match, never count or say two things at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cxlink.tag.match import Tagger, build_tagger
from cxlink.tag.normalise import fold_text
from cxlink.tag.phrases import compile_pattern
from cxlink.tag.sample_pattern import sample_texts
from cxlink.tag.taxonomy import UNSPECIFIED, Rule, Taxonomy

N_SAMPLES = 8
ASCII_ONLY = ("\\b", "\\w", "\\B", "\\W")
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint found: where (a rule, or a cause and language), and what."""

    severity: Severity
    kind: str
    place: str
    message: str


def lint_taxonomy(taxonomy: Taxonomy) -> tuple[Finding, ...]:
    """Try a taxonomy on its own examples, and on texts made from its patterns.

    Parameters
    ----------
    taxonomy : Taxonomy
        Checked: unknown keys, wrong patterns and the like are found when it is read.

    Returns
    -------
    tuple of Finding
        Errors first: ``example`` (not tagged as it says), ``never`` (folding takes out what the pattern asks for),
        ``unreachable`` (what it matches is always denied, or hidden by a longer phrase); warnings: ``ascii`` (RE2's
        word boundary and classes know ASCII letters alone), ``overlap`` (all it matches bears another cause too);
        infos: ``untried`` (causes without words or examples).
    """
    tagger = build_tagger(taxonomy)
    found = [*_examples(taxonomy, tagger), *_repeated(taxonomy), *_untried(taxonomy)]
    for rule in taxonomy.rules:
        found += _rule(rule, tagger)
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.severity]))


def _examples(taxonomy: Taxonomy, tagger: Tagger) -> Iterator[Finding]:
    for example in taxonomy.examples:
        met = {(tag.component, tag.cause) for tag in tagger.tag(example.text) if tag.is_complaint}
        if ((example.component, example.cause) in met) == example.wanted:
            continue
        place = f"{example.component}.{example.cause}, language {example.language}"
        said = "is not tagged so" if example.wanted else "is tagged so, and must not be"
        yield Finding("error", "example", place, f'"{example.text}" {said}')


def _repeated(taxonomy: Taxonomy) -> Iterator[Finding]:
    first: dict[tuple[str, str], Rule] = {}
    for rule in taxonomy.rules:
        before = first.setdefault((rule.language, rule.expression), rule)
        if before is rule:
            continue
        same = (before.component, before.cause, before.kind) == (rule.component, rule.cause, rule.kind)
        kind = "repeated" if same else "overlap"
        yield Finding("warning", kind, rule.rule_id, f"the same words as {before.rule_id}: {rule.pattern!r}")


def _untried(taxonomy: Taxonomy) -> Iterator[Finding]:
    spoken = {(rule.component, rule.cause) for rule in taxonomy.rules if rule.kind == "complaint"}
    tried = {(example.component, example.cause) for example in taxonomy.examples if example.wanted}
    with_examples = {component for component, _ in tried}
    for cause in taxonomy.causes:
        name = (cause.component, cause.name)
        place = ".".join(name)
        if name not in spoken:
            yield Finding("warning", "untried", place, "no pattern finds this cause")
        elif cause.component in with_examples and name not in tried and cause.name != UNSPECIFIED:
            yield Finding("info", "untried", place, "no example tries this cause")


def _rule(rule: Rule, tagger: Tagger) -> Iterator[Finding]:
    used = [sign for sign in ASCII_ONLY if sign in rule.pattern]
    if used:
        hint = "patterns match whole words without it; write \\p{L} for a letter"
        yield Finding("warning", "ascii", rule.rule_id, f"{', '.join(used)} knows ASCII letters alone; {hint}")
    if rule.kind in {"mention", "ignore"}:
        return
    expression = compile_pattern(rule.expression)
    inner = rule.expression.removeprefix("(?:^| )(").removesuffix(")(?: |$)")
    samples = [text for text in sample_texts(inner, n=N_SAMPLES) if expression.search(text)]
    if not samples:
        return
    folded = [text for text in samples if expression.search(fold_text(text))]
    if not folded:
        yield Finding(
            "error",
            "never",
            rule.rule_id,
            f"it asks for {samples[0]!r}, which texts never hold: it is folded to {fold_text(samples[0])!r}",
        )
        return
    if rule.kind == "complaint":
        yield from _reached(rule, folded, tagger)


def _reached(rule: Rule, samples: list[str], tagger: Tagger) -> Iterator[Finding]:
    own = (rule.component, rule.cause)
    met = [{(tag.component, tag.cause) for tag in tagger.tag(text) if tag.is_complaint} for text in samples]
    if not any(own in causes or (rule.cause == UNSPECIFIED and _named(rule.component, causes)) for causes in met):
        yield Finding(
            "error", "unreachable", rule.rule_id, f"{samples[0]!r} is never tagged so: {_why(rule, samples[0], tagger)}"
        )
        return
    others = set.intersection(*met) - {own}
    specific = sorted(".".join(name) for name in others if name[1] != UNSPECIFIED)
    if specific and rule.cause != UNSPECIFIED:
        yield Finding(
            "warning",
            "overlap",
            rule.rule_id,
            f"all it was tried on bears {', '.join(specific)} as well, such as {samples[0]!r}",
        )


def _named(component: str, causes: set[tuple[str, str]]) -> bool:
    return any(name == component for name, _ in causes)


def _why(rule: Rule, text: str, tagger: Tagger) -> str:
    for step in tagger.explain(text).steps:
        if step.rule.rule_id == rule.rule_id:
            return step.dropped or f"its own words make it {step.polarity}"
    return "its words are parted by a clause"
