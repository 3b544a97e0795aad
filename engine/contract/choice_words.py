"""The choices of every fact in words, as an officer reads them behind the question that asks for the fact."""

from __future__ import annotations

from collections.abc import Mapping

CHOICES_IN_WORDS: Mapping[str, Mapping[str, str]] = {
    "trigger": {
        "ad_hoc_request": "the mission asks on the spot",
        "host_offer": "the host offers it, asked for or not",
        "agreed_programme": "it is part of the agreed programme",
        "legacy_list": "it stands on an old list",
        "repeat_request": "the mission asks once more for what it was given",
    },
    "department.kind": {
        "central_department": "a central department",
        "institute": "an institute",
        "local_department": "a local department",
        "factory": "a factory",
        "regional_bureau": "a regional bureau",
        "university": "a university",
        "other": "another kind",
    },
    "mission.kind": {
        "professional_mission": "a professional mission",
        "specialist_group": "a group of specialists",
        "delegation": "a delegation",
        "industrial_delegation": "an industrial delegation",
        "local_exchange_group": "a local exchange group",
        "trainee": "a trainee",
        "individual": "a single person",
    },
    "mission.level": {
        "national": "a national mission",
        "border_local": "a local one from the border",
    },
    "visit.border_area": {
        "none": "in no border area",
        "sino_korean": "in the Korean border area",
        "sino_vietnamese": "in the Vietnamese border area",
    },
    "handover.by": {
        "receiving_department": "the receiving department",
        "committee": "the Committee",
        "other": "somebody else",
    },
    "handover.to": {
        "mission": "the mission",
        "mission_member": "a member of the mission",
        "counterpart_institution": "their registered institution in China",
        "other_body_in_country": "another body of theirs in China",
        "body_abroad": "a body abroad",
        "third_country": "a third country",
    },
    "handover.mode": {
        "hand": "by hand",
        "post": "by post",
        "electronic": "electronically",
        "copying_allowed": "by letting them copy it",
    },
    "item.kind": {
        "document": "a document",
        "drawing": "a drawing",
        "process_instruction": "a process instruction",
        "data": "data",
        "software": "software",
        "sample": "a sample",
        "specimen": "a specimen",
        "equipment_part": "a part of equipment",
        "oral_or_visual": "only told or shown",
    },
    "item.legacy_list": {
        "none": "on none",
        "pending": "on the list of items still to be provided",
        "provided": "on a list of what was provided",
        "channel_72": "among the 72 before the joint committee",
        "claimed_not_found": "said to be on one, not found there",
    },
    "item.channel.consultation": {
        "not_opened": "not opened",
        "open": "open",
        "agreed": "the other side agreed",
        "refused": "the other side refused",
        "no_reply": "no reply",
        "withdrawn": "withdrawn",
        "deferred": "put off",
    },
    "item.channel.inclusion": {
        "not_asked": "not asked for",
        "agreed_to_include": "agreed for a session to come",
        "included": "included in a signed resolution",
        "refused": "refused",
        "not_included": "the session closed without it",
        "deferred": "put off",
    },
    "item.channel.attache_confirmation": {
        "not_sent": "not sent to the attache",
        "pending": "no answer so far",
        "confirmed": "confirmed in writing",
        "declined": "not confirmed by the attache",
    },
}
"""For each fact with declared choices, what each of them says."""

TRUTHS_IN_WORDS: Mapping[str, str] = {"true": "yes", "false": "no"}
"""The two answers to a question of yes or no."""
