"""docs/exports.md says what the profiles do."""

from __future__ import annotations

from tests.profiles.refresh_exports import PAGE, page


def test_the_page_is_that_of_the_profiles() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.profiles.refresh_exports"
