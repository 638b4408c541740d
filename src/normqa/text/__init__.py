"""The canonical form of text, and the acronyms that a text defines."""
