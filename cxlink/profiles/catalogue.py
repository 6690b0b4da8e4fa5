"""The profiles that come with the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from cxlink.profiles.model import Profile


@cache
def read_profiles() -> tuple[Profile, ...]:
    """Read the profiles in the package.

    Returns
    -------
    tuple of Profile
        In the order of their files' names.
    """
    folder = files("cxlink.profiles") / "exports"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(Profile.model_validate(tomllib.loads(entry.read_text(encoding="utf-8"))) for entry in found)


def read_query(name: str) -> str:
    """Read the template of a query.

    Parameters
    ----------
    name : str
        Of a file in ``queries/``.

    Returns
    -------
    str
        SQL with names in braces.
    """
    return (files("cxlink.profiles") / "queries" / name).read_text(encoding="utf-8")
