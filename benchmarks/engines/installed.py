"""The forms of the peers that are installed, and the peers that are not."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from benchmarks.engines.protocol import EngineForm

MODULES = {
    "zen-engine": "zen_rules",
    "cedarpy": "cedar",
    "regopy": "rego",
    "casbin": "casbin_rows",
    "common-expression-language": "cel_rust",
    "rule-engine": "rule_engine_own",
}


def find_forms() -> tuple[list[EngineForm], list[str]]:
    """The forms that can be measured here, and the packages that are missing."""
    forms: list[EngineForm] = []
    missing = []
    for package, name in MODULES.items():
        try:
            found: Sequence[EngineForm] = import_module(f"benchmarks.engines.{name}").FORMS
        except ModuleNotFoundError:
            missing.append(package)
        else:
            forms += found
    return forms, missing
