"""Policy folders that differ from the shipped one in a single point, as an officer would change it."""

import datetime as dt
import functools
import io
import itertools
import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML

from api.evidence.scenarios.door import FolderContent

Overlay = Callable[[FolderContent], None]


def _changed(file: str, change: Callable[..., None], *values: object) -> Overlay:
    def overlay(files: FolderContent) -> None:
        if file not in files:
            raise LookupError(f"the policy folder has no file {file}")
        files[file] = _edited(files[file], change, *values)

    return overlay


@functools.lru_cache(maxsize=256, typed=True)
def _edited(content: bytes, change: Callable[..., None], *values: object) -> bytes:
    """The file as it is after the change, cached for all doors."""
    yaml = YAML()
    read = yaml.load(content)
    change(read, *values)
    buffer = io.BytesIO()
    yaml.dump(read, buffer)
    return buffer.getvalue()


def set_parameter(file: str, name: str, value: object) -> Overlay:
    """Give a parameter one value for all days."""
    return _changed(file, _set_parameter, name, value)


def _set_parameter(content: Any, name: str, value: object) -> None:
    content["parameters"][name] = [{"value": value, "status": "inferred", "source": "an assumption"}]


def without_instruction(files: FolderContent) -> None:
    """Leave the directive a mere proposal."""
    _changed(_directive_in(files), _drop_instruction)(files)


def _directive_in(files: FolderContent) -> str:
    return next(name for name, content in files.items() if re.search(rb"^directive:", content, re.MULTILINE))


def _drop_instruction(content: Any) -> None:
    content.pop("instruction")


def without_choice(rule: str, choice: str) -> Overlay:
    """Let the condition of a rule say nothing about a choice that it lists with others."""
    return _changed_rule(rule, _drop_choice, rule, choice)


def without_rule(rule: str) -> Overlay:
    """Let a rule be in force on no day that anybody asks about."""
    return _changed_rule(rule, _end_rule, rule)


def _changed_rule(rule: str, change: Callable[..., None], *values: object) -> Overlay:
    def overlay(files: FolderContent) -> None:
        holding = [file for file, content in files.items() if f"rule: {rule}\n".encode() in content]
        if not holding:
            raise LookupError(f"the policy folder has no rule {rule}")
        _changed(holding[0], change, *values)(files)

    return overlay


def _rule_in(content: Any, rule: str) -> Any:
    tables = (table["rows"] for table in content.get("tables", ()))
    every = itertools.chain(content.get("rules", ()), *tables)
    return next(one for one in every if one["rule"] == rule)


def _end_rule(content: Any, rule: str) -> None:
    _rule_in(content, rule)["in_force"] = {"until": dt.date.min}


def _drop_choice(content: Any, rule: str, choice: str) -> None:
    found = _rule_in(content, rule)
    found["when"] = re.sub(rf'"{choice}", |, "{choice}"', "", found["when"])


def suspend_from(file: str, day: str) -> Overlay:
    """Let the first deviation of a country begin on another day."""
    return _changed(file, _begin_deviation, day)


def _begin_deviation(content: Any, day: str) -> None:
    content["deviations"][0]["in_force"] = {"from": dt.date.fromisoformat(day)}
