"""A directive in words of its own: nothing of the shipped vocabulary is in it, and every door speaks its words."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings

SEEDS = Path(__file__).parents[1] / "data" / "seed_house"
FLOOR = SEEDS / "floor.yaml"
REQUEST: dict[str, Any] = {
    "request_id": "greenhouse/7",
    "as_of": "2026-05-04",
    "mission": {"countries": ["MN"]},
    "visit": {"screened": True},
    "handover": {"by": "exchange_desk", "to": "gene_bank"},
    "items": [{"line": 1, "sort": "seed", "agreement": {"state": "signed", "amount": 2.5}, "quantity": 2}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS / "policies", tmp_path / "policies"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def check(request: dict[str, Any], folder: Path, tmp_path: Path, *options: str) -> Result:
    (tmp_path / "request.json").write_text(json.dumps(request))
    named = ("--policies", folder, "--floor", FLOOR, "--format", "json")
    return run("check", tmp_path / "request.json", *named, *options)


def test_the_folder_is_sound_and_proved(folder: Path) -> None:
    for command in ("check", "prove"):
        ran = run("policies", command, folder, "--floor", FLOOR)
        assert ran.exit_code == 0, ran.output


def test_what_others_own_is_a_claim_on_every_line_until_they_state_it(folder: Path, tmp_path: Path) -> None:
    owned = {"item.agreement.state", "item.agreement.amount", "visit.screened"}
    claimed = json.loads(check(REQUEST, folder, tmp_path).stdout)
    assert claimed["outcome"] == "route_bilateral"
    assert set(claimed["lines"][0]["claimed_not_confirmed"]) == owned
    stated = check(
        REQUEST, folder, tmp_path, "--role", "gardener", "--role", "exchange_desk", "--role", "guard"
    )
    assert json.loads(stated.stdout)["outcome"] == "deliver"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"handover": {"by": "gardener", "to": "gene_bank"}}, "refuse"),
        ({"visit": {"screened": False}}, "refuse"),
        ({"items": [{"sort": "seed", "agreement": {"state": "signed", "amount": 1}, "quantity": 2}]}, "hold"),
        ({"items": [{"sort": "book"}]}, "route_bilateral"),
        ({"mission": {"countries": ["FR"]}}, "not_governed"),
    ],
)
def test_its_rules_decide(change: dict[str, Any], outcome: str, folder: Path, tmp_path: Path) -> None:
    roles = ("--role", "gardener", "--role", "exchange_desk", "--role", "guard")
    answer = json.loads(check({**REQUEST, **change}, folder, tmp_path, *roles).stdout)
    assert answer["outcome"] == outcome


def test_a_word_of_another_directive_is_refused_and_the_nearest_is_named(
    folder: Path, tmp_path: Path
) -> None:
    wrong = {**REQUEST, "trigger": "host_offer", "items": [{"sort": "seeds"}]}
    refused = check(wrong, folder, tmp_path)
    assert refused.exit_code == 2
    assert "/trigger: unknown member" in refused.stderr
    assert "/items/0/sort: must be one of `seed`, `book`; did you mean `seed`?" in refused.stderr


def test_the_service_speaks_its_words_and_those_of_the_set_that_follows(folder: Path, tmp_path: Path) -> None:
    settings = Settings(
        policies=folder, floor=FLOOR, database=str(tmp_path / "log.db"), insecure_no_auth=True
    )
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.post("/v1/pre-check", json=REQUEST)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "deliver")
        items = client.get("/openapi.json").json()["components"]["schemas"]["Item"]["properties"]
        assert items["sort"]["anyOf"][0]["enum"] == ["seed", "book"]
        again = client.get(f"/v1/decisions/{answer.json()['decision_id']}")
        assert again.content == answer.content
        text = (folder / "vocabulary.yaml").read_text()
        (folder / "vocabulary.yaml").write_text(text.replace("book: a book", "book: a book, map: a map"))
        for _ in range(600):
            met = client.post("/v1/pre-check", json={**REQUEST, "items": [{"sort": "map"}]})
            if met.status_code == 200:
                break
        assert met.json()["outcome"] == "route_bilateral"
        items = client.get("/openapi.json").json()["components"]["schemas"]["Item"]["properties"]
        assert items["sort"]["anyOf"][0]["enum"] == ["seed", "book", "map"]
        assert client.get(f"/v1/decisions/{answer.json()['decision_id']}").status_code == 200
    replayed = run("log", "replay", "--database", tmp_path / "log.db", "--floor", FLOOR)
    assert "2 decisions taken again, 0 differ" in replayed.output


def test_a_table_of_requests_is_screened_in_its_words(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `tables` is not installed")
    rows = [
        "request_id,mission.countries,visit.screened,handover.by,handover.to,item.sort,item.agreement.state,item.agreement.amount,item.quantity",
        "a,MN,true,exchange_desk,gene_bank,seed,signed,2.5,2",
        "b,MN,true,exchange_desk,gene_bank,book,,,",
        "c,MN,true,exchange_desk,gene_bank,map,,,",
    ]
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n")
    named = ("--policies", folder, "--floor", FLOOR, "--as-of", "2026-05-04", "--out", tmp_path / "out.jsonl")
    roles = ("--role", "gardener", "--role", "exchange_desk", "--role", "guard")
    screened = run("screen", tmp_path / "rows.csv", *named, *roles)
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [answer["outcome"] for answer in answers] == ["deliver", "route_bilateral"], screened.output


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_facts_called_as_the_columns_of_the_program_are_screened(
    suffix: str, folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ibis", reason="the extra `tables` is not installed")
    names = ("row", "bad", "line", "source", "lines", "file", "claims", "digit_0", "text_0", "broken_0")
    facts = "".join(
        f"  - fact: {name}\n    kind: text\n    ask: Which?\n    answered_by: gardener\n\n" for name in names
    )
    vocabulary = folder / "vocabulary.yaml"
    text = vocabulary.read_text()
    assert text.count("\nfacts:\n") == 1
    vocabulary.write_text(text.replace("\nfacts:\n", f"\nfacts:\n{facts}"))
    rows = tmp_path / f"rows{suffix}"
    if suffix == ".csv":
        rows.write_text(
            f"request_id,mission.countries,item.sort,{','.join(names)}\na,MN,book{',x' * len(names)}\n"
        )
    else:
        stated = {"mission": {"countries": ["MN"]}, "items": [{"sort": "book"}], **dict.fromkeys(names, "x")}
        rows.write_text(json.dumps({"request_id": "a", **stated}) + "\n")
    named = ("--policies", folder, "--floor", FLOOR, "--as-of", "2026-05-04", "--out", tmp_path / "out.jsonl")
    screened = run("screen", rows, *named)
    assert screened.exit_code == 0, screened.output
    (answer,) = (json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines())
    assert (answer["request_id"], answer["outcome"]) == ("a", "needs_information")
