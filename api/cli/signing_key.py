"""The signing key that lies beside a log, for the commands that show its public half."""

from __future__ import annotations

from api.cli.exit_codes import fail
from api.settings import Settings
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey


def read_signing_key(settings: Settings) -> SigningKey:
    """Return the key of the key file; a file that cannot be used ends the command with exit code 2."""
    remedy = "name with --database the database beside which it lies, or set CHANNELGATE_SIGNING_KEY"
    try:
        return SigningKey.from_pem(settings.log_origin, settings.key_file.read_bytes())
    except OSError as error:
        fail(f"the key file {settings.key_file} cannot be read ({error.strerror})", remedy)
    except SigningFault as fault:
        fail(f"the key file {settings.key_file}: {fault.fact}", fault.remedy)
