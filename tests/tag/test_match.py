from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.tag.match import MAX_TEXT_LETTERS, tag_texts
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.taxonomy import Taxonomy
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


def test_more_rules_than_a_set_can_hold_in_memory_still_match(monkeypatch: pytest.MonkeyPatch) -> None:
    from cxlink.tag import rule_set

    monkeypatch.setattr(rule_set, "MAX_SET_MEMORY", 3 << 20)
    taxonomy = read_taxonomy(None)
    rules = [rule for rule in taxonomy.rules if rule.rule_id.startswith("delivery.late/en/")]
    [group] = [rule_set.RuleGroup("a-z", rules)]
    assert any(match.rule.cause == "late" for match in group.find("the delivery was late"))
