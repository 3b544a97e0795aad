"""Modules that are hidden from an import, and are there again afterwards."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from api.runtime.hidden_modules import hidden


@pytest.mark.parametrize("name", ["colorsys", "wave"])
def test_a_hidden_module_cannot_be_imported(name: str) -> None:
    with hidden(name), pytest.raises(ImportError):
        import_module(name)
    assert import_module(name).__name__ == name


def test_what_was_imported_before_is_the_same_afterwards() -> None:
    before = import_module("colorsys")
    with hidden("colorsys"):
        pass
    assert import_module("colorsys") is before


def test_what_was_not_imported_is_not_there_after_a_failure() -> None:
    with pytest.raises(ValueError, match="of the block"), hidden("no_such_module"):
        raise ValueError("of the block")
    assert "no_such_module" not in sys.modules
