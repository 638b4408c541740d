"""Choose where the index of the settings is kept."""

from normqa.index.folder import IndexFolder
from normqa.index.milvus.address import Access, MilvusAddress
from normqa.settings import Settings
from normqa.storage.folder import FolderHome
from normqa.storage.home import IndexHome


def open_home(settings: Settings) -> IndexHome:
    """Return the place where the index of the settings is kept. Nothing is read or written."""
    if not isinstance(settings.index, MilvusAddress):
        return FolderHome(IndexFolder(settings.index))
    from normqa.storage.milvus import MilvusHome  # noqa: PLC0415 - only for an index in Milvus

    return MilvusHome(
        Access(
            settings.index,
            settings.milvus_user or "",
            settings.milvus_password.get_secret_value() if settings.milvus_password else "",
            settings.milvus_token.get_secret_value() if settings.milvus_token else "",
            str(settings.milvus_certificate or ""),
            settings.milvus_seconds,
        ),
        settings.index_folder,
    )
