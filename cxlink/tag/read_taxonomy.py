"""Taxonomy files to a checked :class:`Taxonomy`; every fault of a file is reported, in one error."""

from __future__ import annotations

import hashlib
import json
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cxlink.errors import ConfigError
from cxlink.tag.build_taxonomy import build_taxonomy
from cxlink.tag.taxonomy import Taxonomy

MAX_FILE_BYTES = 1_000_000
MAX_FAULTS_SHOWN = 50

Tables = dict[str, Any]


def read_taxonomy(path: str | Path | None = None) -> Taxonomy:
    """Read a taxonomy and check all of it.

    Parameters
    ----------
    path : str, Path or None
        A TOML file, or a folder whose ``*.toml`` are merged; the taxonomy shipped with the package when None. Languages
        that a user's file uses without describing them are those of the shipped taxonomy.

    Returns
    -------
    Taxonomy
        With version, digest, causes and compiled-checked rules.

    Raises
    ------
    ConfigError
        CX301 if the file cannot be read or is no TOML; CX302 with all faults of its content, each with component,
        cause, language and pattern.
    """
    shipped = _read_parts(resources.files("cxlink.tag") / "taxonomies" / "default")
    place = "shipped taxonomy" if path is None else str(path)
    tables = shipped if path is None else _with_shipped_languages(_read_parts(Path(path)), shipped)
    taxonomy, faults = build_taxonomy(tables, digest=_digest(tables))
    if faults:
        raise _as_error(place, faults)
    return taxonomy


def _as_error(place: str, faults: list[str]) -> ConfigError:
    shown = faults[:MAX_FAULTS_SHOWN]
    more = f"\n  and {len(faults) - len(shown)} more" if len(faults) > len(shown) else ""
    listed = "".join(f"\n  {fault}" for fault in shown)
    return ConfigError(
        "CX302",
        place,
        f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in the taxonomy:{listed}{more}\n",
        "Mend them; `cxlink check` reads the taxonomy again.",
    )


def _digest(tables: Tables) -> str:
    canonical = json.dumps(tables, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _read_parts(root: Path | Traversable) -> Tables:
    """Read one file, or all ``*.toml`` of a folder by name, into one tree of tables."""
    if not root.is_dir():
        return _read_part(root)
    parts = sorted((part for part in root.iterdir() if part.name.endswith(".toml")), key=lambda part: part.name)
    if not parts:
        raise ConfigError("CX301", str(root), "no *.toml in this folder.", "Name a taxonomy file in [taxonomy] path.")
    merged: Tables = {}
    for part in parts:
        _merge(merged, _read_part(part), place=part.name, prefix="")
    return merged


def _read_part(part: Path | Traversable) -> Tables:
    try:
        content = part.read_bytes()
    except OSError as error:
        message = f"the taxonomy cannot be read ({error.strerror or type(error).__name__})."
        raise ConfigError("CX301", str(part), message, "Mend [taxonomy] path.") from error
    if len(content) > MAX_FILE_BYTES:
        message = f"the taxonomy has {len(content)} bytes, at most {MAX_FILE_BYTES} are allowed."
        raise ConfigError("CX301", str(part), message, "Split or shorten it.")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError("CX301", str(part), f"this is no valid TOML: {error}.", "Mend the file.") from error


def _merge(into: Tables, part: Tables, *, place: str, prefix: str) -> None:
    for key, value in part.items():
        where = f"{prefix}{key}"
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value, place=place, prefix=f"{where}.")
        elif key in into:
            raise ConfigError("CX301", place, f"{where} is given in two files.", "Keep it in one.")
        else:
            into[key] = value


def _with_shipped_languages(own: Tables, shipped: Tables) -> Tables:
    described = own.get("languages", {})
    if not isinstance(described, dict):
        return own
    return {**own, "languages": {**shipped["languages"], **described}}
