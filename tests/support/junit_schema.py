"""Judges JUnit XML by what the xUnit plugin of Jenkins takes; it skips a whole file that has one fault.

The rules are those of its schema, junit-10.xsd (jenkinsci/xunit-plugin at 8c515de, 2025-11-15), stated a second time.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

_OUTPUT = {"system-out", "system-err"}
_RERUNS = {"rerunFailure", "rerunError", "flakyFailure", "flakyError"}
_CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase"} | _OUTPUT,
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure"} | _RERUNS | _OUTPUT,
}
_COUNTED = {"tests", "failures", "errors"}
_REQUIRED = {
    "testsuite": {"name"} | _COUNTED,
    "testcase": {"name"},
    "property": {"name", "value"},
}
_OPTIONAL = {
    "testsuites": {"name", "time"} | _COUNTED,
    "testsuite": {
        "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "version",
    },
    "testcase": {"time", "classname", "group"},
    **{name: {"type", "message"} for name in ("failure", "error", "skipped")},
}  # fmt: skip
_TIME = re.compile(r"(?:(?:[0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(?:\.[0-9]*)?")


def find_junit_faults(element: ET.Element) -> Iterator[str]:
    """Yield what the schema does not take, below an element and in it."""
    name = element.tag
    required = _REQUIRED.get(name, set())
    given = set(element.keys())
    yield from (f"{name} lacks {missing}" for missing in required - given)
    unknown = given - required - _OPTIONAL.get(name, set())
    yield from (f"{name} has {attribute}" for attribute in unknown)
    if name in ("testsuites", "testsuite") and not _TIME.fullmatch(element.get("time", "")):
        yield f"{name} took {element.get('time')}"
    if name in _CHILDREN and "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        yield f"{name} holds text"
    for child in element:
        if child.tag not in _CHILDREN.get(name, set()):
            yield f"{child.tag} in {name}"
        yield from find_junit_faults(child)
