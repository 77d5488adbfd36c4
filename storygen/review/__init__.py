"""How a text reads: measures of it, findings about it, without a model."""
