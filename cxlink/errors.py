"""The errors a user can meet, and the exit code of each.

Every error carries a code (see ``cxlink explain CODE``), the place, what is wrong there and what to do about it. Faults
that belong together are raised together, as one :class:`Faults`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; other programs rely on the numbers."""

    DONE = 0
    GATE_FAILED = 1
    USAGE = 2
    DATA_UNUSABLE = 65
    INPUT_MISSING = 66
    ENGINE_UNAVAILABLE = 69
    BUG = 70
    OUT_OF_MEMORY = 71
    CANNOT_CREATE = 73
    IO_FAILED = 74
    LOCKED = 75
    CONFIG_WRONG = 78
    INTERRUPTED = 130
    TERMINATED = 143


class CxlinkError(Exception):
    """One fault: a code, the place, what is wrong, and the remedy.

    Parameters
    ----------
    code : str
        Such as ``CX102``.
    place : str
        File, file and line, or configuration key.
    message : str
        What is wrong there; never a customer's data.
    remedy : str
        What to do about it.
    """

    exit_code = ExitCode.BUG
    below: tuple[str, ...] = ()
    """Lines that show the place, such as a text with a mark under it."""

    def __init__(self, code: str, place: str, message: str, remedy: str) -> None:
        super().__init__(f"{code} {place}: {message} {remedy}")
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy


class ConfigError(CxlinkError):
    """The configuration is wrong."""

    exit_code = ExitCode.CONFIG_WRONG


class DataError(CxlinkError):
    """An input was read and cannot be used."""

    exit_code = ExitCode.DATA_UNUSABLE


class InputMissingError(CxlinkError):
    """An input file is missing."""

    exit_code = ExitCode.INPUT_MISSING


class EngineError(CxlinkError):
    """The engine asked for is not available."""

    exit_code = ExitCode.ENGINE_UNAVAILABLE


class CannotCreateError(CxlinkError):
    """The output cannot be created where it was asked for."""

    exit_code = ExitCode.CANNOT_CREATE


class ReadWriteError(CxlinkError):
    """Reading or writing failed half-way."""

    exit_code = ExitCode.IO_FAILED


class LockedError(CxlinkError):
    """Another run holds the output folder."""

    exit_code = ExitCode.LOCKED


class UsageError(CxlinkError):
    """The command line asks for something that does not exist."""

    exit_code = ExitCode.USAGE


class Faults(Exception):
    """Several faults of one kind of input, shown together.

    Parameters
    ----------
    faults : sequence of CxlinkError
        At least one; the first one's exit code is the process's.
    """

    def __init__(self, faults: Sequence[CxlinkError]) -> None:
        if not faults:
            raise ValueError("Faults needs at least one fault")
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)

    @property
    def exit_code(self) -> ExitCode:
        """Exit code of the first fault."""
        return self.faults[0].exit_code
