"""A ratio that changes is refused; so is one with an effect that may change as another does, and no other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from cxlink.churn.design import hazard_ratio
from cxlink.churn.moving import refuse_moving
from cxlink.churn.periods import LABELS
from cxlink.handoff import PeriodRatio, PeriodRatios

ERROR = 0.1
FADING = (1.2, 0.9, 0.1)


def known(component: str, log_ratios: tuple[float, ...], labels: tuple[str, ...] = LABELS) -> PeriodRatios:
    periods = tuple(
        PeriodRatio(label, hazard_ratio(one, ERROR, 1000, 50)) for label, one in zip(labels, log_ratios, strict=True)
    )
    statistic = float(((np.array(log_ratios) - np.mean(log_ratios)) ** 2).sum() / ERROR**2)
    return PeriodRatios(component, periods, statistic, float(chi2.sf(statistic, len(labels) - 1)))


def refused(*known_ones: PeriodRatios) -> set[str]:
    """Components refused, where errors of the main model are as of three periods together."""
    means = {one.component: np.mean([np.log(period.ratio.point) for period in one.periods]) for one in known_ones}
    return set(refuse_moving(known_ones, {name: (float(mean), ERROR / 3**0.5) for name, mean in means.items()}))


@pytest.mark.parametrize(
    ("case", "other", "expected"),
    [
        ("a weak effect that fades alike cannot be told from a steady one", (0.35, 0.25, 0.05), True),
        ("a weak effect that looks steady but may fade", (0.3, 0.2, 0.15), True),
        ("a steady effect is seen not to fade", (0.6, 0.6, 0.6), False),
        ("one that grows does not fade", (0.25, 0.4, 0.5), False),
        ("no effect: nothing to project wrongly", (0.05, 0.05, -0.05), False),
    ],
)
def test_one_that_may_follow_is_refused(case: str, other: tuple[float, float, float], expected: bool) -> None:
    delivery = known("delivery", FADING)
    assert delivery.p_value < 0.003
    assert ("app" in refused(delivery, known("app", other))) is expected, case


def test_where_none_changes_none_is_refused() -> None:
    assert refused(known("delivery", (0.6, 0.6, 0.5)), known("app", (0.3, 0.2, 0.1))) == set()


def test_periods_put_together_are_compared_with_the_same_time() -> None:
    late = "time after the first 3 months"
    # the mover's log ratio after three months is .5 on average, not .1 as in its last period
    alike, steady = known("app", (0.5, 0.2), (LABELS[0], late)), known("app", (0.5, 0.6), (LABELS[0], late))
    assert refused(known("delivery", FADING), alike) == {"delivery", "app"}
    assert refused(known("delivery", FADING), steady) == {"delivery"}


def test_the_reason_names_whose_ratio_changes() -> None:
    both = known("delivery", FADING), known("billing", FADING), known("app", (0.35, 0.25, 0.05))
    told = refuse_moving(both, {"delivery": (0.7, 0.05), "billing": (0.7, 0.05), "app": (0.2, 0.05)})
    assert told["app"].reason.startswith("the hazard ratio of delivery and billing is not one number")
    assert "3.32 in the first 3 months" in told["delivery"].reason
