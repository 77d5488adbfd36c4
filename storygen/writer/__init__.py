"""The straight line, nothing else: attempt, section (its legs), book (its order)."""
