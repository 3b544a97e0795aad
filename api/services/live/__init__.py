"""What appears by itself: news from the log for browsers and feeds, and their deliveries to other systems."""
