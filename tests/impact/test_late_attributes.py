"""Attributes that incidents moved before they were exported."""

from __future__ import annotations

from scipy.stats import binom

from cxlink.impact.late_attributes import find_late_attributes
from tests.impact.doubted_company import draw

COMPANIES = 100


def test_usage_that_falls_after_incidents_is_found() -> None:
    assert find_late_attributes(draw(1, customers=600, usage_drop=1.5), 90) == ("usage",)


def test_what_customers_brought_along_is_named_once_in_twenty_runs_at_most() -> None:
    """Plan goes with incidents, early and late alike."""
    named = sum(bool(find_late_attributes(draw(seed, customers=300), 90)) for seed in range(COMPANIES))
    assert named <= binom.ppf(0.9995, COMPANIES, 0.05)


def test_too_few_customers_tell_nothing() -> None:
    assert find_late_attributes(draw(1, customers=20, usage_drop=5.0), 90) == ()
