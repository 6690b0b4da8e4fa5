"""What cannot be told yet, what it needs, and when it could be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from cxlink.estimate import NotEstimable
from cxlink.handoff import ComponentEffect, Readiness
from cxlink.report.first_parts import NotYet

_LATEST_MONTHS = 120
_COUNT = re.compile(r"(?P<count>[0-9][0-9,]*) (?P<what>\D.*)")
_SEEN = re.compile(r"(?:[^0-9:]*: )?(?P<need>[0-9][0-9,]*) [^,;]*, (?:there are )?(?P<seen>[0-9][0-9,]*)(?: seen)?")
_NEEDS = re.compile(r"(?P<seen>[0-9][0-9,]*) [^,;]*, needs (?P<need>[0-9][0-9,]*)")


def list_not_yet(
    effects: Sequence[ComponentEffect], readiness: Iterable[Readiness], *, first: date, last: date
) -> tuple[NotYet, ...]:
    """List what cannot be told yet: components without money or score, then outputs.

    Parameters
    ----------
    effects : sequence of ComponentEffect
        With small cells hidden where that is wanted.
    readiness : iterable of Readiness
        Of all outputs.
    first, last : date
        Of the observed window: how fast counts have grown is taken from it.

    Returns
    -------
    tuple of NotYet
        One a component whose net benefit and customers cannot be told, and one an output that is not ready.
    """
    found = [
        NotYet(effect.component, _lacking(answer), _when(answer.reason, answer.needs, first, last))
        for effect in effects
        if isinstance(answer := effect.net_benefit, NotEstimable) and isinstance(effect.customers_kept, NotEstimable)
    ]
    if len(found) == len(effects) and effects:
        # of every component the same: the outputs below say what is lacking
        found = found if len({one.needs for one in found}) > 1 else []
    missing = [one for one in readiness if not one.ready and one.needs]
    return (*found, *(NotYet(one.output, one.needs, _when(one.has, one.needs, first, last)) for one in missing))


def _lacking(answer: NotEstimable) -> str:
    """What is lacking: the counts where they are told, else what is needed."""
    if _NEEDS.match(answer.reason) or not answer.needs:
        return answer.reason
    counts = _counts(answer.reason, answer.needs)
    return answer.needs if counts is None else f"{answer.needs}, {counts[0]:,} so far"


def _when(reason: str, needs: str, first: date, last: date) -> str:
    """Say when what is counted will be enough at the rate so far, or what else brings it."""
    counts = _counts(reason, needs)
    if counts is None:
        if "[" in needs:
            return "as soon as it is set"
        return "with the run after it is exported" if re.search(r"export|\b[a-z_]+\.[a-z_]+\b", needs) else ""
    seen, need = counts
    months = max((last - first).days / 30.44, 1.0)
    more = months * (need - seen) / seen if seen else float("inf")
    if more > _LATEST_MONTHS:
        return "not within ten years at the rate so far"
    return f"about {_month_after(last, more)} at the rate so far"


def _counts(reason: str, needs: str) -> tuple[int, int] | None:
    """What there is and what is needed, where both are told as counts of the same."""
    told = _NEEDS.match(reason) or _SEEN.match(needs)
    if told is not None:
        seen, need = _number(told["seen"]), _number(told["need"])
        return (seen, need) if seen < need else None
    have, want = _COUNT.match(reason), _COUNT.match(needs)
    if have is None or want is None or have["what"].split(",")[0].split()[0] != want["what"].split()[0]:
        return None
    seen, need = _number(have["count"]), _number(want["count"])
    return (seen, need) if seen < need else None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _month_after(day: date, months: float) -> str:
    later = day.year * 12 + day.month - 1 + max(round(months), 1)
    return f"{later // 12}-{later % 12 + 1:02d}"
