"""What a taxonomy is: causes, the rules that find them, and how each language denies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Polarity = Literal["complaint", "negated", "neutral", "praise"]
RuleKind = Literal["complaint", "praise", "mention", "ignore"]

CANCEL_INTENT = "cancel"
UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause of a component.

    ``intent`` is "" for an incident, or "cancel" where the words announce a departure and are no cause of it.
    """

    component: str
    name: str
    intent: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of the taxonomy.

    ``kind`` is what a match says: a complaint, praise, a bare mention of the component, or a phrase to ignore (it
    hides what it contains). ``expression`` is RE2 syntax with the phrase as group 1 and its gaps as groups
    ``gap0``, ``gap1``...
    """

    rule_id: str
    kind: RuleKind
    component: str
    cause: str
    intent: str
    language: str
    pattern: str
    expression: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that must bear a cause, or must not (``wanted`` False); the taxonomy's own test."""

    component: str
    cause: str
    language: str
    text: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Language:
    """How a language attaches particles, denies and joins clauses; expressions are RE2 on folded text, "" for none.

    ``negation_window`` is the number of words before a complaint in which a negation turns it round.
    """

    code: str
    letters: str
    particles: str
    negation: str
    not_negation: str
    denial: str
    condition: str
    clause_word: str
    negation_window: int


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """A checked taxonomy, equal to another one when their ``digest`` (SHA-256 of the content) is the same.

    ``exported`` says what tags of the ticket system mean: folded tag to component and cause.
    """

    version: str
    digest: str
    causes: tuple[Cause, ...]
    languages: tuple[Language, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...] = ()
    exported: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the components, in the order of the file."""
        return tuple(dict.fromkeys(cause.component for cause in self.causes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taxonomy) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)
