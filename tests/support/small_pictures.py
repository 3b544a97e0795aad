"""Pictures of pages made small: PNG with a palette, since a page has few colours."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_COLOURS = 256


def shrink(picture: bytes) -> bytes:
    """Return a PNG of 8-bit RGB or RGBA with a palette of at most 256 colours, without transparency."""
    width, height, channels, packed = _read(picture)
    rows = _unfiltered(zlib.decompress(packed), width, height, channels)
    coarse = bytes.maketrans(
        bytes(range(256)), bytes(min(255, round(value / 15) * 15) for value in range(256))
    )
    planes = [rows[channel::channels].translate(coarse) for channel in range(3)]
    colours = [*zip(*planes, strict=True)]
    common = [colour for colour, _ in Counter(colours).most_common(_MOST_COLOURS)]
    places = {colour: place for place, colour in enumerate(common)}
    for colour in {*colours} - places.keys():
        places[colour] = min(
            range(len(common)),
            key=lambda place: sum(abs(a - b) for a, b in zip(common[place], colour, strict=True)),
        )
    indexed = bytes(places[colour] for colour in colours)
    lines = b"".join(b"\0" + indexed[start : start + width] for start in range(0, len(indexed), width))
    return (
        _SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes(value for colour in common for value in colour))
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _read(picture: bytes) -> tuple[int, int, int, bytes]:
    place, width, height, kind, packed = len(_SIGNATURE), 0, 0, 0, b""
    while place < len(picture):
        (length,), name = struct.unpack(">I", picture[place : place + 4]), picture[place + 4 : place + 8]
        content = picture[place + 8 : place + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind, *others = struct.unpack(">IIBBBBB", content)
            assert (depth, kind in (2, 6), others) == (8, True, [0, 0, 0]), (
                "8-bit RGB or RGBA, not interlaced"
            )
        elif name == b"IDAT":
            packed += content
        place += length + 12
    return width, height, 3 if kind == 2 else 4, packed


def _unfiltered(content: bytes, width: int, height: int, channels: int) -> bytes:
    """The bytes of all rows, with the filters of PNG (RFC 2083, 6) undone."""
    size = width * channels
    found, before = bytearray(), bytearray(size)
    for row in range(height):
        start = row * (size + 1)
        sort, line = content[start], bytearray(content[start + 1 : start + 1 + size])
        for place in range(size) if sort else ():
            left = line[place - channels] if place >= channels else 0
            corner = before[place - channels] if place >= channels else 0
            line[place] = (line[place] + _predicted(sort, left, before[place], corner)) & 255
        found += line
        before = line
    return bytes(found)


def _predicted(sort: int, left: int, above: int, corner: int) -> int:
    if sort < 4:
        return (0, left, above, (left + above) // 2)[sort]
    base = left + above - corner
    return min((left, above, corner), key=lambda value: abs(base - value))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
