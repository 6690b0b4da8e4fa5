"""Phrase banks: complete in every language, and put together as sentences."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.simulate import simulate_company
from cxlink.simulate.phrases import read_bank
from cxlink.simulate.phrases.bank import TYPO_SHARE, mistype
from cxlink.simulate.world import COMPONENTS, LANGUAGES_OF_REGION

LANGUAGES = sorted({language for languages in LANGUAGES_OF_REGION.values() for language, _ in languages})
SCRIPT = {"ar": "\u0600-\u06ff", "he": "\u0590-\u05ff"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bank_covers_every_component_and_cause(language: str) -> None:
    bank = read_bank(language)
    for component in COMPONENTS:
        for cause, _ in component.causes:
            sentences = bank.complaint[component.name][cause]
            assert len(set(sentences)) == len(sentences) >= 6
        for kind in (bank.praise, bank.neutral, bank.negated, bank.question, bank.subject):
            assert len(kind[component.name]) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_serves_two_labels(language: str) -> None:
    bank = read_bank(language)
    complaints = [s for causes in bank.complaint.values() for sentences in causes.values() for s in sentences]
    others = [s for kind in (bank.praise, bank.neutral, bank.negated, bank.question) for t in kind.values() for s in t]
    assert len(set(complaints + others)) == len(complaints + others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots_are_filled(language: str) -> None:
    bank, rng = read_bank(language), np.random.default_rng(1)
    written = [bank.complain(c.name, cause, rng) for c in COMPONENTS for cause, _ in c.causes for _ in range(60)]
    assert not any("{" in sentence or "}" in sentence for sentence in written)


def test_texts_are_written_in_the_language_they_claim() -> None:
    feedback = simulate_company(customers=400, seed=1, with_effects=False).feedback.dropna(subset=["comment"])
    assert set(feedback["language"]) == set(LANGUAGES)
    for language, letters in SCRIPT.items():
        is_language = feedback["language"] == language
        assert feedback["comment"].str.contains(f"[{letters}]").equals(is_language)


def test_typing_errors_are_as_common_as_said() -> None:
    rng = np.random.default_rng(1)
    text = "Sūtījums kavējās piecas dienas."
    changed = np.mean([mistype(text, rng) != text for _ in range(5000)])
    assert changed == pytest.approx(TYPO_SHARE, abs=0.015)


def test_languages_have_their_shares() -> None:
    company = simulate_company(customers=4000, seed=1, with_effects=False, months=6)
    shares = company.feedback["language"].value_counts(normalize=True)
    for language, share in {"en": 0.35, "pt": 0.20, "he": 0.15, "ar": 0.15, "lv": 0.15}.items():
        assert shares[language] == pytest.approx(share, abs=0.05)
