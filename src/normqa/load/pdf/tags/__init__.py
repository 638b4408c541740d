"""Tagged PDF: the structure tree, which says what is a heading, a list, a table or a paragraph."""
