#!/usr/bin/env bash
# gherkin-official 42.0.1, the official parser of Gherkin: a row of a table that does not end with `|` loses its last
# cell. The file is read without an error or a warning; if every row of the table is like that, a whole column is gone.
#
# Seen: `| country | why` is the row ['country'], and so is `| AA | far` the row ['AA'].
# Fails if the parser keeps the cell, or refuses the row.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "gherkin-official==42.0.1"
"$folder/venv/bin/python" - <<'END'
from gherkin.parser import Parser

text = """\
Feature: Countries
  Scenario Outline: A country
    Given the country is <country>
    Examples:
      | country | why
      | AA      | far
"""
(outline,) = Parser().parse(text)["feature"]["children"]
(table,) = outline["scenario"]["examples"]
rows = [[cell["value"] for cell in row["cells"]] for row in (table["tableHeader"], *table["tableBody"])]
print(rows)
assert rows == [["country"], ["AA"]], "the parser does something else now"
END
