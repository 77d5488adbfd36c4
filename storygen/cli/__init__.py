"""Arguments in, one call to the desk, output."""
