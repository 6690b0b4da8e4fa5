"""The claims of a configuration or a command line, read; all that cannot be read is told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.claims.grammar import EXAMPLES, parse_claim
from cxlink.claims.model import Claim
from cxlink.claims.tokens import GrammarError
from cxlink.errors import ConfigError, CxlinkError, Faults, UsageError
from cxlink.settings import Settings

_WHAT = {
    "CX560": "cannot be read as a claim",
    "CX561": "holds a number that can be read in two ways",
    "CX562": "is about money of another currency",
    "CX563": "claims nothing that could be tested",
}
SHOWN = 90
"""Characters of a claim that are shown above the mark."""


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim and what it says.

    Parameters
    ----------
    text : str
        As written.
    claim : Claim or None
        None where no data of one company could test it.
    source : str
        Who published it; empty for one's own.
    untestable : str
        Why there is no claim; empty where there is one.
    among : str
        The condition on customers whom it is about; empty where it is about all.
    """

    text: str
    claim: Claim | None
    source: str = ""
    untestable: str = ""
    among: str = ""


def read_claims(settings: Settings) -> tuple[ReadClaim, ...]:
    """Read the claims of a configuration.

    Parameters
    ----------
    settings : Settings
        With ``[[claims]]``.

    Returns
    -------
    tuple of ReadClaim
        In their order.

    Raises
    ------
    Faults
        All claims that cannot be read, together.
    """
    found, faults = [], []
    for number, one in enumerate(settings.claims, start=1):
        try:
            said = parse_claim(one.text, currency=settings.project.currency)
            found.append(ReadClaim(one.text, said, among=one.among or ""))
        except GrammarError as error:
            place = f"{settings.file} claims[{number}]"
            faults.append(_fault(ConfigError, place, one.text, error))
    if faults:
        raise Faults(faults)
    return tuple(found)


def read_claim(text: str, settings: Settings, *, among: str | None = None) -> ReadClaim:
    """Read one claim of a command line.

    Parameters
    ----------
    text : str
        As typed.
    settings : Settings
        For the currency.
    among : str, optional
        Condition on customers whom it is about.

    Returns
    -------
    ReadClaim
        What it says.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    try:
        return ReadClaim(text, parse_claim(text, currency=settings.project.currency), among=among or "")
    except GrammarError as error:
        raise _fault(UsageError, "claim", text, error) from None


def _fault(kind: type[CxlinkError], place: str, text: str, error: GrammarError) -> CxlinkError:
    fault = kind(
        error.code, place, f"{_WHAT[error.code]}, at character {error.place + 1}.", f"Expected {error.expected}."
    )
    fault.below = (*_picture(text, error.place), *_grammar())
    return fault


def _picture(text: str, place: int) -> tuple[str, str]:
    """The text, and a mark under the place."""
    from_here = max(0, place - SHOWN + 10)
    shown = "".join(mark if mark.isprintable() else " " for mark in text[from_here : from_here + SHOWN])
    return f"  {shown}", f"  {' ' * (place - from_here)}^"


def _grammar() -> Sequence[str]:
    return ("  A claim reads like one of these:", *(f"    {example}" for example in EXAMPLES))
