"""A class or an alias has a name of its own: one name, one meaning in the whole tree."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "engine")

TWINS: dict[str, str] = {}
"""Names that stand for one thing in several modules, with the reason."""


def is_type_name(name: str) -> bool:
    """Whether a name is written as those of types: in camel case, beginning with a capital."""
    return name[:1].isupper() and any(letter.islower() for letter in name)


def defined_in(body: list[ast.stmt]) -> Iterator[str]:
    """The names of the classes and aliases that a module defines, private ones too."""
    for node in body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.If(body=inner, orelse=other):
                yield from {*defined_in(inner), *defined_in(other)}


def test_a_class_or_alias_has_a_name_of_its_own() -> None:
    places = defaultdict(set)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for name in defined_in(ast.parse(path.read_text()).body):
                if is_type_name(name.lstrip("_")):
                    places[name.lstrip("_")].add(str(path.relative_to(ROOT)))
    twins = {name: sorted(paths) for name, paths in places.items() if len(paths) > 1}
    offending = [f"{name}: {', '.join(paths)}" for name, paths in twins.items() if name not in TWINS]
    assert not offending, "\n".join(offending)
    assert set(TWINS) <= set(twins)
