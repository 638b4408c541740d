"""LlamaIndex over FAISS, in the one of its two stores that can delete.

``FaissVectorStore`` raises NotImplementedError on a deletion. ``FaissMapVectorStore`` deletes nodes only
by their ids: after ``delete_ref_doc`` and ``update_ref_doc`` the old vectors remain, and a question that
finds one raises KeyError. It numbers a new vector by the count of vectors. After a deletion, this is the
number of another vector, which is then found under the text of the new one. So the new nodes are inserted
before the old ones are deleted, which is correct once after a build. A second edit would need a full
build.
"""

from pathlib import Path

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissMapVectorStore
from steps import TOP_K, Row, take_step


class LlamaIndex:
    """A vector index and its retriever, without a language model."""

    def __init__(self, place: Path, model: str) -> None:
        self._folder = str(place / "index")
        self._model = model

    def load(self) -> None:
        """Load the encoder."""
        self._encoder = HuggingFaceEmbedding(self._model)

    def build(self, rows: list[Row]) -> None:
        """Build and save the index."""
        dimension = len(self._encoder.get_query_embedding("How long is a vector?"))
        store = FaissMapVectorStore(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)))
        context = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex(_nodes(rows), embed_model=self._encoder, storage_context=context)
        context.persist(self._folder)

    def open(self) -> None:
        """Load encoder, vectors and texts."""
        self.load()
        store = FaissMapVectorStore.from_persist_dir(self._folder)
        context = StorageContext.from_defaults(vector_store=store, persist_dir=self._folder)
        self._index = load_index_from_storage(context, embed_model=self._encoder)
        self._retriever = self._index.as_retriever(similarity_top_k=TOP_K)

    def ask(self, question: str) -> list[str]:
        """Return the texts of the retrieved nodes."""
        return [found.node.get_content() for found in self._retriever.retrieve(question)]

    def edit(self, rows: list[Row]) -> None:
        """Insert the new nodes, delete the old ones, and save."""
        old = self._index.docstore.get_ref_doc_info(rows[0]["document"]).node_ids
        old = list(old)  # the list grows with the insertions
        self._index.insert_nodes(_nodes(rows))
        self._index.delete_nodes(old, delete_from_docstore=True)
        self._index.storage_context.persist(self._folder)
        self._retriever = self._index.as_retriever(similarity_top_k=TOP_K)


def _nodes(rows: list[Row]) -> list[TextNode]:
    """Return nodes with new ids, as a new node must not have the id of an old one."""
    return [
        TextNode(
            text=row["text"],
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row["document"])},
        )
        for row in rows
    ]


if __name__ == "__main__":
    take_step(LlamaIndex)
