"""Visitors are spoken to in the languages of their countries, as recorded with the answer; stale words are left out.

Covers: engine.policy.languages, engine.checking.languages, engine.checking.language_hints,
engine.checking.translatable_texts, engine.loading.language_schema, engine.policy.rules
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.ledger.database import Database
from api.ledger.entries import DECISION
from api.ledger.reader import whole_entries
from api.settings import Settings
from conftest import shipped_files
from engine import Decision, PolicyFaults, PolicySet, load_policies
from tests.support.country_groups import FILES, grouped
from tests.support.strategies import ask, spread

ROOT = Path(__file__).parents[2]
URGENT = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())
AWAITED = "Whether we may explain or show this to you has to be decided"
LINE_WORDS = "For line {lines}: {sentence}"


def answered(policies: PolicySet, *countries: str, **facts: Any) -> Decision:
    """The answer to a request on the spot for a drawing."""
    flat = {"trigger": "ad_hoc_request", "item.kind": "drawing", "visit.border_area": "none", **facts}
    if countries:
        flat["mission.countries"] = list(countries)
    return ask(policies, spread(flat, as_of="1965-03-01"))


def folder(**edits: tuple[str, str]) -> dict[str, bytes]:
    """The shipped files, each with one text exchanged; an edit is by the file's name without its ending."""
    files = shipped_files()
    for name, (old, new) in edits.items():
        text = files[f"{name}.yaml"].decode()
        assert text.count(old) == 1, name
        files[f"{name}.yaml"] = text.replace(old, new).encode()
    return files


def without_translation(language: str, beginning: str) -> dict[str, bytes]:
    """The shipped files without the translation of the English text that begins like that."""
    files = shipped_files()
    name = f"language_{language}.yaml"
    head, *entries = files[name].decode().split("  - english:")
    left = [entry for entry in entries if not " ".join(entry.split()).lstrip(">-'\" ").startswith(beginning)]
    assert len(left) == len(entries) - 1
    files[name] = "  - english:".join([head, *left]).encode()
    return files


def remarks(files: dict[str, bytes]) -> list[str]:
    return [str(hint) for hint in load_policies(files).hints]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize(
    ("countries", "languages"),
    [
        (["KP"], ["ko"]),
        (["VN"], ["vi"]),
        (["CU"], ["es"]),
        (["AL"], ["sq"]),
        (["VN", "KP"], ["ko", "vi"]),
        (["KP", "FR"], ["ko"]),
        (["FR"], []),
        ([], []),
    ],
)
def test_a_mission_is_spoken_to_in_the_languages_of_its_countries(
    shipped: PolicySet, countries: list[str], languages: list[str]
) -> None:
    decision = answered(shipped, *countries)
    (line,) = decision.lines
    assert list(decision.say_in) == list(line.say_in) == languages
    assert decision.say_in == line.say_in
    assert decision.say_in_draft == line.say_in_draft == tuple(languages)


def test_the_english_sentence_stays_and_its_translation_has_the_names_in_the_same_language(
    shipped: PolicySet,
) -> None:
    decision = answered(shipped, "KP")
    assert "between Korea and us through the Sino-Korean" in decision.say
    assert "조선측" in decision.say_in["ko"]
    assert "조중과학기술협조위원회" in decision.say_in["ko"]


def test_what_no_rule_decides_is_spoken_in_the_language_too(shipped: PolicySet) -> None:
    unknown = answered(shipped, "KP", trigger=None)
    assert unknown.outcome == "needs_information"
    assert unknown.say_in["ko"].startswith("대답을 드리기 전에")


def test_the_first_name_of_a_sentence_begins_it_with_a_capital(shipped: PolicySet) -> None:
    declined = {"item.legacy_list": "pending", "item.channel.attache_confirmation": "declined"}
    spoken = answered(shipped, "KP", "CU", **declined)
    assert spoken.say.startswith("The Trade Attache")
    assert spoken.say_in["es"].startswith("El agregado comercial")


def test_a_line_is_spoken_in_a_language_only_if_all_of_its_sentence_has_it() -> None:
    policies = load_policies(without_translation("ko", AWAITED))
    assert answered(policies, "KP", **{"item.kind": "oral_or_visual"}).say_in == {}
    assert answered(policies, "KP").say_in_draft == ("ko",)


