"""Log lines: one JSON object each, on standard error."""

from __future__ import annotations

import logging
import sys

from api.runtime.current_call import current_call
from api.runtime.loggers import structlog


def print_failures_plainly() -> None:
    """Have a process that has not configured its logging print a failure as Python does.

    By itself structlog prints the variables of every frame besides: with a policy set among them, that takes longer
    than a caller waits, and meanwhile nobody is answered.
    """
    if structlog.is_configured():
        return
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


def configure_logging() -> None:
    """Write every log line that way, those of the libraries included."""
    shared: list[structlog.typing.Processor] = [
        _name_call,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    lines = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _name_call(
    _: structlog.typing.WrappedLogger, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Add the call in which something is logged: its id, and its trace if it has one."""
    call = current_call()
    if call is not None:
        line["request_id"] = call.request_id
        if trace_id := call.trace_id:
            line["trace_id"] = trace_id
    return line
