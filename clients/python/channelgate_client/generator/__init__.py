"""From the OpenAPI document of a service to the types and calls of a client, in Python and in TypeScript."""
