"""Whether spans and log records are sent: the environment asks for it, and the library is installed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from api.runtime.loggers import get_logger

if TYPE_CHECKING:
    from api.runtime.telemetry import Telemetry

SIGNALS = ("TRACES", "LOGS")
_OTLP, _PROTOCOL = "otlp", "http/protobuf"

log = get_logger()


def choose_telemetry() -> Telemetry | None:
    """Return what sends, None where the environment names no place to send to, or what it asks for cannot be had."""
    signals = [signal for signal in SIGNALS if _is_wanted(signal)]
    if not signals or os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    try:
        from api.runtime.telemetry import Telemetry
    except ImportError as error:
        log.warning(
            "telemetry_not_installed",
            reason=str(error),
            fact="the environment (OTEL_...) asks for traces or logs to be sent, and nothing is sent",
            remedy="install the extra: channelgate[telemetry]",
        )
        return None
    return Telemetry.from_environment(signals)


def _is_wanted(signal: str) -> bool:
    """Whether the environment names an endpoint for a signal, or its exporter; OTLP over HTTP is the one there is."""
    exporter = os.environ.get(f"OTEL_{signal}_EXPORTER", "").strip()
    endpoints = (f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    if exporter not in ("", _OTLP):
        if exporter != "none":
            log.warning(
                "telemetry_not_sent", signal=signal.lower(), fact=f"the exporter {exporter} is not known"
            )
        return False
    if not (exporter or any(os.environ.get(name) for name in endpoints)):
        return False
    protocols = (f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocol = next(filter(None, map(os.environ.get, protocols)), _PROTOCOL)
    if protocol != _PROTOCOL:
        log.warning(
            "telemetry_not_sent",
            signal=signal.lower(),
            fact=f"the protocol {protocol} is not known",
            remedy=f"say {_PROTOCOL}, the usual one",
        )
    return protocol == _PROTOCOL
