"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX510": (
        "Scores cannot be compared",
        "Whether a score tells who leaves, or what customers pay, is learnt on earlier days and judged on later ones."
        " Too few customers answered before such days, or too few left after them.",
        "A longer observed window, or more answers.",
    ),
    "CX511": (
        "No score to compare",
        "No known customer gave a score, or nobody is seen to leave.",
        "Export nps, csat or ces with a customer_id, and customers with ended_on.",
    ),
}
