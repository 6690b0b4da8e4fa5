"""Docstrings: numpydoc's validation, and every example in them runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import cxlink
from tests.docs.lint_docstrings import REPOSITORY, find_faults


def test_docstrings_have_no_faults() -> None:
    assert find_faults() == []


def test_examples_in_docstrings_run() -> None:
    for info in pkgutil.walk_packages(cxlink.__path__, "cxlink."):
        if not info.name.endswith("__main__"):
            assert doctest.testmod(importlib.import_module(info.name)).failed == 0


def test_examples_in_documents_run() -> None:
    for path in sorted((REPOSITORY / "docs").rglob("*.md")):
        assert doctest.testfile(str(path), module_relative=False, encoding="utf-8").failed == 0
