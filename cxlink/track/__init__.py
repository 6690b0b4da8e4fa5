"""What past changes did, beside what was forecast."""

from cxlink.track.forecast_file import read_forecasts, record_forecast
from cxlink.track.stage import track_changes
from cxlink.track.told_today import forecasts_of

__all__ = ["forecasts_of", "read_forecasts", "record_forecast", "track_changes"]
