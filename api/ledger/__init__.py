"""What the service has answered, kept so that it can be proved later."""
