"""Calls of AuthZEN, without a service."""
