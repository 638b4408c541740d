"""The file ``texts.sqlite`` of a shard: its tables, the rows in them, and a cache of documents."""
