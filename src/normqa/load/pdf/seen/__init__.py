"""Tell the text of a page that a reader sees from text that is hidden."""
