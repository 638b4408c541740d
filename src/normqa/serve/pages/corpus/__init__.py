"""What the pages know of the whole corpus: questions to offer, and metadata that tells nothing apart."""
