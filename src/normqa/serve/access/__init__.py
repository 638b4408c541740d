"""Who may ask what: tokens, API keys, users that a proxy names, and limits for each of them."""
