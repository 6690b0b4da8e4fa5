"""Changes by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.handoff import Changes
from cxlink.in_depth.impact import estimate_impact_alone
from cxlink.pipeline import LinkedData, Progress
from cxlink.settings import ChangeSettings, Settings


def decide_changes_alone(
    settings: Settings,
    data: LinkedData,
    changes: Sequence[ChangeSettings],
    *,
    budget: float | None,
    aim: str,
    seed: int | None,
    progress: Progress,
) -> Changes:
    """Say what changes would bring, without validation and reports.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    changes : sequence of ChangeSettings
        Instead of the configuration's.
    budget : float or None
        Within which to choose; no choice where None.
    aim : {"mean", "worst fifth"}
        Of what the budget brings.
    seed : int or None
        Seed that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.

    Returns
    -------
    Changes
        The same figures as those of a run with these changes and this seed; small cells hidden for the public.
    """
    finance = settings.finance.model_copy(update={"budget": budget, "budget_aim": aim})
    asked = settings.model_copy(update={"changes": tuple(changes), "finance": finance})
    return estimate_impact_alone(asked, data, seed, progress).changes
