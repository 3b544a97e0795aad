"""Tests of the interview in the terminal."""
