"""What the scenarios show of the policies: run, reckoned up, told; proposed scenarios accepted."""
