"""Hooks of the site: the pages of the folder above docs/ are pages too, and what is no page is named, not linked."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
STANDS_FOR = {"README.md": "start.md"}
"""A page called README would be the first page, which is the list of contents."""
ORDER = ("Use", "Operate", "Reference", "Explain", "Develop", "Decisions")
"""The folders, as the list of contents has them."""
LINK = re.compile(r"\[([^\]]*)\]\(((?:\.\./)+[^)\s#]*|[^)\s#:]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the folder above."""
    for page in sorted(ROOT.glob("*.md")):
        text = page.read_text().replace("](docs/", "](")
        files.append(File.generated(config, STANDS_FOR.get(page.name, page.name), content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links out of docs/ to the page that stands in for it; a file of the repository becomes its name."""
    folder = posixpath.dirname(page.file.src_uri)

    def replace(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        path = posixpath.normpath(posixpath.join(folder, target))
        if files.get_file_from_path(path):
            return match[0]
        outside = path.removeprefix("../")
        outside = STANDS_FOR.get(outside, outside)
        if files.get_file_from_path(outside):
            return f"[{text}]({posixpath.relpath(outside, folder or '.')}{anchor})"
        if (ROOT / outside).exists() or (ROOT / "docs" / path).exists():
            return text if text.startswith("`") else f"{text} (`{outside}`)"
        return match[0]

    return LINK.sub(replace, markdown)


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Put the pages first, then the folders in the order of the list of contents."""
    nav.items.sort(key=lambda item: ORDER.index(str(item.title)) if isinstance(item, Section) else -1)
    return nav
