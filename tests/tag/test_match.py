from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.tag import rule_set
from cxlink.tag.match import MAX_TEXT_LETTERS, tag_texts
from cxlink.tag.normalise import fold_text
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.taxonomy import Rule, Taxonomy
from tests.tag.sentences import COMPLAINTS

HOSTILE = """
version = "1"
[components.x]
y = {}
[patterns.en.x]
y = ["(a+)+$", "(b|bb)+c", "(.*)*d", "(([e-h])+.)+z"]
"""

PIECES = [text for cases in COMPLAINTS.values() for text, _, _ in cases] + [
    " ",
    ", ",
    "\u202e",
    "\u0301",
    "\u200b",
    "é",
    "ل",
    "🙂",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec=None, exclude_categories=())))))
@settings(deadline=None)
def test_spans_lie_in_the_original(taxonomy: Taxonomy, parts: list[str]) -> None:
    text = "".join(parts)
    for tag in tag_texts([text], taxonomy).tags[0]:
        assert 0 <= tag.start < tag.end <= len(text)
        assert any(character.isalnum() for character in text[tag.start : tag.end])


def test_evidence_quotes_the_words_as_written(taxonomy: Taxonomy) -> None:
    text = "Olá!  A ENTREGA\u200b   \u202eatrasou\u202c muito"
    [tag] = [tag for tag in tag_texts([text], taxonomy).tags[0] if tag.is_complaint]
    assert text[tag.start : tag.end] == "ENTREGA\u200b   \u202eatrasou"


def test_answers_follow_the_order_of_the_texts(taxonomy: Taxonomy) -> None:
    texts = [text for cases in COMPLAINTS.values() for text, _, _ in cases]
    forward = tag_texts(texts, taxonomy).tags
    backward = tag_texts(texts[::-1], taxonomy).tags
    assert forward == backward[::-1]


def test_repeated_texts_are_matched_once(taxonomy: Taxonomy) -> None:
    tagged = tag_texts(["it is late", "ok", "it is late"], taxonomy)
    assert tagged.n_distinct == 2
    assert tagged.tags[0] == tagged.tags[2]


def test_a_long_text_is_cut_for_matching_and_counted(taxonomy: Taxonomy) -> None:
    before = "the delivery was late. " + "x " * MAX_TEXT_LETTERS
    after = "x " * MAX_TEXT_LETTERS + "the delivery was late"
    tagged = tag_texts([before, after, "short"], taxonomy)
    assert tagged.n_cut == 2
    assert [bool(tags) for tags in tagged.tags] == [True, False, False]


@pytest.mark.parametrize(
    "text", ["a" * 90_000 + "!", "ab" * 45_000, "e" * 5 + "efgh" * 20_000, "b" * 90_000, "late " * 20_000]
)
def test_hostile_patterns_and_texts_do_not_hang(text: str, tmp_path: Path, taxonomy: Taxonomy) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE, encoding="utf-8")
    began = time.process_time()
    tag_texts([text], read_taxonomy(path))
    tag_texts([text], taxonomy)
    assert time.process_time() - began < 20


def test_rules_spread_over_many_filters_are_met_as_by_one(monkeypatch: pytest.MonkeyPatch, taxonomy: Taxonomy) -> None:
    rules = [rule for rule in taxonomy.rules if rule.language == "en"]
    texts = [fold_text(text) for text, _, _ in COMPLAINTS["en"]]
    whole = rule_set.RuleGroup("a-z", rules)
    monkeypatch.setattr(rule_set, "MAX_FILTER_RULES", 7)
    parted = rule_set.RuleGroup("a-z", rules)
    assert any(whole.find(text) for text in texts)
    assert [parted.find(text) for text in texts] == [whole.find(text) for text in texts]


def test_filters_that_do_not_fit_into_memory_are_parted_until_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [rule for rule in read_taxonomy(None).rules if rule.rule_id.startswith("delivery.late/en/")]
    built = rule_set._build_filter

    def refuse(part: Sequence[Rule]) -> re2.Filter | None:
        return built(part) if len(part) <= 2 else None

    monkeypatch.setattr(rule_set, "_build_filter", refuse)
    group = rule_set.RuleGroup("a-z", rules)
    assert any(match.rule.cause == "late" for match in group.find("the delivery was late"))


def test_a_filter_whose_letters_do_not_fit_is_known_for_it() -> None:
    rng = np.random.default_rng(1)
    words = ["".join(map(chr, row)) for row in rng.integers(0x5D0, 0x5EA, (12_000, 9)).tolist()]
    rule = read_taxonomy(None).rules[0]
    rules = [replace(rule, expression=f"(?:^| )({word})(?: |$)") for word in words]
    assert rule_set._build_filter(rules) is None
    group = rule_set.RuleGroup("", rules)
    assert group.meet(f"x {words[-1]} {words[0]}") == [0, len(words) - 1]


def test_the_probe_in_a_text_is_no_rule(taxonomy: Taxonomy) -> None:
    assert tag_texts(["cxlinkprobe", "cxlinkprobe, the delivery was late"], taxonomy).tags[0] == ()


def test_rules_met_are_those_that_search_by_themselves_meets(taxonomy: Taxonomy) -> None:
    groups = rule_set.build_rule_groups(taxonomy)
    alone = {rule.rule_id: re2.compile(rule.expression) for rule in taxonomy.rules}
    for language, sentences in COMPLAINTS.items():
        rules = [rule for rule in taxonomy.rules if rule.language == language]
        [group] = [one for one, spoken in zip(groups, taxonomy.languages, strict=True) if spoken.code == language]
        for text, _, _ in sentences:
            folded = fold_text(text)
            assert group.meet(folded) == [
                place for place, rule in enumerate(rules) if alone[rule.rule_id].search(folded)
            ]
