"""What a run was made from, for its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cxlink.errors import Faults
from cxlink.handoff import LedgerEntry
from cxlink.load import RefusedData
from cxlink.report.manifest import Provenance, describe_input
from cxlink.report.write import write_ledger
from cxlink.settings import Settings


def provenance_of(config: Path, settings: Settings, ledger: Sequence[LedgerEntry]) -> Provenance:
    """Hash the configuration and every file that was read.

    Parameters
    ----------
    config : Path
        The configuration.
    settings : Settings
        For the folder that the ledger's names belong to.
    ledger : sequence of LedgerEntry
        What was read.

    Returns
    -------
    Provenance
        For the manifest.
    """
    names = sorted({entry.file for entry in ledger})
    found = [(name, settings.folder / name) for name in names]
    return Provenance(
        settings_sha256=hashlib.sha256(config.read_bytes()).hexdigest(),
        inputs=tuple(describe_input(path, name) for name, path in found if path.is_file()),
    )


def keep_ledger(error: Exception, config: Path, settings: Settings, out: Path | None) -> None:
    """Write the ledger of data that is refused, so that its rows can be looked at.

    Parameters
    ----------
    error : Exception
        What was raised; it bears a ledger if data was read and refused.
    config : Path
        The configuration.
    settings : Settings
        For the folder that the ledger's names belong to.
    out : Path or None
        Folder of the reports; ``out/refused`` where None.
    """
    faults = error.faults if isinstance(error, Faults) else (error,)
    ledger = next((fault.ledger for fault in faults if isinstance(fault, RefusedData)), None)
    if ledger is not None:
        write_ledger(
            ledger,
            out or Path("out") / "refused",
            provenance_of(config, settings, ledger),
            with_rows=settings.report.audience == "internal",
        )
