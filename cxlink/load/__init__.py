"""Exports to canonical tables; what cannot be read goes to quarantine."""

from cxlink.load.ledger import RefusedData
from cxlink.load.stage import load

__all__ = ["RefusedData", "load"]
