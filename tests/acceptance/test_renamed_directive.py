"""The second directive of `examples/` in other words: its answers, its proofs and its scenarios stay the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from engine import load_policies
from engine.loading.yaml_reader import load_document
from tests.acceptance.test_second_directive import EXAMPLE, FILES, FLOOR, answered, drawn, run, stated

CONDITIONS = ("when", "unless")
PARTIES = ("who", "answered_by", "owner", "asking_party")


def read(text: str) -> Any:
    return load_document("one.yaml", text.encode()).value


class Renaming:
    """Other words for every fact, choice and party of the folder; those that every directive has stay."""

    def __init__(self) -> None:
        facts = read(FILES["vocabulary.yaml"])["facts"]
        parties = read(FILES["directive.yaml"])["parties"]
        choices = {choice for fact in facts for choice in fact.get("choices", {})}
        self.words = {word: f"w{number}" for number, word in enumerate(sorted({*choices, *parties}))}
        declared = [fact["fact"] for fact in facts if not fact["fact"].startswith("handover.")]
        self.facts = {name: self._other(name, number) for number, name in enumerate(declared)}
        self.groups = {
            ".".join(old.split(".")[:-1]): ".".join(new.split(".")[:-1]) for old, new in self.facts.items()
        }

    def _other(self, name: str, number: int) -> str:
        *groups, _ = name.split(".")
        first = ["item"] if groups[:1] == ["item"] else []
        return ".".join([*first, *(f"g_{group}" for group in groups[len(first) :]), f"f{number}"])

    def condition(self, text: str) -> str:
        for old, new in sorted(self.facts.items(), key=lambda entry: -len(entry[0])):
            text = re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w.])", new, text)
        return re.sub(r'"([a-z_]+)"', lambda match: f'"{self.words.get(match[1], match[1])}"', text)

    def braces(self, text: str) -> str:
        return re.sub(r"\{([\w.]+)\}", lambda match: "{" + self.facts.get(match[1], match[1]) + "}", text)

    def value(self, key: str, value: Any) -> Any:
        match value:
            case dict() if key == "parties":
                return {self.words[name]: text for name, text in value.items()}
            case dict() if key == "choices":
                return {self.words[name]: text for name, text in value.items()}
            case dict() if key in ("properties", "context"):
                return {name: self.facts.get(fact, fact) for name, fact in value.items()}
            case dict() if key == "groups":
                return {self.groups.get(name, name): text for name, text in value.items()}
            case dict():
                return {name: self.value(name, one) for name, one in value.items()}
            case list() if key in ("facts", "who") and value and isinstance(value[0], str):
                return [self.facts.get(name, name) for name in value]
            case list():
                return [self.value(key, one) for one in value]
            case str() if key in CONDITIONS:
                return self.condition(value)
            case str() if key in PARTIES:
                return self.words.get(value, value)
            case str() if key in ("fact", "deadline"):
                return self.facts.get(value, value)
            case str():
                return self.braces(value)
            case _:
                return value

    def file(self, text: str) -> str:
        return str(yaml.safe_dump(self.value("", read(text)), allow_unicode=True, sort_keys=False))

    def feature(self, text: str) -> str:
        """A feature file: facts anywhere, choices where a step states one and in the cells of tables."""
        value = r"(\bfact \S+ is |\| )([a-z_]+)(?=$| *\|)"
        return re.sub(
            value,
            lambda found: found[1] + self.words.get(found[2], found[2]),
            self.condition(text),
            flags=re.MULTILINE,
        )

    def request(self, facts: dict[str, Any]) -> dict[str, Any]:
        return {
            self.facts.get(name, name): self.words.get(value, value) if isinstance(value, str) else value
            for name, value in facts.items()
        }


RENAMING = Renaming()
RENAMED = {name: RENAMING.file(text) for name, text in FILES.items()}
RENAMED["vocabulary.yaml"] += "urgency_group: g_urgency\n"


def test_with_every_fact_choice_and_party_renamed_it_answers_the_same() -> None:
    institute, other = (
        load_policies({name: text.encode() for name, text in files.items()}) for files in (FILES, RENAMED)
    )
    assert not {"item.kind", "visitor.screening"} & set(other.vocabulary.words)
    for countries, day, facts in drawn(300, 21):
        before = answered(institute, stated(facts, countries, day))
        after = answered(other, stated(RENAMING.request(facts), countries, day))
        assert (after.outcome, after.rules, after.clauses, after.say) == (
            before.outcome,
            before.rules,
            before.clauses,
            before.say,
        )
        assert {(missing.fact, missing.answered_by) for missing in after.missing} == {
            (RENAMING.facts.get(missing.fact, missing.fact), RENAMING.words[missing.answered_by])
            for missing in before.missing
        }


def test_with_every_fact_choice_and_party_renamed_its_scenarios_pass(tmp_path: Path) -> None:
    """The feature files go through the same renaming; every scenario passes, and every permission is proved."""
    policies, features, floor = tmp_path / "policies", tmp_path / "features", tmp_path / "floor.yaml"
    policies.mkdir()
    features.mkdir()
    for name, text in RENAMED.items():
        (policies / name).write_text(text)
    originals = {path.name: path.read_text() for path in (EXAMPLE / "features").glob("*.feature")}
    for name, text in originals.items():
        renamed = RENAMING.feature(text)
        assert RENAMING.facts.keys().isdisjoint(re.findall(r"[\w.]+\w", renamed))
        (features / name).write_text(renamed)
    floor.write_text(RENAMING.file(FLOOR.read_text()))
    tested = json.loads(run("policies", "test", policies, "--no-mutants", "--format", "json").stdout)
    assert tested["scenarios"]["failing"] == tested["scenarios"]["findings"] == []
    assert tested["scenarios"]["passed"] == tested["scenarios"]["promised"] > 500
    proved = run("policies", "prove", policies)
    assert proved.exit_code == 0, proved.output
