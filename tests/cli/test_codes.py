"""Every code that the program can print is explained, and nothing is explained that it cannot print."""

from __future__ import annotations

import re
from pathlib import Path

import cxlink
from cxlink.cli.codes import all_codes

PACKAGE = Path(cxlink.__file__).parent


def test_codes_raised_are_the_codes_explained() -> None:
    raised = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name == "codes.py":
            continue
        raised |= set(re.findall(r'"(CX\d{3})"', path.read_text(encoding="utf-8")))
        raised |= set(re.findall(r"(CX90\d) ", path.read_text(encoding="utf-8")))
    assert sorted(raised - set(all_codes())) == []
    assert sorted(set(all_codes()) - raised) == []


def test_explanations_are_whole() -> None:
    for code, parts in all_codes().items():
        assert len(parts) == 3, code
        assert all(part.strip() for part in parts), code
