"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX560": (
        "A claim cannot be read",
        "The text does not follow the grammar of claims at the place that is marked.",
        'Write it like "+1 NPS = +0.5% revenue" or "detractors: 50% leave in 90 days".',
    ),
    "CX561": (
        "A number in a claim can be read in two ways",
        "A mark may set thousands apart or begin a fraction, and a wrong guess would be a thousand times off.",
        "Write 1500 without a mark, or 1.50 with one or two decimals.",
    ),
    "CX562": (
        "A claim in another currency",
        "The claim's money is not in the project's currency, and no rate of a future year is known.",
        "Say it in the project's currency, or as a percentage.",
    ),
    "CX563": (
        "A claim of nothing",
        "A step or an amount of zero, a group beside itself, or a span out of range: there is nothing to test.",
        "Write the amount that is claimed.",
    ),
    "CX565": (
        "A claim cannot be told from this data",
        "No estimate that is allowed to decide could be made, or one failed a test that it must pass.",
        "The section on claims says why, and what would unlock it.",
    ),
}
