"""What shows that the policies are right: scenarios, reviews and the report on both."""
