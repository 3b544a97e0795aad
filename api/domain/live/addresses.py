"""Which addresses of the network news is sent to: none but public ones, unless the file of endpoints names others.

An address that carries another one within (as those of translators and tunnels do) is as that other one is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network


def may_connect(address: IpAddress, allowed: Sequence[IpNetwork]) -> bool:
    """Whether news may be sent to an address: it lies in an allowed network, or it is a public one."""
    address = _unmapped(address)
    if any(address.version == network.version and address in network for network in allowed):
        return not address.is_multicast
    return _is_public(address) and all(map(_is_public, _carried(address)))


def read_address(text: str) -> IpAddress:
    """Return the address that the system resolved a name to; the zone of a link-local one is left out."""
    return ip_address(text.partition("%")[0])


def _unmapped(address: IpAddress) -> IpAddress:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: IpAddress) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST and address not in _TRANSLATED:
        return False
    special = any(address.version == network.version and address in network for network in _SPECIAL)
    return not special and not address.is_multicast and (address.is_global or address in _TRANSLATED)


def _carried(address: IpAddress) -> Iterator[IpAddress]:
    """The addresses of version 4 that one of version 6 stands for."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo


_GLOBAL_UNICAST = ip_network("2000::/3")
_TRANSLATED = ip_network("64:ff9b::/96")
_SPECIAL = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
"""Written out, since what the standard library takes for global differs between its versions (RFC 6890 and later)."""
