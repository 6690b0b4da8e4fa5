"""What the shipped taxonomy says of plain sentences, language by language."""

from __future__ import annotations

import pytest

from cxlink.tag.match import Tag, tag_texts
from cxlink.tag.taxonomy import Taxonomy
from tests.tag.sentences import CANCELLATIONS, COMPLAINTS, NO_COMPLAINTS, OTHER_CANCELLATIONS


def complaints_of(text: str, taxonomy: Taxonomy) -> list[Tag]:
    return [tag for tag in tag_texts([text], taxonomy).tags[0] if tag.is_complaint]


@pytest.mark.parametrize(
    ("text", "component", "cause"), [case for cases in COMPLAINTS.values() for case in cases], ids=lambda value: value
)
def test_complaint_gets_its_component_and_cause(text: str, component: str, cause: str, taxonomy: Taxonomy) -> None:
    found = {(tag.component, tag.cause) for tag in complaints_of(text, taxonomy)}
    assert (component, cause) in found


@pytest.mark.parametrize("text", [text for texts in NO_COMPLAINTS.values() for text in texts])
def test_praise_questions_and_denials_are_no_incidents(text: str, taxonomy: Taxonomy) -> None:
    assert complaints_of(text, taxonomy) == []


@pytest.mark.parametrize("text", CANCELLATIONS)
def test_cancellation_is_an_intent_and_no_incident(text: str, taxonomy: Taxonomy) -> None:
    assert {(tag.cause, tag.intent) for tag in complaints_of(text, taxonomy)} == {("cancellation_intent", "cancel")}


@pytest.mark.parametrize("text", OTHER_CANCELLATIONS)
def test_cancelling_something_else_is_no_intent_to_leave(text: str, taxonomy: Taxonomy) -> None:
    assert not any(tag.intent for tag in complaints_of(text, taxonomy))


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("the delivery was late", "complaint"),
        ("the delivery was not late", "negated"),
        ("if the delivery is late", "neutral"),
        ("the delivery was on time", "praise"),
        ("the delivery was great, but it was late and the parcel was broken", "complaint"),
        ("no problem with billing, but the invoice is wrong", "complaint"),
        ("I don't know why the delivery is late", "complaint"),
        ("delivery", "neutral"),
    ],
)
def test_polarity_is_judged_within_the_clause(text: str, polarity: str, taxonomy: Taxonomy) -> None:
    polarities = {tag.polarity for tag in tag_texts([text], taxonomy).tags[0]}
    assert polarity in polarities
    if polarity != "complaint":
        assert "complaint" not in polarities


def test_the_more_specific_phrase_wins(taxonomy: Taxonomy) -> None:
    found = complaints_of("I have not received my refund", taxonomy)
    assert {tag.component for tag in found} == {"billing"}


def test_every_language_has_rules_for_every_cause(taxonomy: Taxonomy) -> None:
    covered = {(rule.language, rule.component, rule.cause) for rule in taxonomy.rules if rule.kind == "complaint"}
    missing = [
        (language, cause.component, cause.name)
        for language in ("en", "pt", "he", "ar", "lv")
        for cause in taxonomy.causes
        if (language, cause.component, cause.name) not in covered
    ]
    assert missing == []
