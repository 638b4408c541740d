"""Cross-encoders in ONNX format that count tokens, and a tokenizer that knows no word."""

from collections.abc import Sequence
from pathlib import Path

from onnx import NodeProto, TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def model(
    inputs: Sequence[str],
    *nodes: NodeProto,
    of: int = TensorProto.INT64,
    outputs: Sequence[str] = ("logits",),
) -> bytes:
    """Return an ONNX file.

    Args:
        inputs: Names of the inputs.
        nodes: The graph.
        of: Type of the inputs.
        outputs: Names of the outputs.
    """
    given = [helper.make_tensor_value_info(name, of, ["texts", "tokens"]) for name in inputs]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", None]) for name in outputs]
    graph = helper.make_graph(nodes, "tiny", given, results)
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 12)])
    return bytes(model.SerializeToString())


def total(name: str, output: str) -> list[NodeProto]:
    """Return nodes that sum the integers of a text."""
    return [
        helper.make_node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", [f"{name}_float"], [output], axes=[1], keepdims=1),
    ]


COUNTS_TEXT = model(["input_ids", "attention_mask", "token_type_ids"], *total("token_type_ids", "logits"))
"""Scores the number of tokens in the text: its words and the [SEP] after them."""

COUNTS_COLUMNS = model(
    ["input_ids"], helper.make_node("Equal", ["input_ids", "input_ids"], ["same"]), *total("same", "logits")
)
"""Scores the number of tokens in the whole pair, padding included."""


def with_labels(count: int) -> bytes:
    """Return a model that scores the tokens in the text, once per label."""
    joined = helper.make_node("Concat", ["count"] * count, ["logits"], axis=1)
    return model(["token_type_ids"], *total("token_type_ids", "count"), joined)


def write(folder: Path, content: bytes = COUNTS_TEXT) -> Path:
    """Write a model and the tokenizer."""
    write_tokenizer(folder)
    (folder / "model.onnx").write_bytes(content)
    return folder


def write_tokenizer(folder: Path) -> None:
    """Write a tokenizer that knows no word, and whose file pads and truncates."""
    folder.mkdir(exist_ok=True)
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(SPECIAL)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(word, SPECIAL.index(word)) for word in ("[CLS]", "[SEP]")],
    )
    tokenizer.enable_padding(length=512)
    tokenizer.enable_truncation(128)
    tokenizer.save(str(folder / "tokenizer.json"))
