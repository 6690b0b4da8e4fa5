"""What each component's incidents do to experience, customers, revenue and cost, alone and together."""

from cxlink.impact.among import estimate_impact_among
from cxlink.impact.drivers import find_drivers
from cxlink.impact.experience import choose_kpi
from cxlink.impact.stage import estimate_impact

__all__ = ["choose_kpi", "estimate_impact", "estimate_impact_among", "find_drivers"]
