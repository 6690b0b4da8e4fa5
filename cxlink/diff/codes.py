"""What the codes of comparisons mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX645": (
        "A folder holds no results of cxlink",
        "`cxlink diff` needs two folders that `cxlink run` wrote, each with results.json and manifest.json.",
        "Name the folders of two runs, such as out/2025-11-30 and out/2025-12-31.",
    ),
    "CX646": (
        "There are not two runs to compare",
        "Without folders, the last two runs of different cut-offs are compared; .cxlink/runs holds fewer.",
        "Run again next month, run an earlier one with --as-of, or name two folders.",
    ),
    "CX647": (
        "The results are of different projects",
        "Two projects, or one in two currencies, have no number in common.",
        "Name two runs of the same project.",
    ),
}
