"""The window that the sources cover together: its end follows the data, from month to month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from cxlink.load.observed import Coverage, coverage_of, covered_to, observed_window, tell_quiet
from cxlink.settings import ProjectSettings

PROJECT = ProjectSettings(name="Acme", currency="EUR")


def every_day(first: str, last: str, step: int = 1) -> np.ndarray:
    return np.arange(np.datetime64(first), np.datetime64(last) + 1, step)


def months(first: str, last: str) -> np.ndarray:
    return np.arange(np.datetime64(first), np.datetime64(last) + 1).astype("datetime64[D]")


def test_charges_on_the_first_of_the_month_lose_no_day_of_it() -> None:
    covered = {
        "revenue": coverage_of(months("2025-01", "2025-12")),
        "tickets": coverage_of(every_day("2025-01-01", "2025-12-31")),
    }
    assert covered_to(covered) == date(2025, 12, 31)
    assert observed_window(PROJECT, None, covered) == (date(2025, 1, 1), date(2025, 12, 31))


def test_a_few_answers_a_week_lose_no_day_either() -> None:
    rng = np.random.default_rng(1)
    days = np.unique(np.datetime64("2024-01-01") + rng.integers(0, 731, 200))
    covered = {"feedback": coverage_of(days), "tickets": coverage_of(every_day("2024-01-01", "2025-12-31"))}
    assert covered["feedback"].last < date(2025, 12, 31)
    assert covered_to(covered) == date(2025, 12, 31)


def test_an_export_made_earlier_ends_the_window() -> None:
    covered = {
        "revenue": coverage_of(every_day("2025-01-01", "2025-12-10")),
        "tickets": coverage_of(every_day("2025-01-01", "2025-12-31")),
    }
    assert covered_to(covered) == date(2025, 12, 10)


def test_one_hole_in_the_middle_makes_no_silence_usual() -> None:
    days = every_day("2024-01-01", "2025-12-10")
    hole = (days > np.datetime64("2024-06-01")) & (days < np.datetime64("2024-07-15"))
    assert coverage_of(days[~hole]).quiet == 0


def test_silence_is_usual_for_a_month_at_most() -> None:
    assert coverage_of(every_day("2023-01-01", "2025-12-31", step=91)).quiet == 30


@pytest.mark.parametrize("n_days", [1, 2, 5])
def test_too_few_days_tell_nothing_of_what_is_usual(n_days: int) -> None:
    days = months("2025-01", "2025-12")[:n_days]
    assert coverage_of(days) == Coverage(date(2025, 1, 1), date(2025, n_days, 1), 0)


def test_who_is_taken_to_reach_the_cut_off_is_said_unless_the_user_chose_it() -> None:
    covered = {"revenue": Coverage(date(2025, 1, 1), date(2025, 12, 1), 30)}
    (message,) = tell_quiet(covered, date(2025, 12, 31), chosen=False)
    assert message.code == "CX127"
    assert "revenue (2025-12-01; 30 days" in message.message
    assert tell_quiet(covered, date(2025, 12, 31), chosen=True) == []
    assert tell_quiet(covered, date(2025, 12, 1), chosen=False) == []
