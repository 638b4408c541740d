"""Office files: Word, PowerPoint, OpenDocument."""
