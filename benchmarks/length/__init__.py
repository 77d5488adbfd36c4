"""Simulated writers, and how long their books come out, steered and not."""
