"""What drawn companies say about the method, as a table for programs."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Likeness, SelfCheck
from cxlink.report.selfcheck_sections import suppress_selfcheck
from cxlink.report.suppress import is_suppressed

COLUMNS = (
    "section",
    "component",
    "quantity",
    "measure",
    "point",
    "low",
    "high",
    "level",
    "unit",
    "n",
    "events",
    "refused",
    "reason",
)
MEASURES = ("smallest", "found", "coverage", "false_alarms", "power_half", "power_found")


def selfcheck_table(told: SelfCheck, *, published: bool) -> pd.DataFrame:
    """Put every figure into one row, for programs.

    Parameters
    ----------
    told : SelfCheck
        Of any audience.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; without numbers where there is a reason. ``refused`` counts companies; ``likeness`` has the
        data's own count in ``n`` and the drawn ones in ``point``, ``low`` and ``high``.
    """
    shown = suppress_selfcheck(told) if published else told
    rows = list(_figures(shown))
    rows += [_likeness_row(one) for one in shown.likeness if not is_suppressed(round(one.data), published=published)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    whole, real = dict.fromkeys(("n", "events", "refused"), "Int64"), ("point", "low", "high", "level")
    return frame.astype(whole | dict.fromkeys(real, float))


def _figures(told: SelfCheck) -> Iterator[tuple[object, ...]]:
    yield _row("all", "", "", "coverage", told.coverage)
    yield _row("all", "", "", "false_alarms", told.false_alarms)
    for quantity, coverage in told.coverage_by_quantity.items():
        yield _row("all", "", quantity, "coverage", coverage)
    yield _row("ranking", "", "net_benefit", "costliest_right", told.costliest_right)
    yield _row("ranking", "", "net_benefit", "ranks_held", told.ranks_held)
    for one in told.effects:
        for measure in MEASURES:
            yield _row("effects", one.component, one.quantity, measure, getattr(one, measure), one.refused)


def _row(
    section: str, component: str, quantity: str, measure: str, answer: Answer, refused: int | None = None
) -> tuple[object, ...]:
    names = (section, component, quantity, measure)
    if isinstance(answer, NotEstimable):
        return (*names, None, None, None, None, "", None, None, refused, f"{answer.reason}; needs {answer.needs}")
    figures = (answer.point, answer.low, answer.high, answer.level, answer.unit, answer.n, answer.events)
    return (*names, *figures, refused, "")


def _likeness_row(one: Likeness) -> tuple[object, ...]:
    names = ("likeness", one.component, one.what, "drawn")
    return (*names, one.mean, one.low, one.high, 0.95, "count", round(one.data), None, None, "")
