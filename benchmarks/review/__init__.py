"""How fast a review reads a long book, and in how much memory."""
