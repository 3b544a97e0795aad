"""What tests share: servers, databases, policy folders, requests to draw."""
