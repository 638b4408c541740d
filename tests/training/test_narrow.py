"""A narrower reader. Importing torch and transformers takes long, so the tests do it."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from onnxruntime import InferenceSession

from normqa.models.onnx.session import TOKENIZER
from normqa.models.weights import RERANKER, find_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reader.data.batches import Batch
    from reader.model import Reader
    from torch import Tensor

QUESTIONS = ["Who wrote it?", "When was the treaty signed in Budapest?", "How many states took part?"]
IDLE_HEADS, IDLE_NEURONS = range(3, 7), range(64, 192)


def reader() -> "Reader":
    """Return a reader of two layers. In the first one, some heads and neurons change nothing."""
    import torch
    from reader.model import HEAD, Reader, Width

    torch.manual_seed(0)
    made = Reader([Width(heads=12, neurons=256), Width(heads=12, neurons=128)])
    made.eval().requires_grad_(requires_grad=False)
    first = made.bert.encoder.layer[0]
    for product in (first.attention.output.dense, first.output.dense):
        product.weight *= 10  # the others then clearly change the scores
    first.attention.output.dense.weight[:, HEAD * IDLE_HEADS.start : HEAD * IDLE_HEADS.stop] = 0
    first.output.dense.weight[:, IDLE_NEURONS.start : IDLE_NEURONS.stop] = 0
    return made


def texts() -> "list[Batch]":
    from reader.data.batches import encode
    from reader.data.pairs import Pair
    from reader.narrow import of_one_length
    from tokenizers import Tokenizer

    pairs = [
        Pair(question, f"{question} Experts from {number} states wrote it.", 0.0, 0.0)
        for question in QUESTIONS
        for number in range(20)
    ]
    folder = find_model(RERANKER.packaged, RERANKER)
    return list(of_one_length(encode(pairs, Tokenizer.from_file(str(folder / TOKENIZER)))))


def scores(made: "Reader", batches: "Sequence[Batch]") -> "Tensor":
    import torch

    with torch.no_grad():
        return torch.cat(
            [made(batch.input_ids, batch.attention_mask, batch.token_type_ids) for batch in batches]
        )


def test_heads_and_neurons_that_change_nothing_go_first_and_the_scores_stay() -> None:
    import torch
    from reader.narrow import choose, costs, importances, narrowed

    wide, batches = reader(), texts()
    (head, neuron), (last_head, last_neuron) = (costs(layer, layers=2) for layer in range(2))
    idle = len(IDLE_HEADS) * head + len(IDLE_NEURONS) * neuron
    whole = 12 * (head + last_head) + 256 * neuron + 128 * last_neuron
    kept = choose(importances(wide, batches), 1 - idle / whole + 1e-6)
    assert kept[0].heads == [head for head in range(12) if head not in IDLE_HEADS]
    assert sorted(kept[0].neurons) == [neuron for neuron in range(256) if neuron not in IDLE_NEURONS]
    assert (len(kept[1].heads), len(kept[1].neurons)) == (12, 128)
    narrow = narrowed(wide, kept, batches)
    assert torch.allclose(scores(narrow, batches), scores(wide, batches), atol=1e-3)


def test_every_layer_keeps_something_and_the_last_one_its_neurons_which_cost_nothing() -> None:
    import torch
    from reader.model import Width
    from reader.narrow import LEAST, Importance, choose

    kept = choose([Importance(torch.rand(12), torch.rand(256)) for _ in range(3)], share=0.0)
    assert [layer.width for layer in kept] == [LEAST, LEAST, Width(LEAST.heads, neurons=256)]


def test_layers_that_fewer_texts_reach_keep_more() -> None:
    import torch
    from reader.narrow import Importance, choose

    alike = Importance(64 * torch.linspace(0, 1, 12), torch.linspace(0, 1, 256))
    first, *_, seventh, _ = choose([alike] * 8, share=0.5)
    assert len(first.heads) < len(seventh.heads)
    assert len(first.neurons) < len(seventh.neurons)


def test_fitting_makes_up_for_what_is_left_out() -> None:
    import torch
    from reader.model import HEAD
    from reader.narrow import choose, importances, narrowed

    wide, batches = reader(), texts()
    kept = choose(importances(wide, batches), share=0.3)
    narrow = narrowed(wide, kept, batches)
    unfitted = narrowed(wide, kept, batches)
    for new, old, layer in zip(unfitted.bert.encoder.layer, wide.bert.encoder.layer, kept, strict=True):
        channels = [HEAD * head + channel for head in layer.heads for channel in range(HEAD)]
        new.attention.output.dense.weight = torch.nn.Parameter(old.attention.output.dense.weight[:, channels])
        new.attention.output.dense.bias = old.attention.output.dense.bias
        new.output.dense.weight = torch.nn.Parameter(old.output.dense.weight[:, layer.neurons])
        new.output.dense.bias = old.output.dense.bias
    exact = scores(wide, batches)
    error, unfitted_error = ((scores(made, batches) - exact).abs().mean() for made in (narrow, unfitted))
    assert error < unfitted_error / 3


def test_saved_reader_keeps_its_widths(tmp_path: Path) -> None:
    import torch
    from reader.distil import Pupil
    from reader.heads import EXITS, load_heads, new_heads
    from reader.model import Reader, Width, load_reader

    widths = (Width(2, 64), Width(7, 320))
    torch.save({"reader": Pupil(Reader(widths), new_heads()).state_dict()}, tmp_path / "state.pt")
    assert load_reader(tmp_path / "state.pt").widths == widths
    assert len(load_heads(tmp_path / "state.pt")) == len(EXITS)


def test_exported_graph_of_a_narrow_reader_gives_its_scores() -> None:
    import torch
    from reader.export import fused
    from reader.model import Reader, Width

    torch.manual_seed(0)
    narrow = Reader([Width(5, 192), Width(2, 64)]).eval()
    graph = fused(narrow)
    assert [node.op_type for node in graph.graph.node].count("Attention") == 2
    session = InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for batch in texts():
        for ids, types in zip(batch.input_ids, batch.token_type_ids, strict=True):
            (found,) = session.run(
                None, {"input_ids": ids[None].numpy(), "token_type_ids": types[None].numpy()}
            )
            ones = torch.ones_like(ids[None])
            with torch.no_grad():
                assert np.allclose(found, narrow(ids[None], ones, types[None]).numpy(), atol=1e-4)
