"""Tests of engine.checking."""
