"""What moved the score and recurring revenue from one quarter to another."""

from cxlink.bridge.stage import bridge_periods

__all__ = ["bridge_periods"]
