"""What the model is told: codex choice, rolling context, templates, rendered messages."""
