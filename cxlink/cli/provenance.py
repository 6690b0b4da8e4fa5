"""What a run was made from, for its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from cxlink.errors import Faults
from cxlink.handoff import LedgerEntry
from cxlink.load import RefusedData
from cxlink.report.manifest import Provenance, describe_input
from cxlink.report.workbook.read_assumptions import Assumed
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
        settings={} if settings.report.audience == "published" else list_settings(settings),
        settings_sha256=hashlib.sha256(config.read_bytes()).hexdigest(),
        inputs=tuple(describe_input(path, name) for name, path in found if path.is_file()),
    )


def describe_assumptions(path: Path, assumed: Assumed) -> dict[str, object]:
    """Say which settings a workbook overrode.

    Parameters
    ----------
    path : Path
        The workbook.
    assumed : Assumed
        What was read from it.

    Returns
    -------
    dict
        For the manifest; of a published audience the names alone.
    """
    told = {one.setting: {"from": one.before, "to": one.after} for one in assumed.overrides}
    return {
        "file": path.name,
        "sha256": describe_input(path, path.name).sha256,
        "overrides": sorted(told) if assumed.settings.report.audience == "published" else told,
    }


def list_settings(settings: Settings) -> dict[str, object]:
    """List the settings that are not at their default, key by key, so that two runs can be compared.

    Parameters
    ----------
    settings : Settings
        The configuration; environment variables stand in it by name, never by value.

    Returns
    -------
    dict
        Key such as ``model.exposure_days`` to value; of an absolute path, only its last part is told.
    """
    told = settings.model_dump(mode="json", exclude={"folder", "file"}, exclude_defaults=True)
    return dict(sorted(_flatten(told, "")))


def _flatten(value: object, key: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value, start=1):
            yield from _flatten(inner, f"{key}.{place}")
    else:
        yield key, _without_place(value)


def _without_place(value: object) -> object:
    """Places of one machine are nobody's business, and differ where nothing else does."""
    if isinstance(value, str):
        for kind in (PurePosixPath, PureWindowsPath):
            path = kind(value)
            if path.is_absolute():
                return f".../{path.name}"
    return value


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
