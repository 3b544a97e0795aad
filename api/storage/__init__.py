"""The tables of the office in the ledger's database: rows read and added in the caller's transaction."""
