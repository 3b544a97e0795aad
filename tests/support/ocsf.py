"""Judges events by the published schema of OCSF, which the package `ocsf-json-schema` ships, version by version."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

_ACTIONS = {0: "Unknown", 1: "Allowed", 2: "Denied", 3: "Observed", 4: "Modified"}
"""The captions of the numbers; beside such a number the name is its caption, beside 99 it is the source's own."""


def find_ocsf_faults(event: Any) -> Iterator[str]:
    """Yield what the schema that an event names finds wrong with it; a member that it does not know is a fault."""
    metadata = event["metadata"]
    schema = _schema_of(metadata["version"], event["class_uid"], tuple(metadata.get("profiles", ())))
    for fault in schema.iter_errors(json.loads(json.dumps(event))):
        yield f"{list(fault.path)}: {fault.message}"
    if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
        yield f"type_uid: {event['type_uid']} is not that of class and activity"
    if "action_id" in event and event.get("action") != _ACTIONS.get(event["action_id"], event.get("action")):
        yield f"action: {event.get('action')!r} is not the caption of {event['action_id']}"


@cache
def _schema_of(version: str, class_uid: int, profiles: tuple[str, ...]) -> Draft202012Validator:
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version))
    name = schemas.lookup_class_name_from_uid(class_uid)
    offered = get_ocsf_schema(version)["classes"][name]["profiles"]
    assert set(profiles) <= set(offered), f"{name} of {version} has the profiles {offered}"
    return Draft202012Validator(schemas.get_class_schema(name, list(profiles)))
