"""Commands that a page shows, with what they print: `$ command` and its lines, `...` for what is left out."""

import re
from pathlib import Path

VARIES = re.compile(r"\d+ ms|\(\d+ s\)")


def commands_shown(page: Path) -> dict[str, str]:
    """Each command of the blocks of a page, without the name of the program, with what it is shown to print."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    parts = (
        part for block in blocks for part in re.split(r"^\$ channelgate ", block, flags=re.MULTILINE)[1:]
    )
    return {command: shown for command, _, shown in (part.partition("\n") for part in parts)}


def prints_as_shown(shown: str, printed: str) -> bool:
    """Whether a text is what is shown; the layout and times that were measured may differ."""
    parts = re.split(r"^\.\.\.$", shown, flags=re.MULTILINE)
    return re.fullmatch(".*".join(re.escape(plain(part)) for part in parts), plain(printed)) is not None


def plain(text: str) -> str:
    return " ".join(VARIES.sub("TIME", text).split())
