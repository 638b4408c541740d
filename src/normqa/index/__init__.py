"""Read side of the index on disk: its layout, its parts, and how a generation is opened and checked."""
