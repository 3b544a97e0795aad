"""The forms of the peers that are installed, and the peers that are not."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from benchmarks.engines.protocol import Form

MODULES = {
    "zen-engine": "zen_rules",
    "cedarpy": "cedar",
    "regopy": "rego",
    "casbin": "casbin_rows",
    "common-expression-language": "cel_rust",
    "rule-engine": "rule_engine_own",
}


def find_forms() -> tuple[list[Form], list[str]]:
    """The forms that can be measured here, and the packages that are missing."""
    forms: list[Form] = []
    missing = []
    for package, name in MODULES.items():
        try:
            found: Sequence[Form] = import_module(f"benchmarks.engines.{name}").FORMS
        except ModuleNotFoundError:
            missing.append(package)
        else:
            forms += found
    return forms, missing
