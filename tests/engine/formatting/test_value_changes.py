"""One value of a policy file is exchanged, and nothing else of the file: not a comment, not a line.

Covers: engine.formatting.value_changes
"""

import datetime as dt
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from engine import lay_out, load_document, put_value

ROOT = Path(__file__).parents[3]
KOREA = (ROOT / "policies" / "korea.yaml").read_bytes()
FILES = sorted((ROOT / "policies").glob("*.yaml")) + sorted(
    (ROOT / "examples" / "second_directive" / "policies").glob("*.yaml")
)


def changed_lines(before: bytes, after: bytes) -> list[str]:
    lines = unified_diff(before.decode().splitlines(), after.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_value_is_exchanged_and_nothing_else() -> None:
    after = put_value("korea.yaml", KOREA, ("parameters", "next_session", 0, "value"), 9)
    assert changed_lines(KOREA, after) == ["-    - value: 8", "+    - value: 9"]


def test_a_value_with_its_source_and_days_is_added() -> None:
    value = {"value": 9, "from": dt.date(1966, 1, 1), "status": "sourced", "source": "the eighth session"}
    after = put_value("korea.yaml", KOREA, ("parameters", "next_session", 1), value)
    assert changed_lines(KOREA, after) == [
        "+    - {value: 9, from: 1966-01-01, status: sourced, source: the eighth session}"
    ]
    ended = put_value("korea.yaml", after, ("parameters", "next_session", 0, "until"), dt.date(1965, 12, 31))
    assert "+      until: 1965-12-31" in changed_lines(after, ended)


def test_an_entry_is_taken_out_with_its_comment_and_an_empty_list_with_its_key() -> None:
    after = put_value("korea.yaml", KOREA, ("deviations", 0), None)
    assert b"deviations:" not in after
    gone = put_value("korea.yaml", KOREA, ("may_loosen", 0), None)
    assert b"Where an answer may be less strict" not in gone
    assert b"# Parameters of this country alone." in gone


def test_a_key_that_is_not_there_is_added() -> None:
    cuba = (ROOT / "policies" / "cuba.yaml").read_bytes()
    deviation = {
        "suspend": ["x"],
        "clause": ["S1.1"],
        "reason": "r",
        "in_force": {"from": dt.date(1965, 1, 1)},
    }
    after = put_value("cuba.yaml", cuba, ("deviations",), [deviation])
    assert load_document("cuba.yaml", after).value["deviations"] == [deviation]
    assert not [line for line in changed_lines(cuba, after) if line.startswith("-")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_text_of_a_file_can_be_exchanged_and_put_back(file: Path) -> None:
    content = lay_out(file.name, file.read_bytes())
    document = load_document(file.name, content)
    paths = [path for path in document.places if path and isinstance(document.value_at(path), str)]
    for path in paths[:: max(1, len(paths) // 12)]:
        value = document.value_at(path)
        after = put_value(file.name, content, path, f"{value} and more: #1")
        assert load_document(file.name, after).value_at(path) == f"{value} and more: #1"
        assert put_value(file.name, after, path, value).count(b"#") == content.count(b"#")


@pytest.mark.parametrize(
    ("path", "value"),
    [(("nothing", "there"), 1), (("parameters", "next_session", 5, "value"), 1), (("policy", "x"), 1)],
)
def test_a_path_that_is_not_there_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(LookupError):
        put_value("korea.yaml", KOREA, path, value)
