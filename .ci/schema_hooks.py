"""What no schema states: refusals of calls that keep to the OpenAPI document, by the sentences that word them.

schemathesis expects a call that keeps to the document to be accepted. Each of these refusals is about something else
than the form of one member: the day on which it is read, what is recorded, two members that are compared, or a number
that JSON Schema takes for whole (1.0) or for short enough. Every other refusal is a finding.
"""

import itertools
import json
import re

import schemathesis

BEYOND_A_SCHEMA = re.compile(
    "|".join(
        (
            r"must not lie after today",
            r"two items carry the same line",
            r"the number needs more than \d+ digits",
            r"must be a whole number, without quotes and decimal point",
            r"is .+, such as `next` of the page before",
            r"is required, since a case belongs to a department",
            r"the case has no such line",
            r"must be the position of an earlier record of this fact",
            r"there is no such list; ",
            r"no list has an item of this number",
            r"is named a second time",
            r"is among `items` too",
            r"is required: it is not settled whose session this is",
            r"no event has this number|there is no such event",
            r"is none of the (?:types of )?(?:subjects|actions|resources) that the policies know: ",
            r"the member `(?:subject|action|resource)` is required",  # unless the list or its defaults have it
            r"is of another search, or of other policies; ",
            r"No decision has the id that `denial",
        )
    )
)


MOST_EXPLAINED = 5
"""An explanation takes seconds."""
_explained = itertools.count()


@schemathesis.hook
def map_case(context, case):  # type: ignore[no-untyped-def]
    """Let few answers be explained, and no key be revoked that the calls are made with."""
    if (case.query or {}).get("explain") == "full" and next(_explained) >= MOST_EXPLAINED:
        del case.query["explain"]
    if case.operation.path == "/v1/keys/{name}/revocation":
        case.path_parameters["name"] = "nobody"
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:  # type: ignore[no-untyped-def]
    """Leave a failure out where the service refused for nothing but such reasons."""
    if failure.code != "ST202" or response.status_code != 400:
        return True
    problem = json.loads(response.content)
    faults = problem.get("errors") or [problem]
    return not all(BEYOND_A_SCHEMA.match(fault["detail"]) for fault in faults)
