"""What the codes of gates mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX640": (
        "A rule cannot be read",
        "The text does not follow the grammar of gates at the place that is marked.",
        'Write it like "components.billing.net_benefit.low <= 50000" or "no diff.restated".',
    ),
    "CX641": (
        "A rule names what results.json does not have",
        "The name that is marked is no key of results.json, or nothing that the configuration has.",
        "Use the name that is told, or one of `cxlink schema results`.",
    ),
    "CX642": (
        "A rule compares what cannot be compared",
        "A list or a group of values stands where one number, text or truth value is needed.",
        'Name one value below it, or write "no NAME" for a list that must be empty.',
    ),
}
