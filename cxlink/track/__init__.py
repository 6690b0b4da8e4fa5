"""What past changes did, beside what was forecast."""

from cxlink.track.forecast_file import read_forecasts, record_forecast
from cxlink.track.stage import track_changes

__all__ = ["read_forecasts", "record_forecast", "track_changes"]
