"""One module per verb that a person can ask for."""
