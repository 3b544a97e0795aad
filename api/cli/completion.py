"""The values that a shell completes: names in the policies, and those of closed sets that are no choices.

What one completion alone needs it imports itself, since nearly every command imports this module. Files are left to
the shell. Policies that cannot be read complete nothing: in the midst of a line no fault is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import typer

from api.policies.folder import read_folder
from api.runtime.shipped import default_policies
from engine import PolicyFaults, PolicySet, Role


def complete_party(context: typer.Context, incomplete: str) -> list[str]:
    """Return the parties that an option may name."""
    policies = _policies_of(context)
    return _fitting(policies.parties, incomplete) if policies else []


def complete_role(context: typer.Context, incomplete: str) -> list[str]:
    """Return the roles that callers have by the policies."""
    policies = _policies_of(context)
    return _fitting(policies.roles, incomplete) if policies else []


def complete_party_or_role(context: typer.Context, incomplete: str) -> list[str]:
    """Return the parties, and the roles of those that call."""
    policies = _policies_of(context)
    return _fitting({*policies.parties, *speaking_roles(policies)}, incomplete) if policies else []


def speaking_roles(policies: PolicySet) -> Mapping[str, Role]:
    """Return the roles that speak for a party."""
    return {name: role for name, role in policies.roles.items() if role.parties}


def complete_policy(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the policies."""
    policies = _policies_of(context)
    return _fitting((policy.name for policy in policies.policies), incomplete) if policies else []


def complete_clause(context: typer.Context, incomplete: str) -> list[str]:
    """Return the clauses of the policies."""
    policies = _policies_of(context)
    return _fitting(policies.clauses, incomplete) if policies else []


def complete_rule(context: typer.Context, incomplete: str) -> list[str]:
    """Return the rules of the policies."""
    policies = _policies_of(context)
    from engine import rule_names

    return _fitting(rule_names(policies), incomplete) if policies else []


def complete_table(context: typer.Context, incomplete: str) -> list[str]:
    """Return the tables of rules of the policies."""
    policies = _policies_of(context)
    rules = [rule for p in policies.policies for e in p.editions for rule in e.rules] if policies else []
    return _fitting({rule.table.name for rule in rules if rule.table}, incomplete)


def complete_name(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names that can be explained."""
    from api.services.explained_names import names_of

    policies = _policies_of(context)
    return _fitting(names_of(policies), incomplete) if policies else []


def complete_erasable_fact(context: typer.Context, incomplete: str) -> list[str]:
    """Return the facts whose texts can be erased."""
    from api.policies.erasable_facts import erasable_facts

    policies = _policies_of(context)
    return _fitting(erasable_facts(policies.vocabulary), incomplete) if policies else []


def complete_erasable_facts(context: typer.Context, incomplete: str) -> list[str]:
    """Return the facts that can be erasable, and the word for those of persons; several have commas between."""
    from api.policies.erasable_facts import PERSONAL, erasable_facts

    policies = _policies_of(context)
    names = {PERSONAL, *erasable_facts(policies.vocabulary)} if policies else set[str]()
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _fitting(names, last)]


def _fitting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _policies_of(context: typer.Context) -> PolicySet | None:
    """The policies that the command would work with, as far as it has been typed."""
    named = context.params.get("directory") or context.params.get("policies")
    try:
        return read_folder(Path(named) if named else default_policies()).load()
    except PolicyFaults:
        return None
