"""The decision log: what the service answered and recorded, stored so that it can be proved later."""
