"""A client of channelgate: asks before a handover, and hands nothing over without an answer that permits it."""

from channelgate_client.async_client import AsyncClient
from channelgate_client.client import Client
from channelgate_client.failures import ClientFailure, NoAnswer, NotUnderstood, ProblemAnswer
from channelgate_client.gates import AsyncGate, Gate
from channelgate_client.permission import NotHandedOver
from channelgate_client.retries import Retries
from channelgate_client.wire import encode_body

__all__ = [
    "AsyncClient",
    "AsyncGate",
    "Client",
    "ClientFailure",
    "Gate",
    "NoAnswer",
    "NotHandedOver",
    "NotUnderstood",
    "ProblemAnswer",
    "Retries",
    "encode_body",
]
