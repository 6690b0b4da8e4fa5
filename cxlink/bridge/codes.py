"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX620": (
        "The score is held up by low scorers who left",
        "The score rose, or fell less, because customers who scored low left: the term of leavers is above zero with"
        " its whole interval, and at least a third of the move. Those who stayed need not be better served.",
        "Look at the terms within and rate: they say how those who stayed score now.",
    ),
    "CX621": (
        "What moved the score cannot be told",
        "Two periods of three full calendar months are compared. There are too few of them in the window, or too few"
        " known customers answered in one.",
        "A longer observed window, or more answers with a customer_id.",
    ),
    "CX622": (
        "What moved recurring revenue cannot be told",
        "It is counted from recurring charges, month by month, over periods of three full calendar months.",
        "Export recurring charges of a longer window, with a customer_id.",
    ),
}
