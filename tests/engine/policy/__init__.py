"""Tests of engine.policy."""
