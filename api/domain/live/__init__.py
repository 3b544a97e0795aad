"""What is announced by itself: the kinds of news, and how other systems are told of them."""
