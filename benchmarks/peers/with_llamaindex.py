"""LlamaIndex over FAISS, in the one of its two stores that can delete.

``FaissVectorStore`` raises NotImplementedError where something is to be deleted. ``FaissMapVectorStore``
deletes nodes by their ids alone: after ``delete_ref_doc`` and ``update_ref_doc`` the old vectors are still
there, and a question that comes upon one raises KeyError. It gives a new vector the number of vectors that
there are; as soon as one was deleted, that is the number of another, which is then found under the new one's
text. So the new nodes are inserted before the old ones are deleted, which is right once after a build. A
second edit would need a build.
"""

from pathlib import Path

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissMapVectorStore
from steps import TOP_K, Row, take_step


class LlamaIndex:
    """A vector index whose retriever is asked, and no language model."""

    def __init__(self, place: Path, model: str) -> None:
        self._folder = str(place / "index")
        self._model = model

    def load(self) -> None:
        """Loads the encoder."""
        self._encoder = HuggingFaceEmbedding(self._model)

    def build(self, rows: list[Row]) -> None:
        """Indexes and persists."""
        dimension = len(self._encoder.get_query_embedding("How long is a vector?"))
        store = FaissMapVectorStore(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)))
        context = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex(_nodes(rows), embed_model=self._encoder, storage_context=context)
        context.persist(self._folder)

    def open(self) -> None:
        """Loads encoder, vectors and texts."""
        self.load()
        store = FaissMapVectorStore.from_persist_dir(self._folder)
        context = StorageContext.from_defaults(vector_store=store, persist_dir=self._folder)
        self._index = load_index_from_storage(context, embed_model=self._encoder)
        self._retriever = self._index.as_retriever(similarity_top_k=TOP_K)

    def ask(self, question: str) -> list[str]:
        """The texts of the nodes that it retrieves."""
        return [found.node.get_content() for found in self._retriever.retrieve(question)]

    def edit(self, rows: list[Row]) -> None:
        """Inserts, deletes and persists."""
        old = self._index.docstore.get_ref_doc_info(rows[0]["document"]).node_ids
        old = list(old)  # it grows with what is inserted
        self._index.insert_nodes(_nodes(rows))
        self._index.delete_nodes(old, delete_from_docstore=True)
        self._index.storage_context.persist(self._folder)
        self._retriever = self._index.as_retriever(similarity_top_k=TOP_K)


def _nodes(rows: list[Row]) -> list[TextNode]:
    """Nodes under ids of their own, as a new one must not have the id of an old one."""
    return [
        TextNode(
            text=row["text"],
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=row["document"])},
        )
        for row in rows
    ]


if __name__ == "__main__":
    take_step(LlamaIndex)
