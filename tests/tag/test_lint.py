"""Lint finds what it says it finds, on taxonomies with one planted fault each, and nothing in a clean one."""

from __future__ import annotations

from pathlib import Path

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from cxlink.tag.lint import Finding, lint_taxonomy
from cxlink.tag.phrases import bound_pattern, compile_pattern, expand_pattern
from cxlink.tag.read_taxonomy import read_taxonomy, shipped_names
from cxlink.tag.sample_pattern import sample_texts
from cxlink.tag.taxonomy import Taxonomy

HEAD = 'version = "1"\n[components.pool]\ndirty = {}\ncold = {}\nunspecified = {}\n'


def lint(patterns: str, tmp_path: Path, more: str = "") -> list[Finding]:
    path = tmp_path / "own.toml"
    path.write_text(f"{HEAD}[patterns.en.pool]\nunspecified = ['bad pool']\n{patterns}\n{more}", encoding="utf-8")
    return list(lint_taxonomy(read_taxonomy(path)))


CLEAN = "dirty = ['dirty .. pool', '(green|brown) (pool )?water']\ncold = ['(too )?cold water']"


def test_a_clean_taxonomy_has_no_finding(tmp_path: Path) -> None:
    assert lint(CLEAN, tmp_path) == []


@pytest.mark.parametrize(
    ("patterns", "severity", "kind", "said"),
    [
        ("dirty = [\"can't swim\"]\ncold = ['cold']", "error", "never", "folded to 'cant swim'"),
        ("dirty = ['re-opened pool']\ncold = ['cold']", "error", "never", "folded to 're opened pool'"),
        (r"dirty = ['\bdirty\b']" + "\ncold = ['cold']", "warning", "ascii", "ASCII letters alone"),
        ("dirty = ['green', 'green']\ncold = ['cold']", "warning", "repeated", "pool.dirty/en/1"),
        ("dirty = ['green']\ncold = ['green']", "warning", "overlap", "pool.dirty/en/1"),
        ("dirty = ['green']", "warning", "untried", "no pattern finds this cause"),
    ],
)
def test_a_planted_fault_is_found(patterns: str, severity: str, kind: str, said: str, tmp_path: Path) -> None:
    found = lint(patterns, tmp_path)
    assert (severity, kind) in {(one.severity, one.kind) for one in found}
    assert any(said in f"{one.place} {one.message}" for one in found)


def test_a_pattern_that_always_denies_itself_is_unreachable(tmp_path: Path) -> None:
    denying = "[languages.zz]\nletters = 'a-z'\ndenials = ['perfectly fine']\n[patterns.zz.pool]\n"
    found = lint(CLEAN, tmp_path, f"{denying}cold = ['perfectly fine and cold', 'icy pool']")
    (fault,) = [one for one in found if one.severity == "error"]
    assert (fault.kind, fault.place) == ("unreachable", "pool.cold/zz/1")
    assert "its own words make it negated" in fault.message


def test_what_always_bears_another_cause_too_overlaps(tmp_path: Path) -> None:
    same = lint("dirty = ['gr(ee|ey)n']\ncold = ['green']", tmp_path)
    (fault,) = [one for one in same if one.kind == "overlap"]
    assert (fault.place, fault.severity) == ("pool.cold/en/1", "warning")
    assert "bears pool.dirty as well" in fault.message
    # a longer phrase hides the shorter one within it
    within = lint("dirty = ['green']\ncold = ['green and cold']", tmp_path)
    assert within == []


def test_examples_are_tried(tmp_path: Path) -> None:
    more = (
        "[examples.en.pool]\ndirty = ['a dirty pool', 'the pool was lovely']\ncold = ['cold water']\n"
        "[counterexamples.en.pool]\ndirty = ['what a dirty pool', 'not a dirty pool']"
    )
    wrong = [one.message for one in lint(CLEAN, tmp_path, more) if one.kind == "example"]
    assert wrong == ['"the pool was lovely" is not tagged so', '"what a dirty pool" is tagged so, and must not be']


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_taxonomy_has_no_error_and_tags_its_examples(name: str) -> None:
    taxonomy = read_taxonomy(shipped=name)
    findings = lint_taxonomy(taxonomy)
    assert [one for one in findings if one.severity == "error"] == []
    languages = {example.language for example in taxonomy.examples}
    assert name == "default" or languages == {"ar", "de", "en", "es", "he", "lv", "pt"}


def test_nearly_every_shipped_pattern_can_be_sampled(taxonomy: Taxonomy) -> None:
    """A sampler that gave up would let lint say nothing."""
    sampled = 0
    for rule in taxonomy.rules:
        inner = rule.expression.removeprefix("(?:^| )(").removesuffix(")(?: |$)")
        expression = compile_pattern(rule.expression)
        sampled += any(expression.search(text) for text in sample_texts(inner, n=4))
    assert sampled / len(taxonomy.rules) > 0.99


WORDS = st.text("abc", min_size=1, max_size=3)
PATTERNS = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"({part} )?{part}"),
        inner.map(lambda part: f"{part} .. {part}"),
        inner.map(lambda part: f"{part}~"),
        st.just(r"\d+"),
        st.just(r"\p{L}{2,4}"),
        st.just("[^ .]+"),
    ),
    max_leaves=6,
)


@given(PATTERNS)
def test_what_is_sampled_is_matched(pattern: str) -> None:
    expanded = expand_pattern(pattern, {}, "")
    expression = re2.compile(bound_pattern(expanded))
    texts = sample_texts(expanded, n=6)
    assert texts
    assert all(expression.search(text) for text in texts)
