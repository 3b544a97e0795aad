"""The words of the feature files, and the words of the contract they stand for."""

from collections.abc import Iterable
from typing import Any

from engine.contract.countries import COUNTRY_CODES, refuse_country

COUNTRIES = {"Albania": "AL", "Korea": "KP", "Vietnam": "VN", "Cuba": "CU", "France": "FR", "Mongolia": "MN"}

MISSION_KINDS = {
    "professional mission": "professional_mission",
    "industrial delegation": "industrial_delegation",
    "trainee": "trainee",
    "individual": "individual",
}

AREAS = {"Sino-Korean": "sino_korean", "Sino-Vietnamese": "sino_vietnamese"}

CAUSES = {
    "a request on the spot": "ad_hoc_request",
    "a repeated request": "repeat_request",
    "an agreed programme": "agreed_programme",
    "an old list": "legacy_list",
    "an offer of the host": "host_offer",
}

THINGS: dict[str, dict[str, Any]] = {
    "a drawing": {"kind": "drawing", "published": False},
    "a sample": {"kind": "sample", "published": False},
    "an explanation": {"kind": "oral_or_visual", "published": False},
    "a document": {"kind": "document", "published": False},
    "a published document": {"kind": "document", "published": True},
}

MEANS: dict[str, dict[str, Any]] = {
    "by post": {"mode": "post"},
    "electronically": {"mode": "electronic"},
    "by letting them copy it": {"mode": "copying_allowed"},
    "after the mission has left": {"after_departure": True},
}

DELIVERERS = {
    "the Committee": "committee",
    "the receiving department": "receiving_department",
    "somebody else": "other",
}

RECIPIENTS = {
    "the registered institution": "counterpart_institution",
    "the mission": "mission",
    "a member of the mission": "mission_member",
    "another body in China": "other_body_in_country",
    "a body abroad": "body_abroad",
    "in a third country": "third_country",
}

LISTS = {
    "on no old list": "none",
    "on the list of items not yet provided": "pending",
    "on the list of items already provided": "provided",
    "one of the 72 in the channel": "channel_72",
    "claimed to be listed but not found": "claimed_not_found",
}

UNKNOWN = {
    "where the mission is received": ("visit", "border_area"),
    "what gave rise to the handover": ("trigger",),
    "what kind of item it is": ("item", "kind"),
    "who hands it over": ("handover", "by"),
    "who receives it": ("handover", "to"),
    "on which old list the item stands": ("item", "legacy_list"),
    "whether the request has been reported": ("item", "channel", "reported_to_committee"),
    "how the consultation stands": ("item", "channel", "consultation"),
    "whether the Committee agrees": ("item", "channel", "committee_agrees"),
    "whether it has been accepted as a project": ("item", "channel", "accepted_as_project"),
    "how the inclusion stands": ("item", "channel", "inclusion"),
    "for which session the inclusion is agreed": ("item", "channel", "inclusion_session"),
}

OUTCOMES = {
    "the request goes through the bilateral channel": "route_bilateral",
    "it is escalated as urgent": "escalate_urgent",
    "it is held": "hold",
    "the Committee delivers it": "deliver",
    "it is refused": "refuse",
    "it is put on record": "regularise",
    "information is missing": "needs_information",
    "it is referred for a ruling": "refer",
    "the directive does not decide it": "not_governed",
}

PARTIES = {
    "receiving department": "receiving_department",
    "Committee": "committee",
    "policy officer": "policy_officer",
    "Foreign Office": "foreign_office",
}

GROUNDS = {
    "the country is another one": "mission.country",
    "the mission is not eager": "urgency.eagerly_wanted",
}

STATUSES = {"in force": "in_force", "only proposed": "proposed"}


PARTY = r"[A-Za-z][A-Za-z _-]*?"
"""Where a step names a party: a word of `PARTIES`, or the party's id, with spaces for underscores."""


def country_code(name: str) -> str:
    """The code of a country named in `COUNTRIES`, or by its code itself. Raises ValueError."""
    code = COUNTRIES.get(name, name)
    if code not in COUNTRY_CODES:
        otherwise = f"no country is called `{name}`; name {', '.join(COUNTRIES)}, or a code such as FR"
        raise ValueError(refuse_country(code, otherwise))
    return code


def country_name(code: str) -> str:
    """The name of a country, or its code if the steps have no name for it."""
    return next((name for name, of in COUNTRIES.items() if of == code), code)


def party_id(name: str) -> str:
    """The id of a party named in `PARTIES`, or by its id, with spaces for underscores."""
    return PARTIES.get(name, name.replace(" ", "_"))


def party_name(party: str) -> str:
    """How the steps name a party."""
    return next((name for name, of in PARTIES.items() if of == party), party.replace("_", " "))


def any_of(words: Iterable[str]) -> str:
    """A pattern for exactly one of the words."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"
