"""The phrases of one language, and how they are put together."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

TYPO_SHARE = 0.08
BEFORE_SHARE = 0.20
AFTER_SHARE = 0.25
Choices = Sequence[str]


@dataclass(frozen=True)
class PhraseBank:
    """Phrases of one language.

    Parameters
    ----------
    complaint : mapping
        Component to cause to sentences.
    praise, neutral, negated : mapping
        Component to sentences; praise also has ``general``.
    vague : mapping
        ``good``, ``middling``, ``bad``: sentences that name nothing.
    question : mapping
        Component to sentences.
    cancellation : mapping
        ``text``: sentences that ask to cancel.
    filler : mapping
        ``before`` and ``after``: sentences around a complaint.
    subject : mapping
        Component to subjects of tickets; also ``general`` and ``cancellation``.
    format : mapping
        ``amount`` with ``{value}``, and the ``decimal`` sign.
    """

    complaint: Mapping[str, Mapping[str, Choices]]
    praise: Mapping[str, Choices]
    neutral: Mapping[str, Choices]
    negated: Mapping[str, Choices]
    vague: Mapping[str, Choices]
    question: Mapping[str, Choices]
    cancellation: Mapping[str, Choices]
    filler: Mapping[str, Choices]
    subject: Mapping[str, Choices]
    format: Mapping[str, str]

    def complain(self, component: str, cause: str, rng: np.random.Generator) -> str:
        """One sentence of complaint.

        Parameters
        ----------
        component : str
            Name of the component.
        cause : str
            Name of the cause.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        str
            The sentence, its slots filled.
        """
        sentence = pick(self.complaint[component][cause], rng)
        if "{" not in sentence:
            return sentence
        value = f"{rng.integers(3, 60)}.{rng.choice(['00', '50', '90', '99'])}"
        amount = self.format["amount"].replace("{value}", value.replace(".", self.format["decimal"]))
        return sentence.replace("{n}", str(rng.integers(3, 10))).replace("{amount}", amount)

    def wrap(self, sentences: Sequence[str], rng: np.random.Generator) -> str:
        """Sentences, now and then with a greeting before and a plea after, now and then mistyped.

        Parameters
        ----------
        sentences : sequence of str
            At least one.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        str
            The text.
        """
        parts = list(sentences)
        if rng.random() < BEFORE_SHARE:
            parts.insert(0, pick(self.filler["before"], rng))
        if rng.random() < AFTER_SHARE:
            parts.append(pick(self.filler["after"], rng))
        return mistype(" ".join(parts), rng)


@lru_cache(maxsize=16)
def read_bank(language: str) -> PhraseBank:
    """Phrases of a language that the package ships.

    Parameters
    ----------
    language : str
        Two-letter code.

    Returns
    -------
    PhraseBank
        The phrases.
    """
    file = resources.files("cxlink.simulate.phrases") / f"{language}.toml"
    return PhraseBank(**tomllib.loads(file.read_text(encoding="utf-8")))


def pick(choices: Choices, rng: np.random.Generator) -> str:
    """One of the choices, all equally likely.

    Parameters
    ----------
    choices : sequence of str
        At least one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    str
        The choice.
    """
    return choices[int(rng.integers(len(choices)))]


def mistype(text: str, rng: np.random.Generator) -> str:
    """Text that now and then has a typing error: a letter dropped, doubled or swapped, or all accents lost.

    Parameters
    ----------
    text : str
        A text.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    str
        The text, changed in a share ``TYPO_SHARE`` of the calls.
    """
    if rng.random() >= TYPO_SHARE:
        return text
    if rng.random() < 0.3 and _without_accents(text) != text:
        return _without_accents(text)
    words = text.split(" ")
    long_words = [position for position, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long_words:
        return text
    position = long_words[int(rng.integers(len(long_words)))]
    words[position] = _misspell(words[position], rng)
    return " ".join(words)


def _misspell(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word) - 1))
    fault = rng.integers(3)
    if fault == 0:
        return word[:at] + word[at + 1 :]
    if fault == 1:
        return word[: at + 1] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _without_accents(text: str) -> str:
    kept = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", "".join(kept)) if text.isascii() or _is_latin(text) else text


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha())
