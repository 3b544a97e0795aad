"""Tests of api.evidence."""
