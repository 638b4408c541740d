"""One page of a PDF: its characters, what is painted on it, and the lines and columns its text makes."""
