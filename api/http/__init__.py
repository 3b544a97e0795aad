"""The service over HTTP: routes, authentication, the OpenAPI document, the fast path."""

import api.http.framework  # noqa: F401  before any module here imports the framework by itself
