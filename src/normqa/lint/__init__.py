"""Check a corpus for what keeps it from being quoted well."""
