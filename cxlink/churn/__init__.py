"""Who leaves, when, and what raises the risk."""

from cxlink.churn.stage import fit_churn

__all__ = ["fit_churn"]
