"""Check that a corpus can be quoted well."""
