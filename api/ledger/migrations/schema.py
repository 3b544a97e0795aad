"""The whole schema, as the newest revision makes it: the tables of the log and those of the office beside it.

Only what makes, compares or copies every table needs it; nothing else of the ledger knows the tables of the office.
"""

from api.ledger.tables import metadata
from api.storage import console_tables as _console  # noqa: F401  (likewise)
from api.storage import tables as _office  # noqa: F401  (its tables join the same metadata)

__all__ = ["metadata"]
