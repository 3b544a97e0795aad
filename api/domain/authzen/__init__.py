"""Calls of the OpenID AuthZEN Authorization API as requests of the contract, and decisions as its answers."""
