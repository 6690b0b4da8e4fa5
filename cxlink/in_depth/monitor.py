"""Monthly figures by themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cxlink.errors import UsageError
from cxlink.estimate import NotEstimable
from cxlink.handoff import Monitoring
from cxlink.impact import choose_kpi
from cxlink.monitor import monitor_months, read_baselines
from cxlink.monitor.baseline_file import FILE
from cxlink.pipeline import LinkedData
from cxlink.settings import Settings


def monitor_alone(settings: Settings, data: LinkedData, state: Path | None) -> Monitoring | NotEstimable:
    """Watch monthly figures, without what comes before it in a run.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`; its engine must be open.
    state : Path or None
        Folder of what is kept between runs, with the baselines; nothing is written there.

    Returns
    -------
    Monitoring or NotEstimable
        The same as those of a run.
    """
    return monitor_months(
        data.linked,
        data.loaded,
        data.tagged,
        data.causes,
        settings,
        kpi=choose_kpi(data.linked, settings.model.kpi),
        baselines=None if state is None else read_baselines(state / FILE),
    )


def of_component(monitoring: Monitoring, component: str) -> Monitoring:
    """Keep the charts of one component.

    Parameters
    ----------
    monitoring : Monitoring
        Of all.
    component : str
        Which.

    Returns
    -------
    Monitoring
        Its charts; how sure a signal is stays as it is among all charts, and so do the false alarms to be expected.

    Raises
    ------
    UsageError
        If no chart is about it.
    """
    charts = tuple(one for one in monitoring.charts if one.component == component)
    refused = tuple(one for one in monitoring.not_charted if one.component == component)
    if not charts and not refused:
        there = ", ".join(sorted({one.component for one in monitoring.charts if one.component})) or "none"
        raise UsageError("CX615", "--component", f'no figure is about "{component}".', f"There are: {there}.")
    return replace(monitoring, charts=charts, not_charted=refused)
