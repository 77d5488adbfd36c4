"""storygen turns an outline into a long Markdown manuscript, section by section."""

__version__ = "0.1.0"
