"""From canonical tables to one timeline a customer: spells, prices, incidents and answers."""

from cxlink.link.causes import count_causes
from cxlink.link.stage import link

__all__ = ["count_causes", "link"]
