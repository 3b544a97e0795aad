"""What the checks of a policy folder found, in the formats that other tools read."""
