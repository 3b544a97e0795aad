"""What each server process of the tests begins with: the service imported, the shipped policies proved."""

import psycopg  # noqa: F401  (the driver of PostgreSQL is imported with the first database of its kind)

import api.server  # noqa: F401
from api.policies.proof_gate import find_unproved
from engine import load_policies
from tests.support.mistakes import SHIPPED

find_unproved(load_policies(dict(SHIPPED)))
