"""The layout of the tree: tests mirror the packages, every larger module is tested, no module is long.

A module of more than a hundred lines has a test module of its own name, or one of its package's, or a test module
that works through the door where callers meet it and names it in its docstring, after `Covers:`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "engine")
COMPOSITION_ROOT = {"__init__", "app", "server", "settings"}
LARGE, LONGEST = 100, 300
COVERS = re.compile(r"^Covers:\s+([\w.]+(?:,\s+[\w.]+)*)$", re.MULTILINE)


def name_of(path: Path) -> str:
    """The dotted name of a module, that of its package for an `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_under(*folders: str) -> dict[str, Path]:
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {name_of(path): path for path in paths}


MODULES = modules_under(*PACKAGES)
TESTS = modules_under("tests")


def mirrored(test: str) -> str:
    """The module or package that a test module is named after."""
    _, *packages, name = test.split(".")
    return ".".join((*packages, name.removeprefix("test_")))


def covered(path: Path) -> Iterator[str]:
    """The modules that the docstring of a test module names."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    for listed in COVERS.findall(docstring):
        yield from re.split(r",\s+", listed)


def length_of(path: Path) -> int:
    return len(path.read_text().splitlines())


MIRRORING = {
    name: mirrored(name)
    for name in TESTS
    if name.startswith(("tests.api.", "tests.engine.")) and ".test_" in name
}
COVERED = {name: list(covered(path)) for name, path in TESTS.items()}


def test_a_test_module_is_named_after_the_module_or_package_that_it_tests() -> None:
    assert [test for test, module in MIRRORING.items() if module not in MODULES] == []


def test_a_module_that_is_named_as_covered_exists() -> None:
    unknown = [
        (test, module) for test, listed in COVERED.items() for module in listed if module not in MODULES
    ]
    assert unknown == []


def test_every_module_of_more_than_a_hundred_lines_has_a_test() -> None:
    tested = {*MIRRORING.values(), *(module for listed in COVERED.values() for module in listed)}
    without = [
        name
        for name, path in MODULES.items()
        if length_of(path) > LARGE and not {name, name.rpartition(".")[0]} & tested
    ]
    assert without == []


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = {name: length_of(path) for name, path in MODULES.items() if length_of(path) > LONGEST}
    assert long == {}


def test_beside_the_packages_of_the_adapters_stand_only_application_server_and_settings() -> None:
    assert {path.stem for path in (ROOT / "api").glob("*.py")} == COMPOSITION_ROOT


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_every_package_says_what_it_is(folder: str) -> None:
    paths = (ROOT / folder).rglob("__init__.py")
    assert [name_of(path) for path in paths if not ast.get_docstring(ast.parse(path.read_text()))] == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_folder_with_modules_is_a_package(folder: str) -> None:
    folders = {path.parent for path in (ROOT / folder).rglob("*.py")}
    assert [str(path) for path in folders if not (path / "__init__.py").exists()] == []
