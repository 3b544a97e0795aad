#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0 (PyPI): with `--dist loadfile`, a test that ends its process (here by os._exit) is run again by
# each process that takes the place of one, until eight of them are used up for two (9 failures of one test); the tests behind
# it in its file are then run by nobody, and are neither counted nor named. With `--dist load` it fails once and they are run.
# So whoever runs what failed once more (`--last-failed`) has never run the others.
# Exits 0 while that is so, 1 once it has changed, 2 if the packages cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 pytest-xdist==3.8.0 || exit 2
cat >"$folder/test_ends.py" <<'PYTHON'
import os


def test_first(): pass


def test_that_ends_its_process(): os._exit(1)


def test_third(): pass


def test_fourth(): pass
PYTHON
cat >"$folder/test_other.py" <<'PYTHON'
def test_fifth(): pass


def test_sixth(): pass
PYTHON
cd "$folder"
run() {
    { timeout 100 venv/bin/python -m pytest -q -p no:cacheprovider -n 2 --dist "$1" . 2>&1 || true; } |
        grep -E '^[0-9]+ (failed|passed)' | sed 's/ in .*//'
}
by_file=$(run loadfile) one_by_one=$(run load)
printf '6 tests, one of which ends its process\n--dist loadfile: %s\n--dist load: %s\n' "$by_file" "$one_by_one"
[ "$by_file" = "9 failed, 3 passed" ] && [ "$one_by_one" = "1 failed, 5 passed" ]
