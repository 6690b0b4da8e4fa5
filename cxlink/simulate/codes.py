"""What the codes of the simulator mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX733": (
        "The made-up exports cannot be written",
        "The folder cannot be made, or the system refused to write into it.",
        "Choose another folder.",
    ),
}
