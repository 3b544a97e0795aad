"""Pure rules of the office: no database, no network, no clock."""
