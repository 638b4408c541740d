"""The page that checks quotations."""
