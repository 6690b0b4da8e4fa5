"""The files that init writes: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cxlink.errors import CannotCreateError
from cxlink.profiles.config_text import config_text, is_untouched
from cxlink.profiles.drafts import FolderDraft
from cxlink.profiles.mapping_book import mapping_book
from cxlink.profiles.mapping_rows import mapping_rows

CONFIG, MAPPING = "cxlink.toml", "mapping.xlsx"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what was there and kept."""

    files: tuple[str, ...]
    kept: tuple[str, ...]


def check_target(folder: Path, *, may_rewrite: bool) -> None:
    """Refuse to overwrite what somebody may have edited.

    Parameters
    ----------
    folder : Path
        Where the configuration is to stand.
    may_rewrite : bool
        Whether a configuration that nobody has edited since it was written may be replaced.

    Raises
    ------
    CannotCreateError
        If there is one, or a mapping (CX015).
    """
    config = folder / CONFIG
    if config.exists() and not (may_rewrite and _is_ours(config)):
        raise _taken(config)
    if not may_rewrite and (folder / MAPPING).exists():
        raise _taken(folder / MAPPING)


def _is_ours(config: Path) -> bool:
    try:
        return is_untouched(config.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return False


def _taken(path: Path) -> CannotCreateError:
    return CannotCreateError("CX015", str(path), "exists already.", "Edit it, or choose another folder.")


def write_folder(draft: FolderDraft, folder: Path, *, mapping: Path | None) -> Written:
    """Write the configuration, its queries and the mapping sheet.

    Parameters
    ----------
    draft : FolderDraft
        The exports as they were understood.
    folder : Path
        Made if it is not there.
    mapping : Path or None
        The sheet that the mapping came from; a new one is written where there is none.

    Returns
    -------
    Written
        Names of the files. A query that is there already is kept.

    Raises
    ------
    CannotCreateError
        If something would be overwritten (CX015).
    """
    check_target(folder, may_rewrite=mapping is not None)
    queries = {source.query.file: source.query.sql for source in draft.sources if source.query is not None}
    there = [name for name in queries if (folder / name).exists()]
    if there and mapping is None:
        raise _taken(folder / there[0])
    content: dict[str, bytes] = {name: sql.encode() for name, sql in queries.items() if name not in there}
    if mapping is None:
        content[MAPPING] = mapping_book(mapping_rows(draft))
    content[CONFIG] = config_text(draft, folder, mapping=mapping.name if mapping is not None else "").encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return Written(tuple(content), tuple(there))
