"""What is hidden from the public: small counts, answers that few are behind, and digits that tell of them."""

from __future__ import annotations

import re
from dataclasses import replace

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.report.numbers import SMALL_COUNT, format_count

FEW = NotEstimable(f"suppressed: fewer than {SMALL_COUNT} customers", "a larger group")
DOMINATED = NotEstimable("suppressed: one customer makes up more than half", "a larger group")
DEDUCIBLE = NotEstimable("suppressed: another component's figure would follow from it", "a larger group")
_SINGLE_DIGIT = re.compile(r"(?<![\w.,<+-])[0-9](?![\w.,%])")


def is_suppressed(count: int, *, published: bool) -> bool:
    """Whether a count is too small to be shown.

    Parameters
    ----------
    count : int
        Of customers or of their records.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    bool
        True below 10 for the public.
    """
    return published and count < SMALL_COUNT


def show_count(count: int, *, published: bool) -> str:
    """Show a count, or ``<10``.

    Parameters
    ----------
    count : int
        Of customers or of their records.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    str
        Such as ``4,012`` or ``<10``.
    """
    return f"<{SMALL_COUNT}" if is_suppressed(count, published=published) else format_count(count)


def clean_answer(answer: Answer) -> Answer:
    """Hide an answer that fewer than ten customers are behind, and single digits in the reason why there is none.

    Parameters
    ----------
    answer : Answer
        Of any kind.

    Returns
    -------
    Answer
        The same where nothing is to be hidden.
    """
    if isinstance(answer, Estimate):
        return FEW if answer.n < SMALL_COUNT else answer
    return replace(answer, reason=hide_digits(answer.reason))


def hide_digits(text: str) -> str:
    """Hide single digits, which may be counts, in a text.

    Parameters
    ----------
    text : str
        A reason or a message.

    Returns
    -------
    str
        With ``fewer than 10`` in their place.
    """
    return _SINGLE_DIGIT.sub(f"fewer than {SMALL_COUNT}", text)
