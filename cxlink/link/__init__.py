"""From canonical tables to one timeline a customer: spells, prices, incidents and answers."""

from cxlink.link.causes import count_causes
from cxlink.link.stage import link
from cxlink.link.unexplained import measure_unexplained

__all__ = ["count_causes", "link", "measure_unexplained"]
