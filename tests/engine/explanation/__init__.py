"""Tests of the explanation of answers."""
