"""The dashboard, the alerts and the page about them name the metrics that there are, and promtool accepts them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from api.runtime.counters import Counters
from api.runtime.metrics import Gauged, Metrics
from engine import AgeKind

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
ALERT_TESTS = ROOT / "deploy" / "prometheus" / "alerts_test.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
PAGE = ROOT / "docs" / "operate" / "telemetry.md"
NAMED = re.compile(r"\bchannelgate_[a-z_]+")

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: the package prometheus)"
)


def filled() -> Metrics:
    """Metrics with a value in each of them."""
    metrics = Metrics()
    metrics.count_decision("hold", "a" * 64)
    metrics.observe_request("POST /v1/pre-check", 200, 0.001)
    metrics.publish(Counters())
    metrics.observe_commit(0.001, 1)
    for gauged in Gauged:
        for label in AgeKind if gauged.label else (None,):
            metrics.set(gauged, 1, label)
    return metrics


def names() -> set[str]:
    """The names of all series."""
    lines = generate_latest(filled().registry).decode().splitlines()
    return {found[0] for line in lines if (found := NAMED.match(line))}


def families() -> set[str]:
    return {re.sub("_(bucket|sum|count)$", "", name) for name in names()}


def expressions() -> list[str]:
    """Every query of the dashboard and of the alerts."""
    dashboard: dict[str, Any] = json.loads(DASHBOARD.read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    return [*queries, *(rule["expr"] for rule in rules())]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["promtool", *arguments], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_metric_of_the_dashboard_and_the_alerts_exists() -> None:
    queried = {name for expression in expressions() for name in NAMED.findall(expression)}
    assert queried - names() == set()


def test_every_metric_is_shown_or_watched() -> None:
    queried = {name for expression in expressions() for name in NAMED.findall(expression)}
    assert families() - {re.sub("_(bucket|sum|count)$", "", name) for name in queried} == set()


def test_the_page_describes_every_metric_and_no_other() -> None:
    described = re.findall(r"^\| `(channelgate_[a-z_]+)`", PAGE.read_text(), re.MULTILINE)
    assert sorted(described) == sorted(families())


def test_the_page_says_what_to_do_about_every_alert() -> None:
    described = re.findall(r"^\| `(Channelgate[A-Za-z]+)`", PAGE.read_text(), re.MULTILINE)
    assert described == [rule["alert"] for rule in rules()]


def test_every_alert_is_tried_quiet_and_firing() -> None:
    cases = [
        (case["alertname"], bool(case["exp_alerts"]))
        for test in yaml.safe_load(ALERT_TESTS.read_text())["tests"]
        for case in test["alert_rule_test"]
    ]
    assert sorted(cases) == sorted((rule["alert"], fires) for rule in rules() for fires in (False, True))


def test_every_panel_has_words_and_a_place_of_its_own() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert all(panel.get("description") for panel in panels if panel["type"] != "row")
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels}) == len(panels)


@needs_promtool
def test_promtool_accepts_the_metrics() -> None:
    own = "\n".join(
        line for line in generate_latest(filled().registry).decode().splitlines() if "process_" not in line
    )
    assert promtool("check", "metrics", given=own + "\n") == ""


@needs_promtool
def test_promtool_accepts_the_alerts() -> None:
    assert "SUCCESS" in promtool("check", "rules", str(ALERTS))


@needs_promtool
def test_the_alerts_fire_when_they_should() -> None:
    assert "SUCCESS" in promtool("test", "rules", str(ALERT_TESTS))


@needs_promtool
@pytest.mark.parametrize("number", range(len(expressions())))
def test_prometheus_can_read_every_query(number: int, tmp_path: Path) -> None:
    query = expressions()[number].replace("$__rate_interval", "5m").replace("$instance", ".*")
    rule = {"groups": [{"name": "queries", "rules": [{"record": "a:query", "expr": query}]}]}
    (tmp_path / "query.yaml").write_text(yaml.safe_dump(rule))
    promtool("check", "rules", str(tmp_path / "query.yaml"))
