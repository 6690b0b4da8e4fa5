"""What a stage has to say to the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Message:
    """A diagnostic: what happened, where, and what to do about it. Never holds a customer's data."""

    code: str
    severity: Severity
    stage: str
    message: str
    remedy: str
