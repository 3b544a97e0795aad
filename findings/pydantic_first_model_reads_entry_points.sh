#!/usr/bin/env bash
# pydantic 2.14.3 (PyPI): the first model of a process reads the `entry_points.txt` of every distribution that is installed, also of
# those that pydantic has nothing to do with, to look for plugins. PYDANTIC_DISABLE_PLUGINS=__all__ before the import avoids it.
# Exits 0 while that is so, 1 once it has changed, 2 if the package cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3 colorama==0.4.6 || exit 2
cat > "$folder/seen.py" <<'PYTHON'
import os
import sys

opened = []
sys.addaudithook(lambda name, values: opened.append(str(values[0])) if name == "open" else None)

import pydantic  # noqa: E402

pydantic.TypeAdapter  # noqa: B018
before = len(opened)


class Model(pydantic.BaseModel):
    number: int


read = {os.path.dirname(one) for one in opened[before:] if one.endswith("entry_points.txt")}
installed = [name for name in os.listdir(os.path.dirname(os.path.dirname(pydantic.__file__))) if name.endswith(".dist-info")]
print(f"{len(read)} of {len(installed)}")
PYTHON
by_default=$("$folder/venv/bin/python" "$folder/seen.py")
disabled=$(PYDANTIC_DISABLE_PLUGINS=__all__ "$folder/venv/bin/python" "$folder/seen.py")
echo "entry points read for the first model: by default $by_default, without plugins $disabled"
case "$by_default/$disabled" in
0*) echo changed && exit 1 ;;
*/0*) echo "as stated" ;;
*) echo changed && exit 1 ;;
esac
