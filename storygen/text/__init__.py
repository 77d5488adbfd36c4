"""What prose is made of: words, sentences, Markdown state, tokens, what is safe on a terminal."""
