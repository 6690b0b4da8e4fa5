"""Wait for what a page comes to, where its policy forbids the evaluating that Playwright's own wait repeats."""

from __future__ import annotations

from typing import Any

STEP_MS = 10
LONGEST_MS = 30_000


def until(page: Any, expression: str, arg: object = None) -> None:
    """Return as soon as the expression, or the function of ``arg``, is true on the page; fail after half a minute.

    ``page.wait_for_function`` evaluates again within the page's own frames, which a policy without
    ``unsafe-eval`` stops: it passes only where the first look already finds the truth.
    """
    for _ in range(0, LONGEST_MS, STEP_MS):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(f"still not so after {LONGEST_MS} ms: {expression}")
