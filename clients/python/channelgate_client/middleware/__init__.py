"""Gates before web applications: a call that would hand something over gets through once it is permitted."""
