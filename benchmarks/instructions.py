"""How many instructions a call takes, counted by callgrind beside recorded counts: a guard that no noise disturbs.

`python -m benchmarks.instructions [--write] [--repeats N]`. Fails where a part takes more than a tenth more than is
recorded in `instructions.json` for this build of Python; `--write` records what is counted now. A build that has no
counts there is reported and fails nothing, since interpreters differ by more than the bound. It takes a minute and a
half, and needs valgrind.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.machine import describe_python
from benchmarks.processes import ROOT

PARTS_FILE = "parts.json"
"""In which `benchmarks.counted_parts` names its parts, with their numbers of calls."""
BOUND = 1.10
RECORDED = ROOT / "benchmarks" / "instructions.json"
COLLECTED = "PyNumber_MatrixMultiply"
"""The function of the interpreter in which callgrind collects, and after which it writes what it has collected."""
_TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)
Counts = Mapping[str, float]
"""Instructions for a call, by the name of the part."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--write", action="store_true", help="record the counts for this build of Python")
    parser.add_argument("--repeats", type=int, default=1, help="count so many times, and show the spread")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("instructions: not counted, since valgrind is missing; apt-get install valgrind")
        return
    counts = [count_instructions() for _ in range(options.repeats)]
    build, recorded = name_build(), json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    print(f"{build}; instructions for a call, {len(counts)} runs")
    found = {part: statistics.median(one[part] for one in counts) for part in counts[0]}
    for part, median in found.items():
        least, most = (round(choose(one[part] for one in counts)) for choose in (min, max))
        before = recorded.get(build, {}).get(part)
        ratio = f"{median / before:.3f} of {before:,}" if before else "no count is recorded"
        print(f"  {part:50} {median:12,.0f} ({least:,} to {most:,})  {ratio}")
    if options.write:
        recorded[build] = {part: round(median) for part, median in found.items()}
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
        print(f"written to {RECORDED.relative_to(ROOT)}")
    elif build not in recorded:
        print(f"{build} has no counts in {RECORDED.name}, so nothing is compared; --write records them")
    elif faults := find_faults(found, recorded[build]):
        sys.exit("\n".join(faults))


def count_instructions() -> dict[str, float]:
    """Run every part under callgrind once. Raises `SystemExit` with what it printed, if it fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "callgrind.out"
        command = [
            "valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            "--collect-atstart=no",
            f"--toggle-collect={COLLECTED}",
            f"--dump-after={COLLECTED}",
            f"--callgrind-out-file={out}",
            sys.executable,
            "-m",
            "benchmarks.counted_parts",
            str(folder),
        ]
        repeatable = {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "CALLGRIND": "1"}
        done = subprocess.run(
            command, env={**os.environ, **repeatable}, cwd=ROOT, capture_output=True, text=True
        )
        parts = folder / PARTS_FILE
        if done.returncode or not parts.exists():
            sys.exit(f"instructions: counting failed\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        totals = [
            int(_TOTALS.findall((folder / f"{out.name}.{number}").read_text())[-1])
            for number, _ in enumerate(json.loads(parts.read_text()), 1)
        ]
        named = zip(json.loads(parts.read_text()), totals, strict=True)
        return {part: total / calls for (part, calls), total in named}


def name_build() -> str:
    """What the counts depend on beside this code: the kind of processor, and how this Python was built.

    Libraries of C choose their functions by what the processor can do.
    """
    wide = "avx2" if " avx2 " in Path("/proc/cpuinfo").read_text() else "no avx2"
    return f"{platform.machine()}, {wide}, Python {describe_python()}"


def find_faults(found: Counts, recorded: Counts) -> Sequence[str]:
    """What takes too much, and what is not recorded, or no longer counted; with the remedy."""
    faults = [
        f"instructions: `{part}` takes {count:,.0f} instructions for a call, {count / recorded[part]:.2f} times "
        f"the recorded {recorded[part]:,} (bound {BOUND:.2f}). Make it as cheap as it was; if the change is worth "
        "it, run `python -m benchmarks.instructions --write` and commit the counts with the reason."
        for part, count in found.items()
        if part in recorded and count > BOUND * recorded[part]
    ]
    if different := sorted(found.keys() ^ recorded.keys()):
        faults.append(
            f"instructions: {', '.join(different)}: counted or recorded, but not both; run "
            "`python -m benchmarks.instructions --write` and commit the counts."
        )
    return faults


if __name__ == "__main__":
    main()