def mixed(policies: PolicySet) -> Decision:
    flat = {"trigger": "ad_hoc_request", "mission.countries": ["KP"], "visit.border_area": "none"}
    return ask(
        policies, spread(flat, {"item.kind": "drawing"}, {"item.kind": "oral_or_visual"}, as_of="1965-03-01")
    )


def test_a_request_of_several_lines_is_spoken_as_one_text_in_the_words_of_the_language(
    shipped: PolicySet,
) -> None:
    decision = mixed(shipped)
    first, second = (line.say_in["ko"] for line in decision.lines)
    assert decision.say_in == {"ko": f"1번 항목에 대하여: {first} 2번 항목에 대하여: {second}"}


def test_without_the_words_around_them_the_lines_are_spoken_alone() -> None:
    decision = mixed(load_policies(without_translation("ko", LINE_WORDS)))
    assert decision.say_in == {}
    assert decision.say_in_draft == ()
    assert all(line.say_in for line in decision.lines)


def test_a_translation_is_stale_once_the_english_sentence_changes_and_is_left_out() -> None:
    files = folder(
        directive=(
            "We ask\n      for your patience.\n\n  - rule: lists-of",
            "We ask\n      you to wait.\n\n  - rule: lists-of",
        )
    )
    decision = answered(load_policies(files), "KP", **{"item.kind": "oral_or_visual"})
    assert "you to wait" in decision.say
    assert decision.say_in == {}
    assert "say_in" not in decision.to_json().decode()
    found = remarks(files)
    assert (
        len([one for one in found if " T07 a translation is of an English text that no longer" in one]) == 5
    )
    assert len([one for one in found if " T06 1 text of directive.yaml without a translation" in one]) == 5
    assert len(found) == 10


def reviewed(text: bytes) -> bytes:
    return text.replace(
        b"    status: draft\n",
        b"    status: reviewed\n    reviewed_by: a translator\n    reviewed_on: 2026-01-02\n",
    )


def test_what_has_been_reviewed_is_no_draft_unless_a_name_in_it_is_one() -> None:
    files = shipped_files()
    files["language_ko.yaml"] = reviewed(files["language_ko.yaml"])
    decision = answered(load_policies(files), "KP")
    assert decision.say_in
    assert decision.say_in_draft == ()
    assert b"say_in_draft" not in decision.to_json()
    text = files["language_ko.yaml"].decode()
    name = text.index("  - english: Korea\n")
    files["language_ko.yaml"] = (
        text[:name]
        + text[name:].replace(
            "status: reviewed\n    reviewed_by: a translator\n    reviewed_on: 2026-01-02\n",
            "status: draft\n",
            1,
        )
    ).encode()
    assert answered(load_policies(files), "KP").say_in_draft == ("ko",)


def test_a_name_without_a_translation_is_spoken_in_english_and_remarked() -> None:
    files = without_translation("ko", "Korea ")
    assert "Korea측" in answered(load_policies(files), "KP").say_in["ko"]
    (remark,) = remarks(files)
    assert "T06 1 text of korea.yaml without a translation: korea.yaml:11:" in remark


def test_a_language_without_a_file_is_remarked_once_and_not_spoken() -> None:
    files = shipped_files()
    del files["language_sq.yaml"]
    (remark,) = remarks(files)
    assert remark.startswith("albania.yaml:8:1 T08 no file has translations into `sq`")
    assert answered(load_policies(files), "AL").say_in == {}


def test_a_file_for_readers_has_to_finish_what_it_begins() -> None:
    files = without_translation("zh", "Refused ")
    assert ["T06 1 text of directive.yaml without" in one for one in remarks(files)] == [True]


@pytest.mark.parametrize(
    ("language", "remarked"), [("es", []), ("ko", ["korea.yaml"]), ("zh", ["korea.yaml"])]
)
def test_a_country_s_own_sentences_are_wanted_in_its_languages_and_in_those_of_no_country(
    language: str, remarked: list[str]
) -> None:
    found = remarks(without_translation(language, "This item has been confirmed."))
    assert [one.partition(" T06 1 text of ")[2].partition(" ")[0] for one in found] == remarked


def test_several_that_are_stale_are_one_remark_with_a_count_and_the_first_places() -> None:
    files = shipped_files()
    names = ("Albania", "Cuba", "Korea", "Vietnam")
    for name in names:
        changed = files["language_es.yaml"].replace(
            f"english: {name}\n".encode(), f"english: {name}!\n".encode()
        )
        files["language_es.yaml"] = changed
    stale = [one for one in remarks(files) if " T07 " in one]
    assert len(stale) == 1
    assert "4 translations are of English texts that no longer stand in the policies: language_es" in stale[0]
    assert stale[0].count("language_es.yaml:") == 4
    assert " and 1 more; " in stale[0]


