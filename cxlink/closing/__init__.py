"""The closed loop: what is open, who waits for an answer, and what went with answering."""

from cxlink.closing.stage import close_loop

__all__ = ["close_loop"]
