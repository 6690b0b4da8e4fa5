"""Where the public data of the acceptance tests lives; it is no part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("CXLINK_REAL_DATA", REPOSITORY.parent / "shared" / "data")).resolve()


def needs(folder: str) -> pytest.MarkDecorator:
    """Skip, plainly, where a folder of the real data is missing."""
    there = (REAL_DATA / folder).is_dir()
    return pytest.mark.skipif(not there, reason=f"no real data: {folder} is not in CXLINK_REAL_DATA")
