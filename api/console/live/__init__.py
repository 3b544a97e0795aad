"""What appears by itself: new urgent cases in a browser, in a feed, and at other systems."""
