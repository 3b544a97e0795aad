"""What tests share: servers, bodies of requests, strategies, files."""
