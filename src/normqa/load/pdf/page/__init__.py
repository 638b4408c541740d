"""One page of a PDF: its characters, which of them a reader sees, and the lines and columns they make."""
