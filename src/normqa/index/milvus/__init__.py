"""An index in Milvus: vectors and words are searched there, and everything else is kept there as bytes."""
