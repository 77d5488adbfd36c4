"""What the author planned: YAML or Markdown in, an Outline out, findings with file:line:column."""
