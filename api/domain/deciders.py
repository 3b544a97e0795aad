"""How sentences speak of the parties that decide."""

from __future__ import annotations

from engine import DELIVERER, PolicySet


def deciders_in_words(policies: PolicySet) -> str:
    """Return the parties that decide, as the vocabulary speaks of those who hand over, or else the directive."""
    deciding = {party for role in policies.roles.values() if role.decides for party in role.parties}
    deliverers = policies.vocabulary.words[DELIVERER].choices_in_words
    called = [deliverers.get(party, title) for party, title in policies.parties.items() if party in deciding]
    return " or ".join(called) or "whoever decides"
