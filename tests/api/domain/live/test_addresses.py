"""No address that is not public is called, however it is written, unless its network is allowed."""

from ipaddress import ip_network

import pytest

from api.domain.live.addresses import may_connect, read_address

SPECIAL = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "2606:2800:220:1::1",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", SPECIAL)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not may_connect(read_address(address), ())
    assert not may_connect(read_address(address), [ip_network("9.0.0.0/8"), ip_network("2620::/16")])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called(address: str) -> None:
    assert may_connect(read_address(address), ())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("::ffff:127.0.0.1", "127.0.0.1/32"),
        ("10.9.8.7", "10.9.0.0/16"),
        ("fd12:3456::1", "fd12:3456::/32"),
        ("::1", "::1/128"),
    ],
)
def test_an_allowed_network_is_called(address: str, network: str) -> None:
    assert may_connect(read_address(address), [ip_network(network)])


def test_nobody_is_called_by_an_address_of_many() -> None:
    assert not may_connect(read_address("224.0.0.1"), [ip_network("0.0.0.0/0")])
