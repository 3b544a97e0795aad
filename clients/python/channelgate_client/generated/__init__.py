"""Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit."""
