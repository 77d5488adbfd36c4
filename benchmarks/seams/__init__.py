"""How well two legs of a section become one text, over tens of thousands of seams."""
