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
from cxlink.tag.compose import extend, take_components
from cxlink.tag.sheet_file import SHEETS
from cxlink.tag.taxonomy import Taxonomy
from cxlink.tag.word_sheet import read_word_sheet

DEFAULT = "default"
MAX_FILE_BYTES = 1_000_000
MAX_FAULTS_SHOWN = 50

Tables = dict[str, Any]


def read_taxonomy(path: str | Path | None = None, *, shipped: str = DEFAULT) -> Taxonomy:
    """Read a taxonomy and check all of it.

    Parameters
    ----------
    path : str, Path or None
        A TOML file, a folder whose ``*.toml`` are merged, or a sheet of plain words (``.xlsx``, ``.csv``); None: a
        shipped one. It may build on a shipped one (``base``, and ``take`` for some of its components). Languages that
        it uses without describing them are those of the default one.
    shipped : str, default "default"
        Name of the shipped taxonomy where there is no path.

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
    place = f"shipped taxonomy {shipped}" if path is None else str(path)
    own, sheet_faults = _read_shipped(shipped) if path is None else _read_own(Path(path))
    tables, base_faults = _on_base(own)
    taxonomy, faults = build_taxonomy(tables, digest=_digest(tables))
    faults = [*sheet_faults, *base_faults, *faults]
    if faults:
        raise _as_error(place, faults)
    return taxonomy


def shipped_names() -> tuple[str, ...]:
    """Name the taxonomies that come with the package.

    Returns
    -------
    tuple of str
        Sorted.
    """
    folder = resources.files("cxlink.tag") / "taxonomies"
    return tuple(sorted(part.name for part in folder.iterdir() if part.is_dir() and not part.name.startswith("_")))


def _read_shipped(name: str) -> tuple[Tables, list[str]]:
    if name not in shipped_names():
        known = ", ".join(shipped_names())
        raise ConfigError("CX301", "[taxonomy] shipped", f"there is no taxonomy {name!r}.", f"Choose one of: {known}.")
    return _read_parts(resources.files("cxlink.tag") / "taxonomies" / name), []


def _read_own(path: Path) -> tuple[Tables, list[str]]:
    if path.suffix.lower() in SHEETS and not path.is_dir():
        return read_word_sheet(path)
    return _read_parts(path), []


def _on_base(own: Tables) -> tuple[Tables, list[str]]:
    """Put a taxonomy onto the shipped one that it names; without one, give it the default one's languages."""
    own = dict(own)
    name, taken = own.pop("base", None), own.pop("take", None)
    if name is None:
        faults = [] if taken is None else ["take says which components of a base are taken; write base = ..., too"]
        return _with_default_languages(own), faults
    if not isinstance(name, str) or name not in shipped_names():
        return _with_default_languages(own), [f"base {name!r} is not known; there are {', '.join(shipped_names())}"]
    base, faults = _on_base(_read_shipped(name)[0])
    if taken is not None:
        if not isinstance(taken, list) or not all(isinstance(one, str) for one in taken):
            return extend(base, own), ["take: a list of components is expected"]
        base, faults = take_components(base, taken)
    return extend(base, own), faults


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


def _with_default_languages(own: Tables) -> Tables:
    described = own.get("languages", {})
    if not isinstance(described, dict):
        return own
    default = _read_parts(resources.files("cxlink.tag") / "taxonomies" / DEFAULT)["languages"]
    return {**own, "languages": {**default, **described}}
