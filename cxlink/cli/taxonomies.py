"""Which taxonomy a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cxlink.cli.options import DEFAULT_CONFIG

if TYPE_CHECKING:
    from cxlink.tag.taxonomy import Taxonomy


def find_rules(config: Path, named: str | None = None) -> Taxonomy:
    """Find the taxonomy that is named, else the configuration's, else, without a configuration, the shipped one.

    Parameters
    ----------
    config : Path
        The configuration.
    named : str, optional
        A file, a folder, or the name of a shipped one.

    Returns
    -------
    Taxonomy
        Checked.
    """
    from cxlink.pipeline import read_rules
    from cxlink.settings import read_settings
    from cxlink.tag.read_taxonomy import read_taxonomy, shipped_names

    if named is not None:
        return read_taxonomy(shipped=named) if named in shipped_names() else read_taxonomy(named)
    if config == DEFAULT_CONFIG and not config.exists():
        return read_taxonomy()
    return read_rules(read_settings(config))
