"""The pages of the workbench over HTTP: forms and what they write, another directive, texts of users, sizes.

Covers: api.console.workbench.draft_sentences, api.console.workbench.draft_translations,
api.console.workbench.draft_deviations, api.console.workbench.draft_countries, api.console.workbench.trial_facts,
api.console.workbench.country_differences, api.console.workbench.open_drafts, api.console.workbench.condition_views,
api.console.workbench.form_values, api.services.trial_requests
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.consoles import ROOT, ServedConsole, Visitor, served_console
from tests.support.serving_parties import serving_parties

MAX_PAGE = 100_000
INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "'--",
    "{% raw %}",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "../../etc/passwd",
]
BROKEN = [
    "",
    "a: [",
    "policy: 1\n\tx",
    "\x00",
    "policy: korea\n" * 3,
    "&a [*a]",
    "policy: x\nfollows: directive\ncountry: [1]\nparameters: [1]\ndeviations: 5\nown_parameters: 3\nrules: {}\n",
    "policy: x\nfollows: directive\ncountries: [5, {a: b}]\nparameters: {next_session: x, counterpart: [1]}\n",
    "policy: x\nfollows: [y]\ndeviations: [1, {suspend: {a: b}, in_force: 3}]\n",
    "directive: x\nparameters: [{kind: 5}]\nrules: 5\ntables: [1]\n",
    "directive: x\nparameters: {next_session: {kind: nonsense, choices: 5}}\nsay: [say]\n",
    "language: zh\ntranslations: {say: x}\n",
    "translations: [1, {english: 5, translation: [x]}]\n",
    "- policy\n",
    "policy\n",
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def officer(console: ServedConsole) -> Visitor:
    return console.visitor("policy_officer")


class Draft:
    """A draft of a visitor, and its forms."""

    def __init__(self, visitor: Visitor, title: str = "a change") -> None:
        self.visitor = visitor
        made = visitor.send("/policies/drafts", {"title": title}, at="/policies/drafts")
        assert made.status_code == 303, made.text
        self.address = made.headers["location"]

    def send(
        self,
        page: str,
        fields: dict[str, str],
        *,
        at: str = "",
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        """Send a form with the version that the page of the draft shows now."""
        shown = self.visitor.open(f"{self.address}{at}").text
        seen = re.search(r'name="seen" value="([^"]+)"', shown)
        assert seen, shown
        sent = {"seen": html.unescape(seen[1]), **fields}
        return self.visitor.send(f"{self.address}{page}", sent, at=f"{self.address}{at}", files=files)

    def text(self, file: str) -> str:
        """The text of a file of the draft."""
        shown = self.visitor.open(f"{self.address}/text?file={file}").text
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", shown, re.DOTALL)
        assert found
        return html.unescape(found[1])

    def page(self) -> str:
        """The page of the draft."""
        return self.visitor.open(self.address).text


def file_of(name: str) -> str:
    return (ROOT / "policies" / name).read_text()


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


def test_a_sentence_is_exchanged_and_its_translations_become_drafts(officer: Visitor) -> None:
    draft = Draft(officer)
    listed = officer.open(f"{draft.address}/sentences?file=directive.yaml").text
    at = html.unescape(
        re.findall(r'sentence\?file=directive.yaml&amp;at=([^"]+)"', listed)[0].replace("%2F", "/")
    )
    assert at == "rules/0/say"
    sent = {"file": "directive.yaml", "at": at, "text": "Ask {country_name}\n through {joint_committee}."}
    answer = draft.send(
        "/sentence", {**sent, "keep_translations": "yes"}, at=f"/sentence?file=directive.yaml&at={at}"
    )
    assert answer.status_code == 303, answer.text
    text = draft.text("directive.yaml")
    assert "Ask {country_name} through {joint_committee}." in text
    assert comments(text) == comments(file_of("directive.yaml"))
    chinese = draft.text("language_zh.yaml")
    assert "- english: Ask {country_name} through {joint_committee}.\n" in chinese
    assert comments(chinese) == comments(file_of("language_zh.yaml"))
    assert "no faults" in draft.page()


def test_a_translation_is_reviewed_and_one_is_added(officer: Visitor) -> None:
    draft = Draft(officer)
    file = "language_es.yaml"
    listed = officer.open(f"{draft.address}/translations?file={file}&status=draft").text
    assert "Add a translation" in listed
    form = officer.open(f"{draft.address}/translation?file={file}&at=0").text
    english = html.unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)[0])
    fields = {
        "file": file,
        "at": "0",
        "english": english,
        "translation": "Gracias, {country_name}, {joint_committee}.",
    }
    reviewed = {**fields, "status": "reviewed", "reviewed_by": "the translator", "reviewed_on": "2026-11-01"}
    assert draft.send("/translation", reviewed, at=f"/translation?file={file}&at=0").status_code == 303
    text = draft.text(file)
    assert "translation: Gracias, {country_name}, {joint_committee}." in text
    assert "reviewed_by: the translator" in text
    wrong = draft.send(
        "/translation", {**reviewed, "reviewed_on": "soon"}, at=f"/translation?file={file}&at=0"
    )
    assert wrong.status_code == 400
    assert "soon is no day of the calendar" in wrong.text
    gone = draft.send(
        "/translation", {"file": file, "at": "1", "delete": "yes"}, at=f"/translation?file={file}&at=1"
    )
    assert gone.status_code == 303
    assert officer.open(f"{draft.address}/translation?file={file}&at=9999").status_code == 404


def test_a_deviation_is_added_narrowed_and_deleted(officer: Visitor) -> None:
    draft = Draft(officer)
    fields = {
        "file": "cuba.yaml",
        "at": "0",
        "rule": "told-or-shown-only",
        "how": "suspend",
        "clause": "S3.6",
        "reason": "as ruled",
        "from": "1966-01-01",
    }
    at = "/deviation?file=cuba.yaml&at=0"
    for missing in ("rule", "clause", "reason", "from"):
        refused = draft.send("/deviation", {**fields, missing: ""}, at=at)
        assert (
            refused.status_code == (400 if missing != "rule" else 303) or "Nothing was stored" in refused.text
        )
        if refused.status_code == 303:
            draft.send("/deviation", {"file": "cuba.yaml", "at": "0", "delete": "yes"}, at=at)
    assert draft.send("/deviation", fields, at=at).status_code == 303
    assert "- suspend: [told-or-shown-only]" in draft.text("cuba.yaml")
    narrowed = {**fields, "how": "narrow", "when": "item.published", "reading": "A19", "until": "1966-12-31"}
    assert draft.send("/deviation", narrowed, at=at).status_code == 303
    text = draft.text("cuba.yaml")
    assert "- narrow: [told-or-shown-only]" in text
    assert "in_force: {from: 1966-01-01, until: 1966-12-31}" in text
    assert comments(text) == comments(file_of("cuba.yaml"))
    assert "narrowed by a further condition" in officer.open(f"{draft.address}/deviations").text
    assert (
        draft.send("/deviation", {"file": "cuba.yaml", "at": "0", "delete": "yes"}, at=at).status_code == 303
    )
    assert draft.text("cuba.yaml") == file_of("cuba.yaml")
    assert "Nothing yet." in draft.page()


def test_a_country_begins_as_a_copy_with_nothing_that_is_known_of_the_other(officer: Visitor) -> None:
    draft = Draft(officer)
    fields = {
        "from": "korea.yaml",
        "code": "ro",
        "name": "romania",
        "title": "Missions from Romania",
        "country_name": "Romania",
        "source": "the agreement",
    }
    for wrong in ({"name": "../x"}, {"name": "cuba"}, {"from": "x"}, {"title": " "}):
        refused = draft.send("/countries", {**fields, **wrong}, at="/countries")
        assert refused.status_code == 400, wrong
        assert "Nothing was stored" in refused.text
    answer = draft.send("/countries", fields, at="/countries")
    assert answer.headers["location"] == f"{draft.address}/parameters?file=romania.yaml"
    text = draft.text("romania.yaml")
    assert "country: RO" in text
    assert "value: Romania" in text
    assert text.count("status: not_found") == 5
    assert "rules:" not in text
    assert "pending" not in text
    page = draft.page()
    assert "no faults" in page
    assert "What H14 means" in page


def test_a_parameter_that_is_not_found_has_no_value(officer: Visitor) -> None:
    draft = Draft(officer)
    at = "/parameter?file=korea.yaml&at=parameters/next_session/0"
    fields = {"file": "korea.yaml", "at": "parameters/next_session/0", "value": "9", "source": "no minutes"}
    for wrong in (
        {"status": "x"},
        {"status": "sourced", "value": "nine"},
        {"status": "sourced", "source": ""},
    ):
        refused = draft.send("/parameter", {**fields, **wrong}, at=at)
        assert refused.status_code == 400
        assert "Nothing was stored" in refused.text
    assert draft.send("/parameter", {**fields, "status": "not_found"}, at=at).status_code == 303
    assert "    - {status: not_found, source: no minutes}" in draft.text("korea.yaml") or (
        "    - status: not_found\n      source: no minutes" in draft.text("korea.yaml")
    )
    for unknown in ("parameters/x/0", "rules/0", "parameters/next_session/7", ""):
        assert officer.open(f"{draft.address}/parameter?file=korea.yaml&at={unknown}").status_code == 404
    assert officer.open(f"{draft.address}/parameter?file=none.yaml&at=x").status_code == 404


def test_a_draft_is_downloaded_as_files_and_as_a_patch_that_applies(officer: Visitor, tmp_path: Path) -> None:
    draft = Draft(officer)
    changed = file_of("korea.yaml").replace("value: 8", "value: 9")
    at = "/text?file=korea.yaml"
    assert draft.send("/text", {"file": "korea.yaml", "text": changed}, at=at).status_code == 303
    assert draft.send("/file", {"file": "cuba.yaml", "delete": "yes"}).status_code == 303
    new = {"file": "note.yaml", "text": "policy: x\n"}
    assert draft.send("/text", new, at="/text?file=").status_code == 303
    with zipfile.ZipFile(io.BytesIO(officer.open(f"{draft.address}/files.zip").content)) as archive:
        assert sorted(archive.namelist()) == ["changes.patch", "policies/korea.yaml", "policies/note.yaml"]
        assert archive.read("policies/korea.yaml").decode() == changed
        patch = archive.read("changes.patch").decode()
    assert patch == officer.open(f"{draft.address}/changes.patch").text
    folder = tmp_path / "policies"
    folder.mkdir()
    for name in ("korea.yaml", "cuba.yaml"):
        (folder / name).write_text(file_of(name))
    (tmp_path / "changes.patch").write_text(patch)
    subprocess.run(["git", "apply", "changes.patch"], cwd=tmp_path, check=True)
    assert (folder / "korea.yaml").read_text() == changed
    assert sorted(file.name for file in folder.iterdir()) == ["korea.yaml", "note.yaml"]


def test_a_broken_draft_never_touches_what_is_in_force(console: ServedConsole, officer: Visitor) -> None:
    def revision() -> str:
        bearer = {"Authorization": f"Bearer {console.keys['policy_officer']}"}
        found: str = console.api.get("/v1/policies", headers=bearer).json()["revision"]
        return found

    before, draft = revision(), Draft(officer)
    for text in BROKEN:
        draft.send("/text", {"file": "korea.yaml", "text": text}, at="/text?file=korea.yaml")
        assert officer.open(draft.address).status_code == 200
        assert officer.open(f"{draft.address}/text?file=korea.yaml").status_code == 200
        for page in ("parameters", "sentences", "translations", "deviations", "countries"):
            assert officer.open(f"{draft.address}/{page}").status_code == 200
        assert officer.open(f"{draft.address}/try").status_code == 400
        assert revision() == before


def test_somebody_else_sees_a_draft_and_does_not_change_it(console: ServedConsole, officer: Visitor) -> None:
    draft = Draft(officer, "of the officer")
    other = console.visitor("committee")
    assert "of the officer" in other.open("/policies/drafts").text
    page = other.open(draft.address).text
    assert "Delete the draft" not in page
    for role in ("department", "liaison", "auditor"):
        visitor = console.visitor(role)
        assert visitor.open(draft.address).status_code == 403
        assert visitor.open("/policies").status_code == 200
        assert "Drafts of changes" not in visitor.open("/policies").text
    seen = re.search(r'name="seen" value="([^"]+)"', draft.page())
    assert seen
    sent = {"seen": html.unescape(seen[1]), "file": "korea.yaml", "text": "a: b"}
    refused = other.send(f"{draft.address}/text", sent, at="/policies/drafts")
    assert "who alone changes it" in html.unescape(refused.text)
    assert "Nothing yet." in draft.page()


def test_a_form_of_an_older_version_changes_nothing(officer: Visitor) -> None:
    draft = Draft(officer)
    seen = re.search(r'name="seen" value="([^"]+)"', draft.page())
    assert seen
    changed = file_of("korea.yaml").replace("value: 8", "value: 9")
    assert (
        draft.send("/text", {"file": "korea.yaml", "text": changed}, at="/text?file=korea.yaml").status_code
        == 303
    )
    stale = {"seen": html.unescape(seen[1]), "file": "korea.yaml", "text": "a: b"}
    answer = officer.send(f"{draft.address}/text", stale, at=draft.address)
    assert "changed meanwhile" in answer.text
    assert draft.text("korea.yaml") == changed


def test_the_committee_tries_the_request_of_a_recent_decision(console: ServedConsole) -> None:
    request: dict[str, Any] = {
        "request_id": f"r-{uuid4().hex[:6]}",
        "mission": {"countries": ["KP"]},
        "items": [{"line": 1, "description": "a drawing"}],
    }
    bearer = {"Authorization": f"Bearer {console.keys['committee']}"}
    response = console.api.post("/v1/pre-check", json=request, headers=bearer)
    assert response.status_code == 200, response.text
    visitor = console.visitor("committee")
    draft = Draft(visitor)
    assert request["request_id"] in visitor.open(f"{draft.address}/try").text
    filled = visitor.open(f"{draft.address}/try?decision={response.json()['decision_id']}").text
    assert 'value="KP"' in filled
    assert 'value="a drawing"' in filled


def test_every_scenario_fills_the_form_in(officer: Visitor) -> None:
    draft = Draft(officer)
    page = officer.open(f"{draft.address}/try").text
    places = re.findall(r'<option value="(features/[^"]+)"', page)
    assert len(places) > 20
    for place in places[::15]:
        filled = officer.open(f"{draft.address}/try?scenario={place}")
        assert filled.status_code == 200
        assert re.search(r"\(\d+\)</summary>|selected", filled.text)


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_users_write_is_shown_as_text(officer: Visitor, text: str) -> None:
    draft = Draft(officer, text)
    pages = [draft.page(), officer.open("/policies/drafts").text]
    at = "/parameter?file=korea.yaml&at=parameters/next_session/0"
    fields = {"file": "korea.yaml", "at": "parameters/next_session/0", "status": "sourced", "value": "9"}
    draft.send("/parameter", {**fields, "source": text}, at=at)
    refused = draft.send("/parameter", {**fields, "source": text, "value": text, "from": text}, at=at)
    pages += [refused.text, draft.page(), officer.open(f"{draft.address}/parameters?file=korea.yaml").text]
    checked = draft.send(
        "/text", {"file": "korea.yaml", "text": text, "check": "yes"}, at="/text?file=korea.yaml"
    )
    pages += [checked.text]
    tried = draft.send("/try", {"fact mission.countries": text, "fact item.description": text}, at="")
    pages += [tried.text]
    for page in pages:
        assert text[:3] in html.unescape(page)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert ">49<" not in page
    for address in (f"/policies/law/{text}", f"/policies/files/{text}", f"/policies/checks/{text}"):
        answer = officer.open(address)
        assert answer.status_code == 404
        assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "path", ["/policies", "/policies/countries/korea", "/policies/files/language_zh.yaml?line=700"]
)
def test_no_page_is_too_large(officer: Visitor, path: str) -> None:
    answer = officer.open(path)
    assert answer.status_code == 200
    assert len(answer.content) < MAX_PAGE


def test_no_page_about_a_clause_is_too_large(officer: Visitor) -> None:
    clauses = re.findall(r'/policies/law/([^?"]+)\?', officer.open("/policies").text)
    assert len(clauses) > 25
    for clause in clauses:
        answer = officer.open(f"/policies/law/{clause}")
        assert answer.status_code == 200
        assert len(answer.content) < MAX_PAGE, clause


@pytest.mark.parametrize("language", ["en", "zh"])
def test_another_directive_is_served_as_well(tmp_path: Path, language: str) -> None:
    folder = ROOT / "examples" / "second_directive"
    with serving_parties(tmp_path, folder / "policies", folder / "floor.yaml", {"policy_officer": None}) as (
        client,
        keys,
    ):
        visitor = Visitor(str(client.base_url).rstrip("/"))
        visitor.client.headers["Accept-Language"] = language
        visitor.send("/sign-in", {"api_key": keys["policy_officer"], "next": "/"}, at="/sign-in")
        page = visitor.open("/policies").text
        for clause in re.findall(r'/policies/law/([^?"]+)\?', page):
            assert visitor.open(f"/policies/law/{clause}").status_code == 200
        policies = re.findall(r"/policies/countries/([^?]+)\?", page)
        assert "partners-IS" in policies
        for policy in policies:
            assert visitor.open(f"/policies/countries/{policy}").status_code == 200
        draft = Draft(visitor)
        for part in ("parameters", "sentences", "translations", "deviations", "countries", "try"):
            assert visitor.open(f"{draft.address}/{part}").status_code == 200, part
        at = "countries/0/parameters/panel_meeting/0"
        fields = {
            "file": "partners.yaml",
            "at": at,
            "status": "sourced",
            "value": "6",
            "source": "minutes",
            "until": "2026-11-12",
        }
        assert (
            draft.send("/parameter", fields, at=f"/parameter?file=partners.yaml&at={at}").status_code == 303
        )
        text = draft.text("partners.yaml")
        assert comments(text) == comments((folder / "policies" / "partners.yaml").read_text())
        tried = draft.send("/try", {"fact mission.countries": "IS"}, at="")
        assert tried.status_code == 200
        visitor.client.close()
