"""Hold an installed channelgate-client against what its wheel promises, in an empty folder with no checkout near.

Usage: python -I clients_check.py WHEEL. Ends with the first thing that is not as it should be.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from zipfile import ZipFile

from channelgate_client import Client, Gate, NotHandedOver, Retries
from channelgate_client.middleware import asgi, django, wsgi
from channelgate_client.verification import NotVerified, verify_entry


def main() -> None:
    """Check the names in the wheel, and that nothing is handed over without a service."""
    names = ZipFile(sys.argv[1]).namelist()
    top = {name.partition("/")[0] for name in names}
    metadata = {name for name in top if re.fullmatch(r"channelgate_client-[\w.]+\.dist-info", name)}
    require(len(metadata) == 1 and top == {"channelgate_client", *metadata}, sorted(top))
    require(
        "channelgate_client/py.typed" in names,
        "py.typed is not in the wheel: nobody's types would be checked",
    )
    for module in ("api", "engine", "django", "fastapi"):
        require(importlib.util.find_spec(module) is None, f"{module} is installed beside the client")
    require(asgi.AsgiGate and wsgi.WsgiGate and django.django_gate, "a middleware is missing")
    handed: list[str] = []
    request = {"request_id": "a", "items": []}
    with Client("http://127.0.0.1:9", retries=Retries(most=0)) as client:
        try:
            Gate(client).before(lambda item: request)(handed.append)("a drawing")
        except NotHandedOver as refused:
            require(refused.sentence and not handed, handed)
        else:
            require(False, "a gate was passed without a service")
    try:
        verify_entry("{}", [])
    except NotVerified:
        print("the wheel of the client holds what it promises")
    else:
        require(False, "an empty proof was taken for one")


def require(holds: object, shown: object) -> None:
    """End with what is shown unless it holds."""
    if not holds:
        sys.exit(f"the wheel of the client does not hold what it promises: {shown}")


if __name__ == "__main__":
    main()
