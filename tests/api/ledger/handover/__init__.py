"""Tests of api.ledger.handover."""
