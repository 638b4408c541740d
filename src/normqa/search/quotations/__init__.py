"""Check a text that quotes the documents."""
