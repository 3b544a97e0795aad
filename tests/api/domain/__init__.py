"""Tests of api.domain."""
