"""Tests of api.policies."""
