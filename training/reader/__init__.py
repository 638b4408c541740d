"""Train the reader: the model that scores how well each sentence of a passage answers a question."""
