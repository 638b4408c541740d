"""The words of a question: what they ask, name and leave out, and how else to say it."""
