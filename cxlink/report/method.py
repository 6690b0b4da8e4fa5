"""What the figures mean and what they do not, in plain words."""

from __future__ import annotations

from cxlink.estimate import Estimate
from cxlink.handoff import RunResult


def describe_method(result: RunResult) -> tuple[str, ...]:
    """Say how the figures were made.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    tuple of str
        One paragraph each; our own words only.
    """
    return (
        _what_is_compared(result),
        *_how_well_it_told(result),
        "Reached counts all customers, past ones too, who met at least one incident while observed.",
        (
            "Every figure comes with an interval. It says what the data can tell apart, given the method;"
            " it does not hold what the method cannot see. An interval that holds zero means that the data"
            " cannot tell whether there is an effect at all."
        ),
        (
            "The components' figures do not add up, because one customer can meet several of them:"
            " overlap is what the rows together say too much (or too little), from the same draws."
        ),
        (
            'Evidence, best first: "A experiment" rests on chance deciding who had the incident; "B within'
            ' the same customers" compares customers with themselves; "C adjusted" compares customers alike in'
            ' what was recorded; "D descriptive" is a difference and no more.'
        ),
        "Where a figure cannot be told, the report says why, and what would unlock it. It never shows a zero instead.",
        (
            "Figures are rounded to two significant figures of their interval's width, so rows may not add up"
            f" to the last digit; results.json has them in full. Seed {result.seed}."
        ),
    )


def describe_limits(result: RunResult) -> tuple[str, ...]:
    """Say what not to conclude.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    tuple of str
        One item each; our own words only.
    """
    limits = [
        (
            "Not: that a fix will bring the whole figure. It is a ceiling: it would take that no such"
            " incident happened at all, and it does not hold what the fix costs."
        ),
        (
            "Not: that the component with the highest figure is certainly the costliest. Where intervals"
            " overlap, the order may be chance."
        ),
        "Not: that a component is harmless because its interval holds zero, or because it cannot be told.",
        "Not: that customers left because of what they wrote. A comment says what they remember, not what moved them.",
    ]
    if result.linked.business == "orders":
        limits.append("Not: that a customer who has not bought for a while has left for good.")
    return tuple(limits)


def _how_well_it_told(result: RunResult) -> tuple[str, ...]:
    """The longest horizon whose validation is estimable."""
    for one in reversed(result.churn.validation):
        auc, ratio = one.measures["auc"], one.measures["observed_over_expected"]
        if isinstance(auc, Estimate) and isinstance(ratio, Estimate):
            return (
                f"Could it have told who leaves? Fitted on what was known on {one.landmark}, and followed for"
                f" {one.months} months: {one.leavers} of {one.customers} customers left, {ratio.point:.2f} times as"
                f" many as predicted ({ratio.low:.2f}-{ratio.high:.2f}); of one who left and one who stayed, the first"
                f" had the higher risk {auc.point:.0%} of the time ({auc.low:.0%}-{auc.high:.0%}; chance is 50%).",
            )
    return ()


def _what_is_compared(result: RunResult) -> str:
    if not result.impact.population:
        return (
            "Each component is compared with the same responses as if none of its incidents had happened. There is no"
            " population of active customers here, so nothing is projected into the future."
        )
    return (
        f"The customers active at the cut-off are followed for the next {result.horizon_months} months in a"
        " model, once as things are and once as if none of a component's incidents happened from then on. The"
        " difference is the figure: customers and money are totals over those customers, discounted; the score"
        " is a mean."
    )
