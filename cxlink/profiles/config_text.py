"""The text of cxlink.toml: each decision a line, with what was seen beside it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from textwrap import wrap

from cxlink.profiles.drafts import FolderDraft, Line, SourceDraft, count_rows
from cxlink.profiles.toml_text import plain_line, toml_key, toml_string, toml_value

COMMENT_AT = 46
MAX_COMMENT = 300
MAX_LINE = 118
PLACEHOLDER = "???"
MARK = "# as cxlink init wrote it: "
REQUIRED = ("revenue", "feedback")


def config_text(draft: FolderDraft, target: Path, *, mapping: str) -> str:
    """Write the configuration.

    Parameters
    ----------
    draft : FolderDraft
        The exports as they were understood.
    target : Path
        The folder in which it will stand: paths are relative to it.
    mapping : str
        Where the mapping was edited; "" for nowhere.

    Returns
    -------
    str
        Valid TOML; its last line tells whether somebody has edited it since.
    """
    lines = [
        "# cxlink.toml, written by cxlink init from your exports. Read the comments: each says why a line is as it is.",
        "# Formats of dates and numbers were settled on whole files. Lines that begin with # are off.",
        "# Paths are relative to this file. Then: cxlink check",
        *([f"# Columns and values are as in {plain_line(mapping)}."] if mapping else []),
        "",
        *_project(draft),
    ]
    for source in draft.sources:
        lines += ["", *source_lines(source, target)]
    there = {source.table for source in draft.sources if not source.off}
    for table in REQUIRED:
        if table not in there:
            lines += [
                "",
                f"# No export of {table} was recognised, and cxlink needs one.",
                f"# [[sources.{table}]]",
                '# path = "..."',
            ]
    lines += ["", *_rest(draft)]
    text = "\n".join(lines) + "\n"
    return f"{text}{MARK}{_digest(text)}\n"


def is_untouched(text: str) -> bool:
    """Tell whether nobody has edited a configuration since it was written.

    Parameters
    ----------
    text : str
        The configuration.

    Returns
    -------
    bool
        False for one that was not written from exports.
    """
    body, mark, digest = text.rpartition(MARK)
    return mark == MARK and digest.strip() == _digest(body)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _project(draft: FolderDraft) -> list[str]:
    currency = draft.currency or PLACEHOLDER
    return [
        "[project]",
        _with_comment('name = "Your company"', "as it shall stand in the report"),
        _with_comment(f"currency = {toml_string(currency)}", draft.currency_remark),
        _with_comment('timezone = "UTC"', "in which days are told apart, such as Europe/Riga"),
        _with_comment("# observed_from = 2023-01-01", "default: the first day that all sources cover"),
        _with_comment("# observed_to = 2025-12-31", "default: the last day that all sources cover"),
    ]


def source_lines(source: SourceDraft, target: Path) -> list[str]:
    """Write one source.

    Parameters
    ----------
    source : SourceDraft
        The source.
    target : Path
        The configuration's folder.

    Returns
    -------
    list of str
        Lines of TOML; all of them comments where the source is off.
    """
    counts = count_rows(source.n_rows) + (f", {source.n_excluded} of them not data" if source.n_excluded else "")
    said = [f"{source.title}: {counts}.", *source.remarks, *(f"Note: {trap}" for trap in source.traps)]
    head = [f"# {part}" for text in said for part in wrap(plain_line(text, MAX_COMMENT), MAX_LINE - 2)]
    settings = [text for line in source.lines for text in _line(line)]
    body = [f"[[sources.{source.table}]]", *_paths(source, target), *settings]
    if source.off:
        off = f"# Off: {plain_line(source.off, MAX_COMMENT)}."
        return [*head, off, *(line if line.startswith("#") else f"# {line}" for line in body)]
    return [*head, *body]


def _paths(source: SourceDraft, target: Path) -> list[str]:
    paths = list(dict.fromkeys(relative_path(head.path, target) for head in source.heads))
    value: object = paths[0] if len(paths) == 1 else paths
    if source.query is None:
        return [f"path = {toml_value(value)}"]
    return [f"query = {toml_string(source.query.file)}", f"inputs = {toml_value({source.query.view: value})}"]


def relative_path(path: Path, target: Path) -> str:
    """Name a file as the configuration does.

    Parameters
    ----------
    path : Path
        The file.
    target : Path
        The configuration's folder.

    Returns
    -------
    str
        Relative, with ``/``; absolute where the two share no root.
    """
    try:
        return os.path.relpath(path.resolve(), target.resolve()).replace(os.sep, "/")
    except ValueError:  # another drive
        return str(path.resolve())


def _line(line: Line) -> list[str]:
    if line.value is None:
        return [f"# {part}" for part in wrap(plain_line(line.comment, MAX_COMMENT), MAX_LINE - 2)]
    text = f"{toml_key(line.key)} = {toml_value(line.value)}"
    shown = _with_comment(text if line.is_on else f"# {text}", line.comment)
    if len(shown) <= MAX_LINE or not line.comment:
        return [shown]
    comment = wrap(plain_line(line.comment, MAX_COMMENT), MAX_LINE - 2, break_long_words=False)
    return [*(f"# {part}" for part in comment), text if line.is_on else f"# {text}"]


def _with_comment(text: str, comment: str) -> str:
    if not comment:
        return text
    return f"{text.ljust(COMMENT_AT)}  # {plain_line(comment, MAX_COMMENT)}"


def _rest(draft: FolderDraft) -> Sequence[str]:
    template = (files("cxlink.profiles") / "rest.toml.txt").read_text(encoding="utf-8").splitlines()
    if not draft.business:
        return template
    business = _with_comment(f"business = {toml_string(draft.business)}", "nobody subscribes in these exports")
    return [business if line.startswith("# business") else line for line in template]
