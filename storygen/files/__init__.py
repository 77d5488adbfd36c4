"""Reaching the disk: inside a root, whole or not at all."""
