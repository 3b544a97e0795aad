"""The really running server of the tests."""

from api.doors.running_server import running_server

__all__ = ["running_server"]
