"""Everything in a policy folder is read or named as not read, at every door; ordinary companions are passed over."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli.main import app
from api.doors.running_server import running_server
from api.policies.folder import COMPANIONS
from api.runtime.regular_files import read_regular_file
from api.settings import Settings
from engine import MAX_FILE_BYTES, PolicyFaults
from tests.support.mistakes import ROOT, SHIPPED
from tests.support.server_process import Running, environment
from tests.support.waiting import PATIENCE_SECONDS, wait_until

LAOS = SHIPPED["cuba.yaml"].replace(b"cuba", b"laos").replace(b"CU", b"LA").replace(b"Cuba", b"Laos")
REQUEST = json.dumps({"request_id": "one", "mission": {"countries": ["LA"]}, "items": [{}]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))


def run(*arguments: str | Path, **named: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **named)  # type: ignore[arg-type]


def faults_of(folder: Path) -> list[str]:
    """What `policies check` finds, as `file code`."""
    result = run("policies", "check", folder, "--format", "json")
    rows = json.loads(result.stdout)
    assert result.exit_code == (1 if rows else 0), result.output
    return [f"{row['file']} {row['code']}" for row in rows]


ALMOST = ["laos.yml", "Laos.YAML", "laos.Yml", "laos.yaml.txt", "laos.yml.txt", "LAOS.YAML.TXT", "readme.yml"]


@pytest.mark.parametrize("name", ALMOST)
def test_a_file_whose_name_is_almost_that_of_a_policy_is_named_with_the_right_name(
    folder: Path, name: str
) -> None:
    (folder / name).write_bytes(LAOS)
    assert faults_of(folder) == [f"{name} L08"]
    message = run("policies", "check", folder).stdout
    assert f"name it `{name.partition('.')[0]}.yaml`" in message


def test_no_file_is_to_take_the_place_of_another(folder: Path) -> None:
    (folder / "korea.yml").write_bytes(LAOS)
    assert "name it" not in run("policies", "check", folder).stdout


@pytest.mark.parametrize("name", ["laos.json", "laos", "laos.txt", "laos.yaml.docx", "laos.yaml ", "yaml"])
def test_any_other_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(LAOS)
    assert faults_of(folder) == [f"{name} L08"]


@pytest.mark.parametrize("name", ["asia", "asia.yml"])
def test_a_sub_folder_is_named(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "laos.yaml").write_bytes(LAOS)
    assert faults_of(folder) == [f"{name} L08"]
    assert "the sub-folder is not read" in run("policies", "check", folder).stdout


COMPANION = [
    *(".laos.yaml", ".laos.yml", ".laos.yaml.swp", ".gitignore", ".DS_Store", ".#laos.yaml", "laos.yaml~"),
    *("#laos.yaml#", "laos.yaml.bak", "laos.yaml.orig", "laos.yml.BAK", "laos.yaml.swp", "laos.yaml.tmp"),
    *("README", "README.txt", "readme.rst", "Notes.md", "LICENSE", "License.txt", "other.schema.json"),
    *("lost+found", "Thumbs.db", "desktop.ini"),
]


@pytest.mark.parametrize("name", COMPANION)
def test_an_ordinary_companion_is_passed_over(folder: Path, name: str) -> None:
    (folder / name).write_bytes(LAOS)
    assert faults_of(folder) == []


def test_the_manual_lists_every_companion() -> None:
    page = (ROOT / "docs" / "use" / "policy-officers.md").read_text()
    assert [pattern for pattern in COMPANIONS if f"`{pattern}`" not in page] == []


def test_what_is_not_read_is_reported_together_with_the_faults_of_what_is(folder: Path) -> None:
    (folder / "laos.yml").write_bytes(LAOS)
    (folder / "cuba.yaml").write_text("policy: cuba")
    (folder / "vietnam.yaml").unlink()
    (folder / "vietnam.yaml").symlink_to("nowhere.yaml")
    assert faults_of(folder) == ["cuba.yaml P02", "laos.yml L08", "vietnam.yaml L03"]


def test_of_a_set_with_a_part_that_is_not_read_nothing_is_reported_that_the_part_could_settle(
    folder: Path,
) -> None:
    (folder / "readings.yaml").rename(folder / "readings.yml")
    assert faults_of(folder) == ["readings.yml L08"]


def test_a_folder_without_policy_files_says_what_lies_there_instead(tmp_path: Path) -> None:
    (tmp_path / "directive.yml").write_bytes(SHIPPED["directive.yaml"])
    result = run("policies", "check", tmp_path)
    assert result.exit_code == 2
    assert "holds no policy file" in result.stderr
    assert "name it `directive.yaml`" in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("policies", "check", "office"),
        ("policies", "test", "office"),
        ("policies", "prove", "office"),
        ("check", "-", "--policies", "office"),
        ("serve", "--policies", "office", "--database", "log.db", "--insecure-no-auth", "--port", "0"),
    ],
)
def test_the_folder_around_the_policies_names_the_one_inside(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "office").exit_code == 0
    result = run(*command, input=REQUEST)
    assert result.exit_code == 2
    shown = " ".join(result.stderr.split())
    assert "the policy files are not in this folder, but in `policies` in it; name office/policies" in shown
    assert "L08" not in shown


def test_a_file_in_the_place_of_the_folder_is_called_a_file(folder: Path) -> None:
    result = run("policies", "check", folder / "directive.yaml")
    assert result.exit_code == 2
    assert "it is a file, and a policy folder is looked for; name the folder in which" in result.stderr
    assert "no such folder" not in result.stderr


def test_no_command_works_by_a_folder_of_which_something_is_not_read(folder: Path, tmp_path: Path) -> None:
    (folder / "laos.yml").write_bytes(LAOS)
    database = tmp_path / "log.db"
    commands: list[tuple[str | Path, ...]] = [
        ("check", "-", "--policies", folder),
        ("clauses", "--policies", folder),
        ("policies", "show", "--policies", folder),
        ("policies", "prove", folder),
        ("policies", "test", folder),
        ("policies", "review", folder),
        ("policies", "report", folder, "--record", tmp_path / "record.json", "--out", tmp_path / "page.html"),
        ("policies", "fmt", folder),
        ("policies", "compare", ROOT / "policies", folder),
        ("policies", "compare", folder, ROOT / "policies"),
        ("serve", "--policies", folder, "--database", database, "--insecure-no-auth", "--port", "0"),
    ]
    for command in commands:
        result = run(*command, input=REQUEST)
        assert (result.exit_code, "L08" in result.stderr) == (2, True), (command, result.output)
    assert not database.exists()


def test_an_unread_file_leaves_the_layout_of_the_others_to_be_mended(folder: Path) -> None:
    laid_out = (folder / "cuba.yaml").read_bytes()
    (folder / "cuba.yaml").write_bytes(laid_out.replace(b"policy: cuba", b"policy:   cuba"))
    (folder / "laos.yml").write_bytes(LAOS)
    result = run("policies", "fmt", folder)
    assert (result.exit_code, (folder / "cuba.yaml").read_bytes()) == (2, laid_out)
    assert "laos.yml:1:1 L08" in result.stderr


# -- what lies under the name of a policy file -----------------------------------------------------------------


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere.yaml")


def make_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    "make", [make_pipe, make_socket, make_device, make_folder, make_link_to_nothing, make_link_to_itself]
)
def test_what_is_no_regular_file_is_a_fault_and_holds_nobody(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / "laos.yaml")
    assert faults_of(folder) == ["laos.yaml L03"]


def test_a_file_of_any_size_is_read_no_further_than_to_see_that_it_is_too_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "laos.yaml").open("wb") as file:
        file.truncate(1_500_000_000)
    lengths: list[int] = []

    def reading(path: Path, most: int) -> bytes:
        content = read_regular_file(path, most)
        lengths.append(len(content))
        return content

    monkeypatch.setattr("api.policies.folder.read_regular_file", reading)
    assert faults_of(folder) == ["laos.yaml Y01"]
    assert max(lengths) == MAX_FILE_BYTES + 1


def test_a_file_of_the_largest_size_is_read_in_full(folder: Path) -> None:
    content = SHIPPED["cuba.yaml"]
    (folder / "cuba.yaml").write_bytes(content + b"#" * (MAX_FILE_BYTES - len(content)))
    assert faults_of(folder) == []


@pytest.mark.parametrize("name", [b"laos\xff.yaml", b"laos\n.yaml", "la\u200bos.yaml".encode()])
def test_a_file_whose_name_cannot_be_shown_is_named_with_what_does_not_show_written_out(
    folder: Path, name: bytes
) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(LAOS)
    (fault,) = faults_of(folder)
    assert fault.isprintable()
    assert fault.endswith(".yaml L03")
    assert "\\" in fault


def test_the_files_of_a_mounted_config_map_are_read(tmp_path: Path) -> None:
    """Kubernetes links each file to one below `..data`, which is a link to a hidden folder."""
    folder = tmp_path / "mounted"
    shutil.copytree(ROOT / "policies", folder / "..2026_11_28")
    (folder / "..data").symlink_to("..2026_11_28")
    for name in SHIPPED:
        (folder / name).symlink_to(f"..data/{name}")
    assert faults_of(folder) == []
    assert f"{len(SHIPPED)} files" in run("policies", "check", folder).stdout


# -- the service -------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(policies=folder, database=str(tmp_path / "log.db"), insecure_no_auth=True)


def policy_faults(url: str) -> list[str]:
    policies = httpx.get(f"{url}/readyz", trust_env=False).json()["policies"]
    faults = [f"{fault['file']} {fault['code']}" for fault in policies["faults"]]
    assert policies["state"] == ("last_good_active" if faults else "active")
    return faults


@pytest.mark.parametrize("name", ["laos.yml", "asia"])
def test_the_service_does_not_start_by_a_part_of_its_folder(settings: Settings, name: str) -> None:
    path = settings.policies / name
    path.write_bytes(LAOS) if name.endswith("yml") else path.mkdir()
    with pytest.raises(PolicyFaults, match=f"{name}:1:1 L08"):
        create_app(settings)


def test_what_comes_into_the_folder_and_is_not_read_is_named_until_it_is_gone(settings: Settings) -> None:
    with running_server(settings) as url:
        wait_until(lambda: policy_faults(url) == [])
        (settings.policies / "laos.yml").write_bytes(LAOS)
        wait_until(lambda: policy_faults(url) == ["laos.yml L08"])
        (settings.policies / "laos.yml").unlink()
        wait_until(lambda: policy_faults(url) == [])


def test_a_pipe_in_the_folder_ends_neither_reloading_nor_stopping(folder: Path, tmp_path: Path) -> None:
    running = Running(environment(tmp_path) | {"CHANNELGATE_POLICIES": str(folder)})
    stopping = threading.Thread(target=running.end, args=[signal.SIGTERM])
    try:
        os.mkfifo(folder / "laos.yaml")
        wait_until(lambda: policy_faults(running.url) == ["laos.yaml L03"])
        (folder / "laos.yaml").unlink()
        wait_until(lambda: policy_faults(running.url) == [])
        os.mkfifo(folder / "laos.yaml")
        wait_until(lambda: policy_faults(running.url) == ["laos.yaml L03"])
    finally:
        stopping.start()
        stopping.join(PATIENCE_SECONDS)
        still_running = stopping.is_alive()
        if still_running:
            os.kill(running.pid, signal.SIGKILL)
    assert not still_running
