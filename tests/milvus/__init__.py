"""An index in Milvus: on Milvus Lite, directly and as a server behind a connection that breaks."""
