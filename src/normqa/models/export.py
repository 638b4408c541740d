"""Exports a sentence-transformers model to ONNX."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from normqa.models.onnx_encoder import ABOUT, OnnxMetadata
from normqa.models.onnx_session import MODEL, TOKENIZER
from normqa.models.weights import ENCODER, file_sha256

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_OPSET = 14


def export(
    model: "SentenceTransformer", folder: Path, *, max_tokens: int, question_prefix: str, passage_prefix: str
) -> None:
    """Writes what :class:`normqa.models.onnx_encoder.OnnxEncoder` opens.

    Args:
        model: Loaded with eager attention: its vector is the mean of the states of a text's tokens.
        folder: Made here.
        max_tokens: Most tokens of a text that it sees, special tokens included.
        question_prefix: Put before every question.
        passage_prefix: Put before every passage.

    Raises:
        Exception: Of many kinds, if the model is none that can be exported.
    """
    import torch  # noqa: PLC0415 - takes seconds
    from onnxruntime.transformers import optimizer  # noqa: PLC0415

    class States(torch.nn.Module):  # type: ignore[misc]  # torch's types are not followed
        """The model, but for its pooling, with its inputs in a fixed order."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = model[0].auto_model

        def forward(self, *given: torch.Tensor) -> Any:  # noqa: ANN401 - torch's own
            return self.transformer(**dict(zip(names, given, strict=True))).last_hidden_state

    folder.mkdir()
    example = model.tokenizer(["Norms guide states.", "Why?"], padding=True, return_tensors="pt")
    names = list(example)
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "states")}
    traced = folder / f"traced-{MODEL}"
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of what the comparison with the model looks after
        torch.onnx.export(
            States().eval(),
            tuple(example.values()),
            str(traced),
            input_names=names,
            output_names=["states"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
        config = model[0].auto_model.config
        optimizer.optimize_model(
            str(traced),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
        ).save_model_to_file(str(folder / MODEL))
    traced.unlink()
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    about = OnnxMetadata(
        sha256=file_sha256(folder / MODEL, ENCODER),
        max_tokens=max_tokens,
        question_prefix=question_prefix,
        passage_prefix=passage_prefix,
    )
    (folder / ABOUT).write_text(about.model_dump_json(), encoding="utf-8")
