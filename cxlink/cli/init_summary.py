"""What ``cxlink init --from`` understood, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxlink.profiles.drafts import FileDraft, FolderDraft, SourceDraft, count_rows
from cxlink.report.shown_text import Sink, render_text

if TYPE_CHECKING:
    from rich.console import Console

MAX_CELL = 40
MAX_NAME = 60
N_NEAREST = 12
N_UNUSED = 8


def print_summary(draft: FolderDraft, console: Console) -> None:
    """Print what each file was taken for, its first rows, what is missing, and what else to export.

    Parameters
    ----------
    draft : FolderDraft
        The exports as they were understood.
    console : Console
        For results.
    """
    for file in draft.files:
        _print_file(file, console)
    for unused in draft.unused:
        _say(console, f"{_shown(unused.name)}: not read: {_shown(unused.why, 200)}")
    if draft.unused:
        _say(console)
    _print_needs(draft, console)


def _print_file(file: FileDraft, console: Console) -> None:
    _say(console, _shown(file.sheet.head.label))
    if not file.is_known and not file.sources:
        _say(console, "not recognised. Its columns, and the nearest of ours:", indent=2)
        for header, near in file.nearest[:N_NEAREST]:
            _say(console, f"{near or '-':<28} {_shown(header)}", indent=4)
        for like in file.missing:
            _say(console, f"{_shown(like, 200)}; map it in mapping.xlsx", indent=2)
        return _say(console)
    for source in file.sources:
        _print_source(source, console, is_sure=file.is_sure)
    if file.unused:
        names = ", ".join(_shown(name, MAX_CELL) for name in file.unused[:N_UNUSED])
        more = f" and {len(file.unused) - N_UNUSED} more" if len(file.unused) > N_UNUSED else ""
        _say(console, f"not used: {names}{more}", indent=2)
    return _say(console)


def _print_source(source: SourceDraft, console: Console, *, is_sure: bool) -> None:
    counts = count_rows(source.n_rows) + (f", {source.n_excluded} not data" if source.n_excluded else "")
    _say(console, f"{_shown(source.title)} -> {source.table}: {counts}", indent=2)
    if source.off:
        return _say(console, f"written as a comment only: {_shown(source.off, 200)}", indent=4)
    if not is_sure:
        _say(console, "guessed by the names of its columns; please check", indent=4)
    if source.query is not None:
        _say(console, f"put together by {source.query.file}", indent=4)
    for row in source.first_rows:
        cells = "; ".join(f"{ours} = {_shown(text, MAX_CELL)}" for ours, text in row.items())
        _say(console, f"read as: {cells}", indent=4)
    for line in source.lines:
        if not line.is_on:
            _say(
                console,
                f"to decide: {'.'.join(_shown(part) for part in line.key)}: {_shown(line.comment, 240)}",
                indent=4,
            )
    return None


def _print_needs(draft: FolderDraft, console: Console) -> None:
    there = {source.table for source in draft.sources if not source.off}
    lacking = [table for table in ("revenue", "feedback") if table not in there]
    if lacking:
        _say(console, f"Still needed: an export of {' and one of '.join(lacking)}.")
    if not draft.currency:
        _say(console, f"[project] currency is not known ({_shown(draft.currency_remark, 200)}).")
    if "customers" not in there:
        _say(
            console,
            "Without customers or subscriptions, ends are known only where charges say how long they last.",
        )
    if draft.unlocks:
        _say(console, "What else to export:")
    for export, gives in draft.unlocks:
        _say(console, f"{export}: {gives}", indent=2)


def _shown(text: str, limit: int = MAX_NAME) -> str:
    return render_text(text, Sink.TERMINAL, limit=limit)


def _say(console: Console, text: str = "", indent: int = 0) -> None:
    """Print a line, broken at the console's width with its indent kept."""
    from rich.padding import Padding
    from rich.text import Text

    if text:
        console.print(Padding(Text(text), (0, 0, 0, indent), expand=False))
    else:
        console.print()
