"""The policy folders that the invariants hold over: the shipped one, and what officers may make of it."""

import functools
import io
import random

from ruamel.yaml import YAML

from api.evidence.scenarios.door import FolderContent
from api.evidence.scenarios.policy_overlays import (
    Overlay,
    set_parameter,
    suspend_from,
    without_instruction,
)
from conftest import shipped_files
from engine import PolicySet, load_policies


def not_found(file: str, name: str) -> Overlay:
    """Leave a parameter without a value."""

    def overlay(files: FolderContent) -> None:
        yaml = YAML()
        content = yaml.load(files[file])
        content["parameters"][name] = [{"status": "not_found", "source": "nothing"}]
        files[file] = _written(yaml, content)

    return overlay


def without_file(file: str) -> Overlay:
    """Take a file out of the folder."""

    def overlay(files: FolderContent) -> None:
        del files[file]

    return overlay


def registered(country: str, session: int) -> tuple[Overlay, ...]:
    """Register what a country still lacks."""
    file = f"{country}.yaml"
    return set_parameter(file, "counterpart", "its embassy"), set_parameter(file, "next_session", session)


FOLDERS: dict[str, tuple[Overlay, ...]] = {
    "shipped": (),
    "Albania registered": registered("albania", 3),
    "all registered": (*registered("albania", 8), *registered("vietnam", 9), *registered("cuba", 8)),
    "only the inclusion itself counts": (set_parameter("korea.yaml", "deliver_upon", "actually_included"),),
    "Korea's institution is not known": (not_found("korea.yaml", "counterpart"),),
    "no border area": (without_file("border_areas.yaml"),),
    "Albania at the Korean border": (
        set_parameter("albania.yaml", "border_area", "sino_korean"),
        *registered("albania", 8),
    ),
    "Korea's own rules come later": (suspend_from("korea.yaml", "1965-06-01"),),
    "never instructed": (without_instruction,),
}


@functools.cache
def folder(name: str, *further: Overlay) -> dict[str, bytes]:
    """The files of a folder, with further changes."""
    files = shipped_files()
    for overlay in (*FOLDERS[name], *further):
        overlay(files)
    return files


@functools.cache
def policies_of(name: str) -> PolicySet:
    """The policies of a folder."""
    return load_policies(folder(name))


@functools.cache
def with_parameter(name: str, policy: str, parameter: str, value: object) -> PolicySet:
    """The policies of a folder after the policy officer has found a parameter."""
    file = next(file for file, text in folder(name).items() if f"policy: {policy}\n".encode() in text)
    return load_policies(folder(name, set_parameter(file, parameter, value)))


@functools.cache
def shuffled(name: str, seed: int) -> PolicySet:
    """The policies of a folder whose files stand in another order, with their lists in another order."""
    chance = random.Random(seed)
    files = {}
    for file, text in chance.sample(sorted(folder(name).items()), len(folder(name))):
        yaml = YAML()
        content = yaml.load(text)
        for key in ("rules", "deviations", "clauses", "readings"):
            chance.shuffle(content.get(key, []))
        files[f"{chance.randrange(10**6)}-{file}"] = _written(yaml, content)
    return load_policies(files)


def _written(yaml: YAML, content: object) -> bytes:
    buffer = io.BytesIO()
    yaml.dump(content, buffer)
    return buffer.getvalue()
