"""Write side: from the corpus to a generation on disk."""
