"""What changed between two runs: restated data, another method, or a move that chance does not explain."""

from cxlink.diff.compare import Comparison, Number, compare_runs
from cxlink.diff.kept import keep_run, latest_before, read_kept
from cxlink.diff.restated import Changed, Restated
from cxlink.diff.snapshot import Snapshot, take_snapshot

__all__ = [
    "Changed",
    "Comparison",
    "Number",
    "Restated",
    "Snapshot",
    "compare_runs",
    "keep_run",
    "latest_before",
    "read_kept",
    "take_snapshot",
]
