from __future__ import annotations

import pytest

from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.taxonomy import Taxonomy


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return read_taxonomy(None)
