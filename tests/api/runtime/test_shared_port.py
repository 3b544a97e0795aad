"""A port that several processes share is taken once, and what connects is divided among those that listen."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler

import pytest

from api.runtime.shared_port import SharedPort, listen, take_shared


def given_to_another(port: SharedPort) -> socket.socket:
    """What another process gets of it, which listens."""
    given: socket.socket = pickle.loads(ForkingPickler.dumps(port))
    given.listen()
    return given


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_each_of_several_gets_a_part_of_the_connections(host: str) -> None:
    with take_shared(host, 0) as port, given_to_another(port) as first, given_to_another(port) as second:
        address = port.getsockname()[:2]
        assert first.getsockname()[:2] == second.getsockname()[:2] == address
        connections = [socket.create_connection(address) for _ in range(64)]
        taken = [0, 0]
        for place, listener in enumerate((first, second)):
            listener.setblocking(False)
            try:
                while True:
                    listener.accept()[0].close()
                    taken[place] += 1
            except BlockingIOError:
                pass
        for connection in connections:
            connection.close()
    assert sum(taken) == 64
    assert min(taken) > 8


def test_nobody_answers_at_a_port_that_is_only_taken() -> None:
    with take_shared("127.0.0.1", 0) as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection(port.getsockname())


@pytest.mark.parametrize("take", [take_shared, listen], ids=["several", "one"])
def test_a_port_that_another_service_has_taken_is_not_shared_with_it(
    take: Callable[[str, int], socket.socket],
) -> None:
    with take_shared("127.0.0.1", 0) as port:
        place = port.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            take("127.0.0.1", place)
        with given_to_another(port), pytest.raises(OSError, match="in use"):
            take("127.0.0.1", place)


def test_a_port_can_be_taken_again_right_after_a_connection_to_it_was_closed() -> None:
    with take_shared("127.0.0.1", 0) as port, given_to_another(port) as listener:
        address = port.getsockname()[:2]
        with socket.create_connection(address):
            listener.accept()[0].close()  # this side closes first, and its end of the connection lingers
    with listen(*address):
        pass
    with take_shared(*address):
        pass
