"""All files of a run, written as one folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cxlink.engine.interface import QueryError
from cxlink.errors import ReadWriteError
from cxlink.handoff import LedgerEntry, RunResult
from cxlink.report.files import write_bytes, write_text
from cxlink.report.html import render_html
from cxlink.report.manifest import Provenance, rewrite_manifest, write_manifest
from cxlink.report.markdown import render_markdown
from cxlink.report.outputs import Outputs, about_run, build_outputs
from cxlink.report.parts import Document
from cxlink.report.publish import MANIFEST, publish, read_manifest
from cxlink.report.quarantine import write_quarantine
from cxlink.report.results import build_ledger, dump_json
from cxlink.report.saved_document import FILE, dump_document
from cxlink.report.suppress import suppress_small_cells
from cxlink.report.tables import build_tables, write_tables
from cxlink.report.workbook import render_workbook


def write_outputs(
    result: RunResult, out: Path, provenance: Provenance | None = None, outputs: Outputs | None = None
) -> list[Path]:
    """Write everything that a run found; the folder appears whole or stays as it was.

    Parameters
    ----------
    result : RunResult
        Of one run.
    out : Path
        Folder of the results.
    provenance : Provenance, optional
        For the manifest: what the run was made from.
    outputs : Outputs, optional
        What was built of the result with its gates; without them where None.

    Returns
    -------
    list of Path
        The files in `out`, sorted.

    Raises
    ------
    CannotCreateError
        If `out` cannot be made or must not be replaced (CX701), or the workbook cannot hold the result (CX704).
    LockedError
        If another run holds it (CX702).
    ReadWriteError
        If writing fails (CX703).
    """
    result = suppress_small_cells(result)
    about = provenance or Provenance()
    built = outputs or build_outputs(result, about)
    publish(out, lambda folder: _write_all(result, built, folder, about))
    return _list(out)


def write_ledger(
    ledger: Sequence[LedgerEntry], out: Path, provenance: Provenance | None = None, *, with_rows: bool = True
) -> list[Path]:
    """Write the ledger and the refused rows alone, as for ``check`` or data that is refused.

    Reports that an earlier run left in `out` are kept; the manifest then says that the ledger is newer.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.
    out : Path
        Folder of the results.
    provenance : Provenance, optional
        For the manifest.
    with_rows : bool
        Whether the refused rows are written as they stood; not for a published audience.

    Returns
    -------
    list of Path
        The files in `out`, sorted.

    Raises
    ------
    CannotCreateError
        If `out` cannot be made or must not be replaced (CX701).
    LockedError
        If another run holds it (CX702).
    ReadWriteError
        If writing fails (CX703).
    """
    about = provenance or Provenance()
    publish(out, lambda folder: _write_ledger_beside(ledger, folder, out, about, with_rows=with_rows))
    return _list(out)


def _write_all(result: RunResult, outputs: Outputs, folder: Path, provenance: Provenance) -> None:
    results, document = outputs.results, outputs.document
    write_text(folder / "results.json", dump_json(results))
    write_text(folder / "ledger.json", dump_json(build_ledger(result.loaded.ledger)))
    write_bytes(folder / FILE, dump_document(document))
    write_renderings(document, folder)
    if result.audience == "internal":
        write_quarantine(result.loaded.ledger, folder)
    try:
        write_tables(build_tables(result, results), result.loaded.engine, folder)
    except QueryError as error:
        raise ReadWriteError(
            "CX703", "tables", f"writing failed: {error.message}", "Make room and run again."
        ) from error
    write_manifest(folder, provenance, about_run(result))


def write_renderings(document: Document, folder: Path) -> None:
    """Write what people open.

    Parameters
    ----------
    document : Document
        What is shown.
    folder : Path
        Without these files.

    Raises
    ------
    CannotCreateError
        If the workbook cannot hold the document (CX704).
    """
    for name, render in RENDERINGS.items():
        write_bytes(folder / name, render(document))


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


RENDERINGS: dict[str, Callable[[Document], bytes]] = {
    "report.html": lambda document: _as_bytes(render_html(document)),
    "report.md": lambda document: _as_bytes(render_markdown(document)),
    "workbook.xlsx": render_workbook,
}
"""Files that a document alone makes."""


def render_again(document: Document, out: Path) -> list[Path]:
    """Write what people open once more, into the folder of the run; its other files stay as they are.

    Parameters
    ----------
    document : Document
        Of that run.
    out : Path
        Folder of the results.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    CannotCreateError
        If `out` must not be replaced (CX701), or the workbook cannot hold the document (CX704).
    LockedError
        If another run holds it (CX702).
    ReadWriteError
        If writing fails (CX703); the folder is then as it was.
    """
    publish(out, lambda folder: _copy_with(document, out, folder))
    return [out / name for name in RENDERINGS]


def _copy_with(document: Document, out: Path, folder: Path) -> None:
    manifest = read_manifest(out) or {}
    shutil.copytree(out, folder, dirs_exist_ok=True, symlinks=True)
    for name in (MANIFEST, *RENDERINGS):
        (folder / name).unlink(missing_ok=True)
    write_renderings(document, folder)
    rewrite_manifest(folder, manifest, of_old=out)


def _write_ledger_beside(
    ledger: Iterable[LedgerEntry], folder: Path, out: Path, provenance: Provenance, *, with_rows: bool
) -> None:
    earlier = read_manifest(out)
    if earlier is not None:
        shutil.copytree(out, folder, dirs_exist_ok=True, symlinks=True)
        shutil.rmtree(folder / "quarantine", ignore_errors=True)
        for name in (MANIFEST, "ledger.json"):
            (folder / name).unlink(missing_ok=True)
    entries = list(ledger)
    write_text(folder / "ledger.json", dump_json(build_ledger(entries)))
    if with_rows:
        write_quarantine(entries, folder)
    reports_from = earlier.get("reports_created_at", earlier.get("created_at")) if earlier else None
    has_reports = (folder / "results.json").exists()
    about = {"ledger_only": True, "reports_created_at": reports_from if has_reports else None}
    write_manifest(folder, provenance, about)


def _list(out: Path) -> list[Path]:
    return sorted(Path(folder) / name for folder, _, names in os.walk(out) for name in names)
