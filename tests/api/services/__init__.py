"""Tests of api.services."""
