"""What changes would bring: fewer incidents, more of them, or making good afterwards; and which to take."""

from cxlink.impact.changes.stage import decide_changes, refuse_changes

__all__ = ["decide_changes", "refuse_changes"]
