"""Cross-encoders in parts: models that count tokens, and the default."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from onnx import NodeProto, TensorProto, helper

from normqa.errors import RerankerUnavailable
from normqa.models.onnx.cascade import PARTS, CascadeReranker
from normqa.models.protocols import Ranking
from normqa.models.weights import RERANKER, find_model
from tests.models.onnx.models import model, total, write_tokenizer

QUESTION = "How many states have ratified the treaty?"
ANSWERING = "By 2023 the treaty had been ratified by 68 states."
UNRELATED = "Herons wade in shallow water and wait for fish."
RELATED = (
    "The treaty deals with crimes that are done through computers, and with how evidence of them is shared."
)
FILES = [*PARTS, "tokenizer.json"]


def twice(name: str, output: str) -> NodeProto:
    return helper.make_node("Concat", [name, name], [output], axis=1)


COUNTS = model(
    ["token_type_ids"],
    *total("token_type_ids", "count"),
    twice("count", "estimate"),
    helper.make_node("Identity", ["count"], ["states1"]),
    outputs=["estimate", "states1"],
)
"""Estimates the number of tokens in the text, twice, and hands it on."""


def part(number: int, node: str, *others: float) -> bytes:
    """Return a part that applies an operation to the number that it gets, gives it twice, and hands it on.

    Args:
        number: Of the part. The third hands nothing on.
        node: Operation.
        others: Its other operands.
    """
    constants = [
        helper.make_node("Constant", [], [f"c{n}"], value_float=float(other))
        for n, other in enumerate(others)
    ]
    before, after = f"states{number - 1}", f"states{number}"
    changed = helper.make_node(node, [before, *(f"c{n}" for n in range(len(others)))], [after])
    outputs = ["scores", after] if number < len(PARTS) else ["scores"]
    return model([before], *constants, changed, twice(after, "scores"), of=TensorProto.FLOAT, outputs=outputs)


SAME = part(2, "Identity")


def write(folder: Path, last: bytes, second: bytes = SAME) -> Path:
    write_tokenizer(folder)
    for name, content in zip(PARTS, (COUNTS, second, last), strict=True):
        (folder / name).write_bytes(content)
    return folder


def cascade(folder: Path, last: bytes, second: bytes = SAME) -> CascadeReranker:
    return CascadeReranker("tiny", write(folder / "tiny", last, second))


def relevances(reranker: CascadeReranker, *counts: int) -> list[float]:
    """Return the relevance of texts with these numbers of tokens, [SEP] included."""
    scores = reranker.scores("who wades", ["heron " * (count - 1) for count in counts])
    assert all(score.relevance == score.answer for score in scores)
    return [score.relevance for score in scores]


@pytest.fixture
def reads_one_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.models.onnx.cascade.LEAST", 1)
    monkeypatch.setattr("normqa.models.onnx.cascade.MARGINS", (25.0, 3.5))


@pytest.fixture
def second_part_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normqa.models.onnx.cascade.MARGINS", (100.0, 3.0))


@pytest.fixture(scope="module")
def default() -> CascadeReranker:
    return CascadeReranker("default", find_model(RERANKER.packaged, RERANKER))


@pytest.mark.usefixtures("reads_one_first")
def test_text_that_is_not_promising_keeps_its_estimate(tmp_path: Path) -> None:
    """The last part adds 100. 20 becomes 120, and 9 and 4 are far below."""
    assert relevances(cascade(tmp_path, part(3, "Add", 100)), 9, 20, 4) == [9, 20 + 100, 4]


@pytest.mark.usefixtures("reads_one_first")
def test_estimate_within_the_margin_of_the_best_score_is_read(tmp_path: Path) -> None:
    """The last part takes 2 away. The best score is 9 - 2; 4 is less than 3.5 below it, and 3 is more."""
    assert relevances(cascade(tmp_path, part(3, "Sub", 2)), 3, 4, 9) == [3, 4 - 2, 9 - 2]


@pytest.mark.usefixtures("reads_one_first")
def test_reading_goes_on_while_the_last_part_disagrees(tmp_path: Path) -> None:
    """9 becomes -9, so 4 and 2 are read too."""
    assert relevances(cascade(tmp_path, part(3, "Neg")), 2, 9, 4) == [-2, -9, -4]


@pytest.mark.usefixtures("reads_one_first")
def test_reading_stops_at_the_best_score_so_far(tmp_path: Path) -> None:
    """The last part takes 15 away: 30 becomes 15. 14 is near it and becomes -1; 5 is far below 15."""
    assert relevances(cascade(tmp_path, part(3, "Sub", 15)), 5, 14, 30) == [5, 14 - 15, 30 - 15]


@pytest.mark.usefixtures("reads_one_first")
def test_prior_counts_for_what_is_read_but_not_for_the_score(tmp_path: Path) -> None:
    """20 is read first without priors. With 20 more for 9 that is, and 20 is far below 9 + 20 + 100."""
    reranker = cascade(tmp_path, part(3, "Add", 100))
    texts = ["heron " * 19, "heron " * 8]
    ranking = Ranking([[0], [1]], [0.0, 20.0])
    assert [score.relevance for score in reranker.scores("who", texts, ranking)] == [20, 9 + 100]
    assert [score.relevance for score in reranker.scores("who", texts)] == [20 + 100, 9]


@pytest.mark.usefixtures("reads_one_first")
def test_texts_of_one_candidate_are_read_together_and_count_by_their_mean(tmp_path: Path) -> None:
    """The mean of 30 and 10 is 20, so both are read before 19. With 100 more, 19 and 15 are far below.

    The mean of 30 and 4 is 17, so 19 is read first.
    """
    reranker = cascade(tmp_path, part(3, "Add", 100))
    ranking = Ranking([[0], [1, 3], [2]], [0.0, 0.0, 0.0])
    for last, expected in ((10, [19, 30 + 100, 15, 10 + 100]), (4, [19 + 100, 30, 15, 4])):
        texts = ["heron " * (count - 1) for count in (19, 30, 15, last)]
        assert [score.relevance for score in reranker.scores("who", texts, ranking)] == expected


@pytest.mark.usefixtures("second_part_reads_all")
def test_estimate_above_the_last_of_the_best_scores_is_read(tmp_path: Path) -> None:
    """The last part takes 15 away. The best scores are then 25, 15 and 5."""
    found = relevances(cascade(tmp_path, part(3, "Sub", 15)), 4, 40, 6, 20, 30)
    assert found == [4, 40 - 15, 6 - 15, 20 - 15, 30 - 15]


@pytest.mark.usefixtures("second_part_reads_all")
def test_only_estimates_near_the_score_to_beat_are_read(tmp_path: Path) -> None:
    """The last part adds 100. 31 is 3 below 34, and 30 is more."""
    reranker = cascade(tmp_path, part(3, "Add", 100))
    texts = ["heron " * (count - 1) for count in (30, 31)]
    for priors, expected in (([0.0, 0.0], [30, 31 + 100]), ([4.0, -1.0], [30 + 100, 31])):
        ranking = Ranking([[0], [1]], priors, to_beat=34)
        assert [score.relevance for score in reranker.scores("who", texts, ranking)] == expected


@pytest.mark.usefixtures("reads_one_first")
def test_text_that_the_first_part_finds_unlikely_is_read_no_further(tmp_path: Path) -> None:
    """The second part adds 1 and the last one 100. 5 is more than 25 below 40, and 20 is not."""
    reranker = cascade(tmp_path, part(3, "Add", 100), part(2, "Add", 1))
    assert relevances(reranker, 5, 40, 20) == [5, 40 + 1 + 100, 20 + 1]


@pytest.mark.usefixtures("reads_one_first")
def test_second_part_decides_what_the_last_one_reads(tmp_path: Path) -> None:
    """The second part turns 9, 20 and 4 round."""
    reranker = cascade(tmp_path, part(3, "Add", 100), part(2, "Neg"))
    assert relevances(reranker, 9, 20, 4) == [-9, -20, -4 + 100]


def test_as_many_texts_as_an_answer_has_quotes_are_read(tmp_path: Path) -> None:
    """All but the first are far below it, for the second part too."""
    reranker = cascade(tmp_path, part(3, "Add", 100), part(2, "Add", 1))
    assert relevances(reranker, 4, 8, 9, 60, 15) == [4, 8, 9 + 101, 60 + 101, 15 + 101]


def test_nothing_is_read_on_if_no_estimate_is_near_the_score_to_beat(tmp_path: Path) -> None:
    reranker = cascade(tmp_path, part(3, "Add", 100), part(2, "Add", 1))
    texts = ["heron " * (count - 1) for count in (30, 31)]
    ranking = Ranking([[0], [1]], [0.0, 0.0], to_beat=90)
    assert [score.relevance for score in reranker.scores("who", texts, ranking)] == [30, 31]


@pytest.mark.usefixtures("second_part_reads_all")
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_number_of_threads_changes_nothing(threads: int, tmp_path: Path) -> None:
    reranker = CascadeReranker("tiny", write(tmp_path / "tiny", part(3, "Sub", 15)), threads)
    assert relevances(reranker, 4, 40, 6, 20, 30) == [4, 40 - 15, 6 - 15, 20 - 15, 30 - 15]


def test_no_texts_load_no_model(tmp_path: Path) -> None:
    assert cascade(tmp_path, b"broken").scores("who wades", []) == []


def test_last_part_with_more_labels_is_refused(tmp_path: Path) -> None:
    joined = helper.make_node("Concat", ["states2"] * 3, ["scores"], axis=1)
    reranker = cascade(tmp_path, model(["states2"], joined, of=TensorProto.FLOAT, outputs=["scores"]))
    with pytest.raises(RerankerUnavailable, match="returns 3 numbers per text"):
        reranker.scores("who wades", ["herons"])


@pytest.mark.parametrize("name", PARTS)
def test_parts_that_do_not_belong_together_are_refused(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", part(3, "Neg"))
    counts = [*total("token_type_ids", "count"), twice("count", "scores")]
    (folder / name).write_bytes(model(["token_type_ids"], *counts, outputs=["scores"]))
    with pytest.raises(RerankerUnavailable, match="do not belong together") as refused:
        CascadeReranker("tiny", folder).scores("who wades", ["herons"])
    assert refused.value.hint == RERANKER.hint


@pytest.mark.parametrize("name", FILES)
def test_fingerprint_depends_on_every_file(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", part(3, "Neg"))
    before = CascadeReranker("tiny", folder).fingerprint
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert CascadeReranker("tiny", folder).fingerprint != before


@pytest.mark.parametrize(("name", "value"), [("LEAST", 7), ("MARGINS", (7.0, 7.0))])
def test_fingerprint_depends_on_what_is_read(
    name: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "tiny", part(3, "Neg"))
    before = CascadeReranker("tiny", folder).fingerprint
    monkeypatch.setattr(f"normqa.models.onnx.cascade.{name}", value)
    assert CascadeReranker("tiny", folder).fingerprint != before


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", part(3, "Neg"))
    (folder / name).unlink()
    with pytest.raises(RerankerUnavailable) as refused:
        CascadeReranker("tiny", folder)
    assert str(folder / name) in refused.value.message
    assert refused.value.hint == RERANKER.hint


@pytest.mark.parametrize("name", FILES)
def test_broken_file_is_named_at_first_use(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", part(3, "Neg"))
    (folder / name).write_bytes(b"\x10\x00 broken")
    with pytest.raises(RerankerUnavailable, match="cannot be loaded"):
        CascadeReranker("tiny", folder).scores("who wades", ["herons"])


def test_default_model_in_another_folder_is_the_same_model(default: CascadeReranker, tmp_path: Path) -> None:
    folder = find_model(RERANKER.packaged, RERANKER)
    for name in FILES:
        shutil.copy(folder / name, tmp_path / name)
    assert CascadeReranker(str(tmp_path), tmp_path).fingerprint == default.fingerprint


def test_default_model_ranks_answers_over_related_over_unrelated_texts(default: CascadeReranker) -> None:
    answering, unrelated, related = default.scores(QUESTION, [ANSWERING, UNRELATED, RELATED])
    assert answering.relevance > 0 > related.relevance > unrelated.relevance


def test_best_score_of_the_default_model_does_not_depend_on_the_other_texts(default: CascadeReranker) -> None:
    """Dynamic quantisation would change the score of a text in a batch."""
    alone = default.scores(QUESTION, [ANSWERING])
    assert default.scores(QUESTION, [UNRELATED, ANSWERING, RELATED])[1:2] == alone


def test_default_model_scores_texts_in_any_order_alike(default: CascadeReranker) -> None:
    texts = [UNRELATED, ANSWERING, RELATED]
    assert default.scores(QUESTION, texts[::-1]) == default.scores(QUESTION, texts)[::-1]


@pytest.mark.usefixtures("reads_one_first")
def test_estimates_of_the_default_model_are_near_its_scores(
    default: CascadeReranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An estimate that were the score of another text would be far away."""
    texts = [ANSWERING, UNRELATED, RELATED]
    estimates = default.scores(QUESTION, texts)
    monkeypatch.setattr("normqa.models.onnx.cascade.LEAST", 3)
    scores = default.scores(QUESTION, texts)
    assert [e == s for e, s in zip(estimates, scores, strict=True)] == [True, False, False]
    assert all(abs(e.relevance - s.relevance) < 2 for e, s in zip(estimates, scores, strict=True))


def test_default_model_imports_no_torch() -> None:
    program = (
        "import sys; from normqa.models.load import load_reranker;"
        f"[score] = load_reranker({RERANKER.packaged!r}).scores({QUESTION!r}, [{ANSWERING!r}]);"
        "assert score.relevance > 0;"
        "sys.exit(any(name in sys.modules for name in"
        " ('torch', 'transformers', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_thread_count_does_not_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    folder = find_model(RERANKER.packaged, RERANKER)
    scores = {
        tuple(CascadeReranker("x", folder, threads).scores(QUESTION, [ANSWERING, UNRELATED, RELATED]))
        for threads in (1, 2, 4, None)
    }
    assert len(scores) == 1
