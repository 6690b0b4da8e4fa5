"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX625": (
        "Answers to customers are guessed from tickets",
        "Whether somebody came back to a customer who scored low is not exported. A ticket of the customer that was"
        " opened or closed within 14 days stands for it. A ticket can be the customer's own complaint, and a call"
        " leaves none.",
        "Export answered_at with the feedback.",
    ),
    "CX626": (
        "Open tickets cannot be counted",
        "A ticket is open where it has no closing time. Without the column, none could be told from the others.",
        "Export closed_at with the tickets.",
    ),
    "CX627": (
        "Tickets closed before they were opened",
        "Their closing time is not used for waiting times; they count as closed.",
        "Check opened_at and closed_at in the tickets export, and their time zones.",
    ),
}
