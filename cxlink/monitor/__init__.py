"""What moved this month, and what is noise."""

from cxlink.monitor.baseline_file import read_baselines, write_baselines
from cxlink.monitor.stage import monitor_months

__all__ = ["monitor_months", "read_baselines", "write_baselines"]
