"""The adapters, module by module."""
