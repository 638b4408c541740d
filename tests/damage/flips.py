"""Change the files of an index, and check what is said, shown and found then."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

from normqa.datatypes import Answer, Document
from normqa.errors import IndexFault
from normqa.index.folder import IndexFolder
from normqa.index.history import generations
from normqa.service import Service
from normqa.snapshot import Snapshot
from normqa.storage.folder import FolderHome
from tests.build.builds import Builds
from tests.conftest import ROOT, asking
from tests.damage.changes import Damage, flips_of_every_byte, random_flips, replacements, swaps
from tests.damage.processes import result_of
from tests.damage.scene import QUESTION, Scene, folder_in_memory
from tests.serve.conftest import client_of

_STATUSES = {200, 503}
_FLIPS = 2000
_BATCH = 50
"""Trials per process. A process that dies costs no more."""


@dataclass(frozen=True)
class Subject:
    """An index to damage, and what is asked of it.

    Attributes:
        builds: The corpus and its index, built.
        questions: What is asked.
        trusting: Trust every file by size and time, as if all were large.
    """

    builds: Builds
    questions: tuple[str, ...]
    trusting: bool = False

    @property
    def files(self) -> list[Path]:
        """The files of the current generation, and CURRENT; relative to the index."""
        return [Path("CURRENT"), *self.files_of(self.builds.current())]

    def files_of(self, generation: str) -> list[Path]:
        """The files of a generation and of the shards that it wrote."""
        index = self.builds.index
        folders = [index / "generations" / generation, *sorted(index.glob(f"shards/{generation}-*"))]
        files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
        return [path.relative_to(index) for path in files if not path.name.startswith(".")]

    @property
    def others(self) -> list[Path]:
        """The files of other generations."""
        names = sorted(self.builds.generations() - {self.builds.current()})
        return [path for name in names for path in self.files_of(name)]

    def service(self) -> Service:
        """Return a service that has opened nothing yet."""
        service = self.builds.service()
        if self.trusting:
            service._index = FolderHome(IndexFolder(self.builds.index, trust_above=0))
        return service

    @cached_property
    def truth(self) -> "Shown":
        """What the intact index shows."""
        return Shown.by(self.service().current(), self.questions)

    def ask(self, damage: Damage) -> str:
        """Damage a file, open the index, and return what is said; "wrong: …" is a fault."""
        return self._trial(damage, self.service(), self._shown)

    def request(self, damage: Damage) -> str:
        """Damage a file while a server has the index open, and return what is said over HTTP."""
        service = self.service()
        service.current()
        return self._trial(damage, service, self._over_http)

    def _trial(self, damage: Damage, service: Service, look: Callable[[Service], str]) -> str:
        _ = self.truth
        restore = damage.apply(self.builds.index)
        try:
            found = self._is_found()
            outcome = look(service)
        except Exception as error:
            return f"wrong: {damage}: {type(error).__name__}: {error}"
        finally:
            restore()
        if not found:
            return f"wrong: {damage}: not found by verify-index, and {outcome}"
        return f"wrong: {damage}: {outcome}" if outcome.startswith("wrong") else outcome

    def repair(self, damage: Damage) -> str:
        """Damage a file, build, and return whether that has repaired the index."""
        truth = self.truth
        with self.copied() as copy:
            damage.apply(copy.builds.index)
            try:
                copy.builds()
                shown = Shown.by(copy.service().current(), self.questions)
            except Exception as error:
                return f"wrong: {damage}: not repaired: {type(error).__name__}: {error}"
            whole = {kept.name: kept.fault for kept in generations(copy.builds.folder, whole=True)}
            if whole[copy.builds.current()] or shown != truth:
                return f"wrong: {damage}: not repaired: {whole}"
        return "repaired"

    @contextmanager
    def copied(self) -> Iterator["Subject"]:
        """Provide a copy whose files may be damaged."""
        with folder_in_memory() as here:
            index = Path(shutil.copytree(self.builds.index, here / "index"))
            yield replace(self, builds=Builds(self.builds.corpus, index, 64))

    def _is_found(self) -> bool:
        folder = self.builds.folder
        found = any(kept.fault for kept in generations(folder, whole=True))
        try:
            return found or (folder.current(), folder.read_pointer())[0].name not in folder.generation_names()
        except IndexFault:
            return True

    def _shown(self, service: Service) -> str:
        try:
            return Shown.by(service.current(), self.questions).compared_with(self.truth)
        except IndexFault:
            return "refused"

    def _over_http(self, service: Service) -> str:
        """Ask a server everything that depends on the index."""
        client = client_of(service)
        document_id = min(self.truth.documents)
        replies = [
            *(client.post("/ask", json={"question": question}) for question in self.questions),
            client.get("/", params={"question": self.questions[0]}, headers={"Accept": "text/html"}),
            client.post("/verify", json={"text": self.truth.documents[document_id].text[:80]}),
            client.get("/documents"),
            client.get(f"/documents/{document_id}"),
            client.get(f"/documents/{document_id}", headers={"Accept": "text/html"}),
            client.get("/health"),
        ]
        wrong = [
            f"{reply.url} {reply.status_code}" for reply in replies if reply.status_code not in {200, 503}
        ]
        if wrong:
            return f"wrong: {', '.join(wrong)}"
        if any(reply.status_code == 503 for reply in replies):
            return "refused"
        return self._shown(service)


@dataclass(frozen=True)
class Shown:
    """What a snapshot shows.

    Attributes:
        answers: Its answers, without the name of the generation.
        documents: Its documents, by id.
        warning: What it warns of.
    """

    answers: tuple[tuple[Any, ...], ...]
    documents: dict[str, Document] = field(hash=False)
    warning: str | None

    @classmethod
    def by(cls, snapshot: Snapshot, questions: Iterable[str]) -> "Shown":
        """Ask a snapshot for everything."""
        answers = [snapshot.ask(asking(question, 20)) for question in questions]
        documents = {document.id: document for document in snapshot.documents()}
        for document_id in sorted(documents)[:1]:
            assert snapshot.verify(documents[document_id].text).matches
        return cls(tuple(map(_told, answers)), documents, snapshot.warning)

    def compared_with(self, truth: "Shown") -> str:
        """Return whether this is the truth, or less than the truth with a warning."""
        foreign = [name for name, own in self.documents.items() if truth.documents.get(name) != own]
        quotes = [quote for _, own, _ in self.answers for quote in own]
        known = [quote for _, own, _ in truth.answers for quote in own]
        texts = {name: document.text for name, document in truth.documents.items()}
        strange = [
            quote
            for quote in quotes
            if quote not in known
            and texts.get(quote.citation.document_id, "")[quote.span.start : quote.span.end] != quote.text
        ]
        if foreign or strange:
            return f"wrong: shows {foreign} {strange}"
        if self == truth:
            return "right"
        return "older, with a warning" if self.warning else "other quotes of the same documents"


def _told(answer: Answer) -> tuple[Any, ...]:
    return answer.kind, (*answer.quotes, *answer.near_misses), answer.rolled_back


Attempt = Callable[[Subject, Damage], str]
"""Makes a trial, and returns what came of it."""


@contextmanager
def small() -> Iterator[Subject]:
    """An index of two generations of three short documents, all of whose files are small."""
    with folder_in_memory() as here:
        scene = Scene(here)
        scene.builds = Builds(here / "corpus", here / "index", 64)
        for edition in (1, 2):
            result_of(partial(scene.build, edition))
        yield Subject(scene.builds, (QUESTION, "norms"))


@contextmanager
def large() -> Iterator[Subject]:
    """An index of the shipped corpus, with an inverted file, all of whose files count as large."""
    with folder_in_memory() as here:
        shutil.copytree(ROOT / "corpus", here / "corpus")
        builds = Builds(here / "corpus", here / "index", 64)
        result_of(partial(_build_approximate, builds))
        questions = ("What are the main strategies for building norms?", "What did the OEWG agree on?")
        yield Subject(builds, questions, trusting=True)


def _build_approximate(builds: Builds) -> None:
    builds(ann_threshold=0)


def tally(subject: Subject, trials: Iterable[Damage], attempt: Attempt) -> Counter[str]:
    """Make trials with copies of a subject, in processes of their own, and count what came of them."""
    outcomes: Counter[str] = Counter()
    trials = iter(trials)
    while batch := list(islice(trials, _BATCH)):
        result = result_of(partial(_attempt, subject, batch, attempt))
        outcomes.update(result if isinstance(result, list) else [f"wrong: {batch[0]} or later: {result}"])
    return outcomes


def _attempt(subject: Subject, batch: Sequence[Damage], attempt: Attempt) -> list[str]:
    with subject.copied() as copy:
        return [attempt(copy, damage) for damage in batch]


def run(flips: int, seed: int) -> bool:
    """Change small files in every way, flip bits of trusted ones, and return whether nothing was wrong.

    Args:
        flips: Maximum number of trials of each kind. 0 makes all of them.
        seed: Seed of the choice.
    """

    def some(damages: list[Damage]) -> list[Damage]:
        return damages[seed % 7 :: -(-len(damages) // flips)] if flips else damages

    with small() as subject:
        index, files = subject.builds.index, subject.files
        every = list(flips_of_every_byte(index, files, seed))
        replaced, swapped = list(replacements(files)), list(swaps(index, files, subject.others))
        right = [
            _report("a bit of every byte", subject, some(every), Subject.ask),
            _report("replaced files", subject, some(replaced), Subject.ask),
            _report("replaced files over HTTP", subject, some(replaced), Subject.request),
            _report("swapped files", subject, some(swapped), Subject.ask),
            _report("builds after replaced files", subject, some(replaced), Subject.repair),
        ]
    with large() as subject:
        files = [path for path in subject.files if path.suffix != ".json" and path.name != "CURRENT"]
        damages = list(random_flips(subject.builds.index, files, flips or _FLIPS, seed))
        right += [
            _report("bits of trusted files", subject, damages[::2], Subject.ask),
            _report("bits of trusted files over HTTP", subject, damages[1::2], Subject.request),
        ]
    return all(right)


def _report(name: str, subject: Subject, trials: Sequence[Damage], attempt: Attempt) -> bool:
    """Print the figures of some trials, and return whether nothing was wrong."""
    outcomes = tally(subject, trials, attempt)
    wrong = {outcome: count for outcome, count in outcomes.items() if outcome.startswith("wrong")}
    right = [f"{count:,} {outcome}" for outcome, count in outcomes.most_common() if outcome not in wrong]
    print(f"{name}: {len(trials):,} trials, {', '.join(right)}, {sum(wrong.values())} wrong", flush=True)
    for outcome in wrong:
        print(f"  {outcome}")
    return not wrong
