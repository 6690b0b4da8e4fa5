"""What ``audience = "published"`` leaves out of monthly figures."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import Chart, Monitoring, NotCharted
from cxlink.report.hiding import hide_digits
from cxlink.report.numbers import SMALL_COUNT

FEW = f"suppressed: fewer than {SMALL_COUNT} customers or records in some months"


def suppress_monitoring(monitoring: Monitoring | NotEstimable) -> Monitoring | NotEstimable:
    """Leave out charts that tell of fewer than ten customers or records in any month.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        Of the internal audience.

    Returns
    -------
    Monitoring or NotEstimable
        Whole charts are left out: of one with a gap, the hidden month would follow from its limits and rules.
    """
    if isinstance(monitoring, NotEstimable):
        return replace(monitoring, reason=hide_digits(monitoring.reason))
    hidden = [one for one in monitoring.charts if _is_small(one)]
    told = tuple(NotCharted(one.series, one.component, one.cause, FEW) for one in hidden)
    refused = tuple(replace(one, reason=hide_digits(one.reason)) for one in monitoring.not_charted)
    messages = tuple(replace(one, message=hide_digits(one.message)) for one in monitoring.messages)
    shown = tuple(one for one in monitoring.charts if not _is_small(one))
    return replace(monitoring, charts=shown, not_charted=(*refused, *told), messages=messages)


def _is_small(chart: Chart) -> bool:
    counts = (count for month in chart.months for count in (month.people, month.others))
    return any(count < SMALL_COUNT for count in counts)
