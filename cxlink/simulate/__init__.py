"""Customers with known causes and known effects."""

from cxlink.simulate.company import Company, simulate_company
from cxlink.simulate.exports import simulate
from cxlink.simulate.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "Company", "simulate", "simulate_company"]
