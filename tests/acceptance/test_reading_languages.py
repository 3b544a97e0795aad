"""Whoever reads an answer has its titles and questions in a language of choice; what is recorded stays the same.

Covers: api.domain.reading_languages, api.http.languages, api.http.routes.pre_checks, api.parsing.language_ranges
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings

ROOT = Path(__file__).parents[2]
FILE = ROOT / "examples" / "needs_information.json"
OPEN = json.loads(FILE.read_text())
TITLE = "起决定作用的情况尚不清楚"
QUESTION = "由谁移交？"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    database = str(tmp_path_factory.mktemp("languages") / "log.db")
    settings = Settings(policies=ROOT / "policies", database=database, insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def send(client: httpx.Client, language: str | None, path: str = "/v1/pre-check", body: Any = OPEN) -> Any:
    headers = {} if language is None else {"Accept-Language": language}
    response = client.post(path, json=body, headers=headers)
    assert response.status_code == 200, response.text
    return response


def test_check_shows_titles_parties_and_questions_in_the_language() -> None:
    shown = run("check", FILE, "--language", "zh").output
    for text in (f"Line 1: No. {TITLE}. (needs_information)", "Ask 接待单位:", f"{QUESTION} (handover.by)"):
        assert text in shown
    assert "in zh, a draft: “在答复之前" in shown
    assert TITLE not in run("check", FILE).output


def test_check_gives_the_words_behind_the_answer_and_what_is_spoken_in_it_too() -> None:
    answer = json.loads(run("check", FILE, "--language", "zh", "--format", "json").stdout)
    assert answer["words"]["questions"]["handover.by"]["ask"] == QUESTION
    assert QUESTION not in [missing["ask"] for missing in answer["lines"][0]["missing"]]
    assert list(answer["say_in"]) == ["zh"]
    assert answer["say"].startswith("Before we can answer")


def test_a_name_is_explained_in_the_language() -> None:
    assert f"it says: No. {TITLE}." in run("explain", "needs_information", "--language", "zh").output
    assert f"the question: {QUESTION}" in run("explain", "handover.by", "--language", "zh").output
    assert "it is: 科学技术委员会" in run("explain", "committee", "--language", "zh").output


def test_words_of_which_none_is_translated_are_english_and_say_so(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "policies", tmp_path / "policies")
    titled = "  - english: Refused\n    translation: Refusé\n    status: draft\n"
    (folder / "language_fr.yaml").write_text(f"language: fr\ntranslations:\n{titled}", encoding="utf-8")
    arguments = ("--policies", folder, "--language", "fr", "--format", "json", "--role", "committee")
    open_still = json.loads(run("check", FILE, *arguments).stdout)["words"]
    assert open_still["language"] == "en"
    refused = json.loads(run("check", ROOT / "examples" / "refuse.json", *arguments).stdout)["words"]
    assert (refused["language"], refused["titles"]["refuse"]) == ("fr", "Refusé")


@pytest.mark.parametrize("command", [("check", FILE), ("explain", "refuse")])
def test_a_language_that_nobody_translated_into_is_refused(command: tuple[object, ...]) -> None:
    refused = run(*command, "--language", "zh-CN")
    assert refused.exit_code == 2
    assert (
        "the policies have no translations into `zh-CN`; name one of en, es, ko, sq, vi, zh" in refused.stderr
    )


def test_english_is_a_language_too() -> None:
    in_english = run("explain", "refuse", "--language", "en")
    assert in_english.exit_code == 0
    assert in_english.output == run("explain", "refuse").output


def test_the_reader_of_an_answer_has_its_words_in_the_language(client: httpx.Client) -> None:
    response = send(client, "zh-CN,zh;q=0.9,en;q=0.5")
    words = response.json()["words"]
    assert words["language"] == "zh"
    assert words["titles"]["needs_information"] == TITLE
    assert words["questions"]["handover.by"]["ask"] == QUESTION
    assert words["questions"]["handover.by"]["answers"]["committee"] == "委员会"
    assert response.headers["content-language"] == "zh"
    assert "Accept-Language" in response.headers["vary"]


def test_what_is_recorded_does_not_depend_on_who_reads(client: httpx.Client) -> None:
    in_chinese, plain = send(client, "zh").json(), send(client, None).json()
    assert "words" not in plain
    for changing in ("decision_id", "evaluated_at"):
        in_chinese.pop(changing), plain.pop(changing)
    assert in_chinese.pop("words")
    assert in_chinese == plain


def test_a_decision_is_read_again_in_another_language(client: httpx.Client) -> None:
    address = f"/v1/decisions/{send(client, None).json()['decision_id']}"
    read = client.get(address, headers={"Accept-Language": "zh"})
    assert read.json()["words"]["titles"]["needs_information"] == TITLE
    plain = client.get(address)
    assert "words" not in plain.json()
    assert "Accept-Language" in read.headers["vary"]
    assert "Accept-Language" in plain.headers["vary"]
    assert "content-language" not in plain.headers


def test_every_answer_of_a_list_has_its_words(client: httpx.Client) -> None:
    answers = send(client, "zh", "/v1/pre-checks", [OPEN, {"items": 1}]).json()
    assert answers[0]["words"]["language"] == "zh"
    assert "words" not in answers[1]


@pytest.mark.parametrize(
    ("sent", "language"),
    [
        ("zh", "zh"),
        ("ZH-hans-cn", "zh"),
        ("fr, ko;q=0.3, zh;q=0.7", "zh"),
        ("zh;q=0.7, ko;q=0.7", "zh"),
        ("ko;q=0.7, zh;q=0.7", "ko"),
        ("zh;q=0, ko;q=0.1", "ko"),
        ("fr", "en"),
        ("*", "en"),
        ("en;q=0, *", "en"),
        ("fr, *;q=0.5, zh;q=0.1", "en"),
        ("zh;q=1.5", "en"),
        ("zh;;q=", "en"),
    ],
)
def test_weights_and_order_choose_the_language(client: httpx.Client, sent: str, language: str) -> None:
    assert send(client, sent).json()["words"]["language"] == language


def test_a_list_of_languages_without_end_is_refused_before_anything_is_decided(client: httpx.Client) -> None:
    refused = client.post("/v1/pre-check", json=OPEN, headers={"Accept-Language": "ko," * 400})
    assert refused.status_code == 400
    assert "may have 1,000 characters; name fewer languages" in refused.json()["detail"]
