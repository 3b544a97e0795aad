"""Policy folders that differ from the shipped one in a single point, as an officer would change it."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML

Files = dict[str, bytes]
Overlay = Callable[[Files], None]


def _changed(file: str, change: Callable[[Any], None]) -> Overlay:
    def overlay(files: Files) -> None:
        if file not in files:
            raise LookupError(f"the policy folder has no file {file}")
        yaml = YAML()
        content = yaml.load(files[file])
        change(content)
        buffer = io.BytesIO()
        yaml.dump(content, buffer)
        files[file] = buffer.getvalue()

    return overlay


def set_parameter(file: str, name: str, value: object) -> Overlay:
    """Give a parameter one value for all days."""

    def change(content: Any) -> None:
        content["parameters"][name] = [{"value": value, "status": "inferred", "source": "an assumption"}]

    return _changed(file, change)


def without_instruction(files: Files) -> None:
    """Leave the directive a mere proposal."""
    _changed("directive.yaml", lambda content: content.pop("instruction"))(files)


def without_a_rule_about_gifts(files: Files) -> None:
    """Let the ordinary route say nothing about what a host offers unasked."""

    def change(content: Any) -> None:
        (rule,) = (rule for rule in content["rules"] if rule["rule"] == "route-bilateral")
        rule["when"] = rule["when"].replace('"host_offer", ', "")

    _changed("directive.yaml", change)(files)


def suspend_from(file: str, day: str) -> Overlay:
    """Let the first deviation of a country begin on another day."""

    def change(content: Any) -> None:
        content["deviations"][0]["in_force"] = {"from": dt.date.fromisoformat(day)}

    return _changed(file, change)
