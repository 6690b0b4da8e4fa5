"""Every code that loading or an engine can give is explained."""

from __future__ import annotations

import re
from pathlib import Path

import cxlink
from cxlink.load.codes import CODES

PACKAGE = Path(cxlink.__file__).parent


def test_every_code_is_explained_and_none_is_made_up() -> None:
    sources = [
        path for folder in ("load", "engine") for path in (PACKAGE / folder).glob("*.py") if path.name != "codes.py"
    ]
    used = {code for path in sources for code in re.findall(r"CX\d{3}", path.read_text())}
    assert used == set(CODES)


def test_explanations_are_whole() -> None:
    assert all(part.strip() for text in CODES.values() for part in text)
