"""Hold an installed channelgate against what its wheel promises; the working folder is empty, no checkout is near.

Usage: python -I wheel_check.py WHEEL FOLDER, where FOLDER holds `policies`, `features` and `request.json` of another
directive. Ends with the first thing that is not as it should be. Only the standard library is used.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from zipfile import ZipFile

COMMAND = str(Path(sys.executable).with_name("channelgate"))
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    """Check the names in the wheel, each command, and the service."""
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    policies = str(folder / "policies")
    check_names(wheel)
    began = time.perf_counter()
    # The shipped directive, from the wheel, with an empty folder to work in.
    expect(0, "ok: ", "policies", "check")
    expect(0, "D6 ", "clauses")
    # Another directive: its own clauses, parties, country and scenarios, and not a line of Python.
    request = str(folder / "request.json")
    expect(
        0,
        '"outcome": "deliver"',
        "check",
        request,
        "--role",
        "committee",
        "--policies",
        policies,
        "--format",
        "json",
    )
    expect(0, "ok: ", "policies", "check", policies)
    expect(0, "everything is proved for all requests", "policies", "prove", policies)
    expect(0, "G3", "clauses", "--policies", policies)
    told = expect(0, "Result: nothing is left to do", "policies", "test", policies)
    require("Scenarios   17 promised, 17 passed" in told, told)
    require(re.search(r"Changes     \d+ small changes of the policies: (\d+) of \1 noticed", told), told)
    # Without scenarios there is nothing to run, and it is said what to do.
    bare = folder.parent / "bare"
    (bare / "features").mkdir(parents=True)
    features = str(bare / "features")
    expect(2, "holds no feature file; name the folder", "policies", "test", policies, "--features", features)
    # The directive to start from, held to the floor that lies beside it.
    expect(0, "channelgate policies check begun/policies", "new", "begun")
    expect(0, "held to begun/floor.yaml", "policies", "check", "begun/policies")
    expect(0, "Result: nothing is left to do", "policies", "test", "begun/policies")
    answer = pre_check(policies, json.loads((folder / "request.json").read_text(encoding="utf-8")))
    require(answer["outcome"] == "deliver", answer)
    require(answer["policy"]["name"] == "seed-exchange", answer)
    print(f"the wheel holds what it promises; its commands took {time.perf_counter() - began:.0f} s")


def check_names(wheel: Path) -> None:
    """Nothing but `api`, `engine` and the metadata at the top; the shipped folders inside."""
    names = ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    metadata = {name for name in top if re.fullmatch(r"channelgate-[\w.]+\.dist-info", name)}
    require(len(metadata) == 1 and top == {"api", "engine", *metadata}, sorted(top))
    for wanted in (
        "policies/directive.yaml",
        "floor.yaml",
        "features/scope.feature",
        "features/reviewed.yaml",
        "verifier/verify.js",
        "verifier/verify.mjs",
    ):
        require(f"api/shipped/{wanted}" in names, f"{wanted} is not in the wheel")
    for wanted in ("policies/directive.yaml", "features/first.feature", "floor.yaml"):
        require(f"api/files/starter/{wanted}" in names, f"the starter's {wanted} is not in the wheel")


def expect(code: int, fragment: str, *arguments: str) -> str:
    """Run a command; return what it printed if that holds the fragment and the exit code is the one expected."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    require(
        done.returncode == code and fragment in printed, f"{arguments}: exit {done.returncode}\n{printed}"
    )
    return printed


def pre_check(policies: str, request: dict[str, Any]) -> dict[str, Any]:
    """Start the service on a free port, ask it once, and stop it."""
    options = ["--policies", policies, "--database", "log.db", "--insecure-no-auth", "--port", "0"]
    with subprocess.Popen([COMMAND, "serve", *options], stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr
            lines = (json.loads(line) for line in server.stderr if line.startswith("{"))
            port = next(line["port"] for line in lines if line["event"] == "listening")
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/pre-check",
                json.dumps(request).encode(),
                {"Content-Type": "application/json"},
            )
            with NO_PROXY.open(asked, timeout=30) as reply:
                answer: dict[str, Any] = json.load(reply)
                return answer
        finally:
            server.terminate()


def require(holds: object, shown: object) -> None:
    """End with what is shown unless it holds."""
    if not holds:
        sys.exit(f"the wheel does not hold what it promises: {shown}")


if __name__ == "__main__":
    main()
