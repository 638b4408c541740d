"""An answer, a quote, a document or the list of documents as a page shows it."""