def test_without_translations_the_answer_is_the_same_but_for_them() -> None:
    files = {name: text for name, text in shipped_files().items() if not name.startswith("language_")}
    bare, shipped = answered(load_policies(files), "KP"), answered(load_policies(shipped_files()), "KP")
    assert b"say_in" not in bare.to_json()
    plain: dict[str, Any] = {"say_in": {}, "say_in_draft": ()}
    lines = tuple(line.model_copy(update=plain) for line in shipped.lines)
    assert bare.lines == lines
    assert bare.say == shipped.say


KOREAN = """language: ko
translations:
  - {english: Please ask the safety office., translation: 안전부서에 문의하여 주십시오., status: draft}
"""


def test_countries_of_a_group_that_are_decided_alike_are_each_spoken_to_in_their_language() -> None:
    files = grouped(
        partners=FILES["partners.yaml"].replace("country: UY, from", "country: UY, languages: ko, from")
    )
    files["language.yaml"] = KOREAN.encode()
    policies = load_policies(files)
    spoken = [
        ask(policies, spread({"mission.countries": [code], "item.kind": "sample"}, as_of="2026-03-01"))
        for code in ("CL", "UY", "CL")
    ]
    assert [list(one.say_in) for one in spoken] == [[], ["ko"], []]
    assert len({one.say for one in spoken}) == 1


def test_an_entry_of_a_group_has_its_own_languages_in_the_place_of_those_of_the_group() -> None:
    partners = FILES["partners.yaml"].replace("countries:\n", "languages: [ko, sv]\ncountries:\n", 1)
    own = partners.replace("country: UY, from", "country: UY, languages: [gn, en], from")
    policies = load_policies({**grouped(partners=own), "language.yaml": KOREAN.encode()})
    assert policies.languages.spoken["CL"] == {"ko", "sv"}
    assert policies.languages.spoken["UY"] == {"gn"}
    assert [str(one).split(" ")[1] for one in policies.hints if "translations into" in str(one)] == [
        "T08",
        "T08",
    ]


def test_the_log_holds_what_was_spoken_and_replays_it(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    settings = Settings(policies=ROOT / "policies", database=str(file), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        answer = client.post("/v1/pre-check", json=URGENT, headers={"Accept-Language": "zh"})
    assert list(answer.json()["say_in"]) == ["ko"]
    database = Database(str(file), read_only=True)
    with database.reading() as connection:
        (recorded,) = (e.payloads[DECISION] for _, e in whole_entries(connection) if DECISION in e.payloads)
    database.dispose()
    assert json.loads(recorded)["say_in"] == answer.json()["say_in"]
    assert run("log", "replay", file).output.startswith("1 decision taken again, 0 differ")


def test_the_translations_that_a_change_touches_are_counted(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name, content in without_translation("ko", AWAITED).items():
        (old / name).write_bytes(content)
    compared = run("policies", "compare", old, ROOT / "policies")
    assert "translations into ko: 1 new" in compared.output
    assert "No request changes the outcome" in compared.output


@pytest.mark.parametrize(
    ("translation", "codes"),
    [
        ("Samþykkt {yet}", {"R07", "T01"}),
        ("Samþykkt ({item.review.proviso}) {yet}", {"R07"}),
        ("Samþykkt {item.review.proviso", {"R10", "T01"}),
    ],
)
def test_braces_that_the_english_text_lacks_are_named_where_it_names_facts(
    translation: str, codes: set[str]
) -> None:
    folder = ROOT / "examples" / "second_directive" / "policies"
    files = {path.name: path.read_bytes() for path in folder.glob("*.yaml")}
    english = "It has been approved ({item.review.proviso}), and you will have it from your host."
    assert english.encode() in files["directive.yaml"]
    text = f'- english: "{english}"\n    translation: "{translation}"\n    status: draft\n'
    files["language_is.yaml"] = f"language: is\ntranslations:\n  {text}".encode()
    with pytest.raises(PolicyFaults) as refused:
        load_policies(files)
    assert {fault.code for fault in refused.value.diagnostics} == codes
    assert {fault.place.file for fault in refused.value.diagnostics} == {"language_is.yaml"}
