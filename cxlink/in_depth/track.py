"""Past changes by themselves."""

from __future__ import annotations

from pathlib import Path

from cxlink.estimate import NotEstimable
from cxlink.handoff import Tracking
from cxlink.impact import choose_kpi
from cxlink.pipeline import LinkedData
from cxlink.settings import Settings
from cxlink.track import read_forecasts, track_changes
from cxlink.track.forecast_file import FILE


def track_alone(settings: Settings, data: LinkedData, state: Path | None) -> Tracking | NotEstimable:
    """Judge changes that were made, without what comes before it in a run.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    state : Path or None
        Folder of what is kept between runs, with the forecasts.

    Returns
    -------
    Tracking or NotEstimable
        The same as those of a run.
    """
    forecasts = () if state is None else read_forecasts(state / FILE)
    kpi = choose_kpi(data.linked, settings.model.kpi)
    return track_changes(data.linked, settings, kpi=kpi, forecasts=forecasts)
