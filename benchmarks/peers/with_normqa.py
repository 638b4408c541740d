"""normqa, which reads the documents itself and finds the encoder by its settings."""

import shutil
from pathlib import Path

from steps import Row, take_step

from normqa.answer.models import Models
from normqa.answer.question import Question
from normqa.service import Service
from normqa.settings import read_settings


class Normqa:
    """normqa in this process."""

    def __init__(self, place: Path, _: str) -> None:
        self._corpus, self._edited = place / "corpus", place.parent / "edited"
        self._settings = read_settings(corpus=self._corpus, index=place / "index")

    def load(self) -> None:
        """Load the encoder; a build needs no reranker."""
        models = Models.load(self._settings)
        models.encoder.encode_question("warm up")
        self._service = Service(self._settings, models)

    def build(self, rows: list[Row]) -> None:
        """Build from the files.

        Raises:
            RuntimeError: If the passages differ from those of the other programs.
        """
        manifest = self._service.build().manifest
        if manifest is None or manifest.passages != len(rows):
            raise RuntimeError(f"there are not the same {len(rows)} passages")

    def open(self) -> None:
        """Load the models and the index."""
        self.load()
        self._service.warm_up()
        self._service.generation()

    def ask(self, question: str) -> list[str]:
        """Return the quotes; none in a refusal."""
        asked = Question(question, self._settings.top_k, self._settings.min_confidence)
        return [quote.text for quote in self._service.ask(asked).quotes]

    def edit(self, _: list[Row]) -> None:
        """Save the file and build."""
        shutil.copytree(self._edited, self._corpus, dirs_exist_ok=True)
        self._service.build()


if __name__ == "__main__":
    take_step(Normqa)
