"""Weights of an exported reader. Importing torch and transformers takes long, so the tests do it."""

import numpy as np

from normqa.models.load import load_reranker
from normqa.models.onnx.session import TOKENIZER
from normqa.models.weights import RERANKER, find_model

QUESTION = "Who wrote the report of 2013?"
TEXTS = [
    "A group of experts from fifteen states wrote the report of 2013.",
    "The report of 2013 has forty pages.",
    "Pelicans eat herring.",
]


def test_restored_reader_gives_the_scores_of_the_exported_one() -> None:
    import torch
    from reader.data.batches import collate, encode
    from reader.data.pairs import Pair
    from reader.restore import restored
    from tokenizers import Tokenizer

    folder = find_model(RERANKER.packaged, RERANKER)
    exported = load_reranker(str(folder))
    assert exported
    expected = np.array([exported.scores(QUESTION, [text])[0] for text in TEXTS], float)
    pairs = encode(
        [Pair(QUESTION, text, 0.0, 0.0) for text in TEXTS], Tokenizer.from_file(str(folder / TOKENIZER))
    )
    batch = collate(pairs)
    with torch.no_grad():
        scores = restored(folder).eval()(batch.input_ids, batch.attention_mask, batch.token_type_ids)
    assert np.abs(expected).max() > 4
    assert np.allclose(scores.numpy(), expected, atol=0.4)  # the exported one rounds


def test_layers_that_are_kept_do_not_learn() -> None:
    import torch
    from reader.model import Reader, Width

    reader = Reader([Width(2, 64)] * 3)
    reader.keep_below(2)
    tokens = torch.ones(1, 5, dtype=torch.long)
    reader(tokens, tokens, tokens).sum().backward()
    learnt = {name for name, weight in reader.named_parameters() if weight.grad is not None}
    assert learnt
    assert all(name.startswith(("bert.encoder.layer.2.", "relevance.", "answer.")) for name in learnt)
