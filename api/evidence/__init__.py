"""What shows that the policies say what the directive says: scenarios, reviews, the report."""
