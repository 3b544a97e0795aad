"""Where a benchmark ran: the machine, the disk it wrote to, the versions of what it measured."""

import os
import platform
import subprocess
import sysconfig
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import ROOT, CannotMeasure


def describe_machine(folder: Path) -> dict[str, str]:
    """The machine, and the disk under `folder`. Raises `CannotMeasure` where nothing written there is durable."""
    disk = output_of("findmnt", "-no", "FSTYPE,SOURCE", "-T", str(folder))
    if disk.startswith(("tmpfs", "ramfs")):
        raise CannotMeasure(f"{folder} is in memory, so that writing costs nothing; name another with --work")
    return {
        "cpu": _field("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} GiB",
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "disk": " on ".join(disk.split()),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def describe_versions(packages: Sequence[str]) -> dict[str, str]:
    """The versions of this project, of Python and of the packages."""
    commit = output_of("git", "rev-parse", "--short", "HEAD")
    changed = " with changes" if output_of("git", "status", "--porcelain", "--untracked-files=no") else ""
    own = {"channelgate": f"{version('channelgate')}, commit {commit}{changed}"}
    return own | {"Python": describe_python()} | {name: version(name) for name in packages}


def describe_python() -> str:
    """The version of Python and how it was built: one optimised by profiles is up to a fifth faster."""
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    ways = (("--enable-optimizations", "PGO", "no PGO"), ("--with-lto", "LTO", "no LTO"))
    built = ", ".join(yes if option in arguments else no for option, yes, no in ways)
    return f"{platform.python_version()}, {platform.python_compiler()}, {built}"


class Others:
    """How much of the machine other programs took while this one ran; interrupts are nobody's and not counted."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._before = _seconds_of_others()

    def share(self) -> float:
        """The part of all cores since the start, once the children of this process have ended."""
        taken = _seconds_of_others() - self._before
        return max(0.0, taken / (time.monotonic() - self._start) / (os.cpu_count() or 1))


def _seconds_of_others() -> float:
    ticks = _field("/proc/stat", "cpu ", "cpu ").split()
    user, nice, system, _idle, _iowait, _hard, _soft, stolen = map(int, ticks[:8])
    own = os.times()
    busy = (user + nice + system + stolen) / os.sysconf("SC_CLK_TCK")
    return busy - own.user - own.system - own.children_user - own.children_system


def output_of(*command: str) -> str:
    """The first line that a command prints, whatever its exit code."""
    try:
        printed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout
    except OSError:
        return "not known"
    return printed.strip().partition("\n")[0]


def _field(file: str, name: str, separator: str = ":") -> str:
    lines = Path(file).read_text().splitlines()
    return next(
        (line.partition(separator)[2].strip() for line in lines if line.startswith(name)), "not known"
    )
