"""Composes the nodes of a plain file by libyaml, in C, as ruamel.yaml would; ruamel.yaml judges all others.

libyaml reads YAML 1.1, ruamel.yaml 1.2. So libyaml says only where each value stands, and ruamel.yaml's resolver what
it is. A text that is not plain, has a fault, or could be read differently is left to ruamel.yaml.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml import YAMLError
from yaml.events import (
    CollectionEndEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from engine.loading.yaml_faults import MAX_DEPTH

try:
    from yaml.cyaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None

_NOT_PLAIN = re.compile(
    r"[\t\r\\]|^(?:---|\.\.\.)|(?:^|[\s\[{,-])\?\s|[\"'\]}]:\S|[|>][-+\d]*\s*#", re.MULTILINE
)
"""Tabs, carriage returns, escapes, marks of documents, complex keys, a value right after a quoted key or a bracket,
a comment where a text begins."""

SHORT = 60
"""The tags of values up to so many characters are cached."""

_RESOLVER: Any = YAML(typ="safe", pure=True).resolver


def compose(text: str) -> Node | None:
    """Return the node of the only document of a text, None if there is none. Raises what ruamel.yaml raises."""
    if (node := compose_plain(text)) is not None:
        return node
    yaml = YAML(typ="safe", pure=True)
    # Far above what may be nested, and low enough: what each level costs grows with the number of them.
    yaml.max_depth = 2 * MAX_DEPTH
    composed: Node | None = yaml.compose(text)
    return composed


def compose_plain(text: str) -> Node | None:
    """Return what `compose` does, or None if ruamel.yaml has to judge the text."""
    if CParser is None or _NOT_PLAIN.search(text):
        return None
    try:
        return _compose_events(CParser(text))
    except YAMLError:
        return None


def _compose_events(parser: Any) -> Node | None:
    documents: list[Node] = []
    open_: list[tuple[Node, list[Node]]] = [(MappingNode(None, None), documents)]
    while True:
        event: Event = parser.get_event()
        match event:
            case ScalarEvent(anchor=None, tag=None):
                find_tag = _short_tag if len(event.value) <= SHORT else _scalar_tag
                tag = find_tag(event.value, *event.implicit)
                open_[-1][1].append(
                    ScalarNode(tag, event.value, event.start_mark, event.end_mark, event.style)
                )
            case SequenceStartEvent(anchor=None, tag=None) | MappingStartEvent(anchor=None, tag=None):
                if len(open_) > MAX_DEPTH:
                    return None
                kind = SequenceNode if isinstance(event, SequenceStartEvent) else MappingNode
                tag = _RESOLVER.resolve(kind, None, (True, False))
                node: Node = kind(tag, None, event.start_mark, None, event.flow_style)
                open_[-1][1].append(node)
                open_.append((node, []))
            case CollectionEndEvent():
                node, children = open_.pop()
                in_pairs = isinstance(node, MappingNode)
                node.value = list(zip(children[::2], children[1::2], strict=True)) if in_pairs else children
                node.end_mark = event.end_mark
            case StreamEndEvent():
                return documents[0] if len(documents) == 1 else None
            case StreamStartEvent() | DocumentStartEvent() | DocumentEndEvent():
                pass
            case _:  # an anchor, an alias, a tag
                return None


def _scalar_tag(value: str, plain: bool, quoted: bool) -> Any:
    return _RESOLVER.resolve(ScalarNode, value, (plain, quoted))


_short_tag = lru_cache(4096)(_scalar_tag)
