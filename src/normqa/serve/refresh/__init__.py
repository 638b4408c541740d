"""Keep a running server up to date: watch the corpus, or follow builds from elsewhere."""
