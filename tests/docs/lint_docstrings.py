"""Docstrings of every public name under numpydoc's own validation: ``python -m tests.docs.lint_docstrings``.

Which checks apply stands in pyproject.toml, ``[tool.numpydoc_validation]``. Two of them are narrowed here:

* PR01 (a parameter is not documented) does not apply to classes that only hold fields: these are typed where they are,
  and the section names those that need words. What is named must exist (PR02) and keep its order (PR03).
* PR01 does not apply to the commands of ``cxlink/cli``: the words for their parameters are those of ``--help``.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from numpydoc.docscrape import get_doc_object
from numpydoc.validate import Validator, validate

import cxlink

REPOSITORY = Path(__file__).resolve().parents[2]


class ObjectValidator(Validator):  # type: ignore[misc]  # numpydoc has no types
    """numpydoc's validator, which does not know where a module without functions begins."""

    def __init__(self, obj_name: str) -> None:
        super().__init__(get_doc_object(find_object(obj_name)))

    @property
    def source_file_def_line(self) -> int | None:
        """Line of the definition; a module's is its first."""
        return 1 if inspect.ismodule(self.obj) else super().source_file_def_line


def read_checks() -> frozenset[str]:
    """Codes of the checks that apply."""
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    return frozenset(document["tool"]["numpydoc_validation"]["checks"])


def find_object(name: str) -> Any:
    """Import a module, or the class, function or method that a module holds."""
    parts = name.split(".")
    for place in range(len(parts), 0, -1):
        module = sys.modules.get(".".join(parts[:place]))
        if module is None:
            continue
        found: Any = module
        for part in parts[place:]:
            found = getattr(found, part)
        return found
    raise ImportError(f"nothing is named {name}")


def public_names() -> Iterator[str]:
    """Every public module, class, function, method and property, in the order of the files."""
    modules = [info.name for info in pkgutil.walk_packages(cxlink.__path__, "cxlink.")]
    for name in ["cxlink", *modules]:
        if not any(part.startswith("_") for part in name.split(".")):
            module = importlib.import_module(name)
            yield name
            yield from _names_in(module)


def _names_in(module: ModuleType) -> Iterator[str]:
    for name, member in vars(module).items():
        if name.startswith("_") or getattr(member, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(member):
            yield f"{module.__name__}.{name}"
            yield from (f"{module.__name__}.{name}.{method}" for method in _methods_of(member))
        elif inspect.isfunction(member):
            yield f"{module.__name__}.{name}"


def _methods_of(cls: type) -> Iterator[str]:
    for name, member in vars(cls).items():
        is_own = isinstance(member, property | classmethod | staticmethod) or (
            inspect.isfunction(member) and member.__qualname__.startswith(cls.__name__)
        )
        if is_own and not name.startswith("_"):
            yield name


def _documents_itself(name: str, found: Any) -> bool:
    if inspect.isclass(found):
        holds_fields = hasattr(found, "__dataclass_fields__") or issubclass(found, enum.Enum)
        return holds_fields or "__init__" not in vars(found) or getattr(found, "_is_protocol", False)
    if not name.startswith("cxlink.cli."):
        return False
    apps = [getattr(module, "app", None) for path, module in sys.modules.items() if path.startswith("cxlink.cli.")]
    commands = [command.callback for app in apps for command in getattr(app, "registered_commands", ())]
    return found in commands or bool(found.__name__ == name.split(".")[2])


def find_faults() -> list[str]:
    """All faults, one a line: code, name, what is wrong."""
    checks = read_checks()
    faults = []
    for name in public_names():
        applied = checks - {"PR01"} if _documents_itself(name, find_object(name)) else checks
        errors = validate(name, validator_cls=ObjectValidator)["errors"]
        faults += [f"{code} {name}: {message}" for code, message in errors if code in applied]
    return faults


def main() -> int:
    """Print all faults; 1 where there are any."""
    faults = find_faults()
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(faults)} faults in docstrings\n" if faults else "docstrings: no faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
