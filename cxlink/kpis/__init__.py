"""Which score tells who leaves, and what customers will pay."""

from cxlink.kpis.stage import compare_kpis

__all__ = ["compare_kpis"]
