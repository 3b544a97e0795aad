#!/usr/bin/env bash
# ocsf-json-schema 1.2.0 with the OCSF schemas that it ships: a class asked for with a profile that it does not offer
# is answered with the schema without it. There is no error, and the id of that schema names the profile all the same.
#
# Seen: API Activity (6003) of OCSF 1.3.0 with the profile security_control has no `action_id`, and an event with one is
# refused as having a member too many; of 1.4.0, where the class offers the profile, it has one.
# Fails if the profile is refused, or taken, for 1.3.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "ocsf-json-schema==1.2.0"
"$folder/venv/bin/python" - <<'END'
from ocsf_json_schema import OcsfJsonSchema, get_ocsf_schema

seen = {}
for version in ("1.3.0", "1.4.0"):
    schema = OcsfJsonSchema(get_ocsf_schema(version)).get_class_schema("api_activity", ["security_control"])
    seen[version] = (schema["$id"].endswith("?profiles=security_control"), "action_id" in schema["properties"])
print(seen)
assert seen == {"1.3.0": (True, False), "1.4.0": (True, True)}, "the profile is treated otherwise now"
END
