"""What passes between a worker and the writer: frames of a bounded length, behind a head with the version.

The head is twelve bytes: `CGLW`, the version (two bytes), two that are zero, and the length of the content (four).
Numbers are little-endian. On every new connection the writer sends an empty frame first, so that a worker knows the
version before it hands anything over.
"""

from __future__ import annotations

import os
import socket
import struct

VERSION = 1
MAX_FRAME_BYTES = 16 * 1024 * 1024
"""A group that would be longer is not handed over."""

_HEAD = struct.Struct("<4sHHI")
_MARK = b"CGLW"
_CREDENTIALS = struct.Struct("3i")


class FrameFault(Exception):
    """What was received is no frame of this version; the connection cannot be used any further."""


def frame(content: bytes) -> bytes:
    """Return content with its head. Raises `FrameFault` if it is too long."""
    if len(content) > MAX_FRAME_BYTES:
        raise FrameFault("the frame would be too long")
    return _HEAD.pack(_MARK, VERSION, 0, len(content)) + content


class FrameReader:
    """Reads the frames of one connection, in as many pieces as they come in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._pieces: list[bytes] = []
        self._missing = _HEAD.size
        self._in_head = True

    def read(self) -> bytes | None:
        """Return the next frame; None if the rest of it has not come and the connection does not wait for it.

        Raises `FrameFault` for what is no frame, EOFError at the end of the connection, OSError.
        """
        while True:
            while self._missing:
                try:
                    piece = self._connection.recv(self._missing)
                except BlockingIOError:
                    return None
                if not piece:
                    raise EOFError("the other side has closed the connection")
                self._pieces.append(piece)
                self._missing -= len(piece)
            whole = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
            self._pieces = []
            self._in_head = not self._in_head
            if self._in_head:
                self._missing = _HEAD.size
                return whole
            self._missing = _length_in(whole)


def _length_in(head: bytes) -> int:
    mark, version, rest, length = _HEAD.unpack(head)
    if mark != _MARK or rest:
        raise FrameFault("it does not begin as a frame does")
    if version != VERSION:
        raise FrameFault(f"it has the version {version}; this is version {VERSION}")
    if length > MAX_FRAME_BYTES:
        raise FrameFault(f"it announces {length} bytes; at most {MAX_FRAME_BYTES} are taken")
    return int(length)


def is_own_user(connection: socket.socket) -> bool:
    """Whether the process on the other side of a Unix socket runs as the user of this one."""
    content = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(content)
    return bool(user == os.geteuid())
