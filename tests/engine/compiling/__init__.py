"""The compiled form of a policy set, part by part."""
