"""The files that run the service elsewhere are sound, and say what the service says of itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import USUAL_STOP_SECONDS, Settings, read_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd" / "channelgate.service"
DOCKERFILE = (DEPLOY / "container" / "Dockerfile").read_text()
MOST_EXPOSURE = 14
"""Of 100. What is left is the network, which is what the service is for."""

analysed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def verified(text: str, folder: Path) -> str:
    """What systemd finds in a unit: it ends with 0 whatever that is."""
    file = folder / UNIT.name
    file.write_text(re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", text))
    command = ["systemd-analyze", "verify", "--man=no", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@analysed
def test_systemd_knows_each_line_of_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text()
    assert verified(text, tmp_path) == ""
    assert "Unknown key" in verified(text.replace("NoNewPrivileges", "NoNewPrivilege"), tmp_path)


@analysed
def test_the_unit_leaves_the_service_little_to_reach(tmp_path: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}"]
    assert subprocess.run([*command, str(UNIT)], capture_output=True, check=False).returncode == 0
    (tmp_path / UNIT.name).write_text(UNIT.read_text().replace("ProtectSystem=strict\n", ""))
    open_to_all = [*command, str(tmp_path / UNIT.name)]
    assert subprocess.run(open_to_all, capture_output=True, check=False).returncode == 1


def test_the_unit_waits_longer_for_a_stop_than_the_service_does() -> None:
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert seconds is not None
    assert int(seconds[1]) >= USUAL_STOP_SECONDS + 30


def test_the_unit_begins_with_settings_that_the_service_takes() -> None:
    file = UNIT.with_suffix(".toml")
    settings = read_settings(file, {}).model_dump()
    stated = tomllib.loads(file.read_text())
    assert {name: str(settings[name]) for name in stated} == stated
    assert f"--config /etc/channelgate/{file.name}" in UNIT.read_text()


# -- the image -----------------------------------------------------------------------------------------------


def test_the_image_is_built_of_files_that_are_there_and_of_all_that_the_wheel_needs() -> None:
    sources = [
        source
        for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for needed in (*wheel["packages"], *wheel["force-include"]):
        assert any(Path(needed).is_relative_to(source) for source in sources), needed


def test_what_is_installed_is_what_is_locked_for_tests() -> None:
    locked = [pins_of(name) for name in ("image.txt", "dev.txt", "base.txt")]
    assert locked[0].items() <= locked[1].items()
    assert locked[0].keys() - locked[2].keys() == {"psycopg", "psycopg-binary"}


def pins_of(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE))


# -- compose -------------------------------------------------------------------------------------------------

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())


def test_the_service_of_compose_can_write_its_volume_alone_and_stops_in_time() -> None:
    gate = COMPOSE["services"]["gate"]
    assert gate["read_only"] is True
    assert gate["cap_drop"] == ["ALL"]
    assert gate["security_opt"] == ["no-new-privileges:true"]
    assert gate["ports"] == ["127.0.0.1:8064:8064"]
    assert int(gate["stop_grace_period"].removesuffix("s")) >= USUAL_STOP_SECONDS + 10


def test_what_the_services_of_compose_name_is_declared() -> None:
    for service in COMPOSE["services"].values():
        assert {one.partition(":")[0] for one in service["volumes"]} <= COMPOSE["volumes"].keys()
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
        assert service.get("depends_on", {}).keys() <= COMPOSE["services"].keys()
    build = COMPOSE["services"]["gate"]["build"]
    assert (DEPLOY / "container" / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


# -- kubernetes ----------------------------------------------------------------------------------------------

MANIFESTS: dict[str, Any] = {
    one["kind"]: one for one in yaml.safe_load_all((DEPLOY / "kubernetes" / "channelgate.yaml").read_text())
}
POD = MANIFESTS["Deployment"]["spec"]["template"]
(NODE,) = POD["spec"]["containers"]


def test_the_nodes_of_kubernetes_have_settings_that_the_service_takes_and_time_to_stop(
    tmp_path: Path,
) -> None:
    (name,) = MANIFESTS["ConfigMap"]["data"]
    file = tmp_path / name
    file.write_text(MANIFESTS["ConfigMap"]["data"][name])
    settings = read_settings(file, {})
    probe = NODE["readinessProbe"]
    assert settings.stop_notice_seconds >= 2 * probe["periodSeconds"] + probe["timeoutSeconds"]
    needed = settings.stop_notice_seconds + settings.stop_seconds + 10
    assert POD["spec"]["terminationGracePeriodSeconds"] >= needed
    assert NODE["args"] == ["serve", "--config", f"/etc/channelgate/{name}"]
    mounted = {one["name"]: one["mountPath"] for one in NODE["volumeMounts"]}
    (secrets,) = (one["secret"] for one in POD["spec"]["volumes"] if "secret" in one)
    files = {f"{mounted['secrets']}/{one['path']}" for one in secrets["items"]}
    assert files == {str(settings.signing_key), str(settings.api_keys)}


def test_the_nodes_of_kubernetes_can_write_nothing_and_take_no_variable_of_it_for_a_setting() -> None:
    assert NODE["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert POD["spec"]["securityContext"]["runAsNonRoot"] is True
    assert POD["spec"]["enableServiceLinks"] is False
    assert {NODE[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")} == {"/healthz"}
    assert NODE["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_whatever_of_kubernetes_chooses_nodes_chooses_these() -> None:
    labels = POD["metadata"]["labels"]
    assert MANIFESTS["Service"]["spec"]["selector"] == labels
    assert MANIFESTS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_every_setting_named_in_a_file_exists() -> None:
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            for name in re.findall(r"\b(CHANNELGATE_[A-Z_]+)[=:] ?\S", file.read_text()):
                assert name.removeprefix("CHANNELGATE_").lower() in Settings.model_fields, (file, name)
