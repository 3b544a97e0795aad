"""Tests of api.evidence.scenarios."""
