"""Headings that the page, Markdown and the terminal share. They are English, as all words of a report are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings of the first screen and of the parts of the page."""

    skip: str
    contents: str
    first: str
    tenth: str
    ceiling: str
    evidence: str
    do_next: str
    waiting: str
    try_it: str
    claims: str
    moved: str
    matched: str
    silent: str
    not_yet: str
    components: str
    changes: str
    causes: str
    drivers: str
    staying: str
    bridge: str
    loop: str
    data: str
    method: str


HEADINGS = Headings(
    skip="Skip to the report",
    contents="Contents",
    first="First screen",
    tenth="10% fewer",
    ceiling="Ceiling",
    evidence="Evidence",
    do_next="Do next",
    waiting="Waiting for an answer",
    try_it="Try",
    claims="Claims",
    moved="What moved, and what is noise",
    matched="Data",
    silent="The silent",
    not_yet="What we cannot tell yet",
    components="Components",
    changes="Changes",
    causes="Causes",
    drivers="Drivers",
    staying="Staying",
    bridge="What moved score and revenue",
    loop="Closed loop",
    data="Data and who is missing",
    method="Method and doubts",
)
