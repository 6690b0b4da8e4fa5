"""Where the stage's SQL files are read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files


def read_sql(name: str) -> str:
    """Text of one of the stage's SQL files.

    Parameters
    ----------
    name : str
        File name without ``.sql``.

    Returns
    -------
    str
        The statements, separated by ``;``.
    """
    return (files("cxlink.link") / f"{name}.sql").read_text(encoding="utf-8")


def bind(statement: str, values: Mapping[str, object]) -> dict[str, object]:
    """Values of the parameters that a statement names.

    Parameters
    ----------
    statement : str
        SQL with parameters such as ``$observed_to``.
    values : mapping
        All values that the file's statements need together.

    Returns
    -------
    dict
        Only those that this statement names.
    """
    return {name: value for name, value in values.items() if f"${name}" in statement}


def statements(name: str) -> list[str]:
    """Statements of one of the stage's SQL files, in order.

    Parameters
    ----------
    name : str
        File name without ``.sql``.

    Returns
    -------
    list of str
        Each without its semicolon.
    """
    return [part.strip() for part in read_sql(name).split(";\n") if part.strip()]
