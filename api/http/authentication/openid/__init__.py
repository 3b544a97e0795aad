"""Signing in by OpenID Connect: what a provider publishes, its tokens, and who it says somebody is."""
