"""What is announced by itself: the kinds of news, and how other systems are notified of them."""
