"""Whole files of requests."""
