"""The service over HTTP: routes, authentication, the OpenAPI document, the fast path."""
