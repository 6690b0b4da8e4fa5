"""Sentence embeddings by a static model: one vector a token, and the mean of a text's tokens.

The model stands in a folder that the user names, as model2vec stores it. Its two files are read as they are; nothing is
ever downloaded, and neither file can hold code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.errors import ConfigError
from cxlink.stats.arrays import Floats, Integers

MODEL_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
MAX_MODEL_BYTES = 4 << 30
MAX_LENGTH = 8_192
MAX_TOKENS = 512
"""Of a text; what comes after them does not count."""
MAX_LETTERS = 20_000
BATCH_TEXTS = 1_000

_PLACE = "[taxonomy] embeddings"
_VECTORS = ("embeddings", "embedding.weight")


class _ModelFault(ValueError):
    """Why a folder holds no model, in plain words."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """A static embedding model.

    Parameters
    ----------
    digest : str
        SHA-256 of its files; two models with the same digest give the same embeddings.
    vectors : ndarray, shape (n_rows, length)
        As stored.
    rows : ndarray of int, shape (n_tokens,)
        Row of each token's vector.
    weights : ndarray of float64, shape (n_tokens,)
        What each token's vector is multiplied with.
    unknown : int
        The token that stands for words it does not know, which do not count; -1 for none.
    tokenizer : tokenizers.Tokenizer
        Texts to tokens.
    """

    digest: str
    vectors: npt.NDArray[Any]
    rows: Integers
    weights: Floats
    unknown: int
    tokenizer: Any

    @property
    def length(self) -> int:
        """Length of an embedding."""
        return int(self.vectors.shape[1])

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give each text's embedding.

        Parameters
        ----------
        texts : sequence of str, shape (n,)
            As the customers wrote them.

        Returns
        -------
        ndarray of float64, shape (n, length)
            Means of the tokens' vectors; zeros where the model knows no word of a text.
        """
        found = np.zeros((len(texts), self.length))
        for first in range(0, len(texts), BATCH_TEXTS):
            batch = [text[:MAX_LETTERS] for text in texts[first : first + BATCH_TEXTS]]
            encoded = self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for place, one in enumerate(encoded, first):
                tokens = np.array(one.ids, dtype=np.intp)
                tokens = tokens[tokens != self.unknown]
                if tokens.size:
                    vectors = self.vectors[self.rows[tokens]].astype(np.float64)
                    found[place] = (vectors * self.weights[tokens, None]).mean(axis=0)
        return found


def read_embedder(path: str | Path) -> Embedder:
    """Read a static embedding model from a folder.

    Parameters
    ----------
    path : str or Path
        Folder with ``model.safetensors`` and ``tokenizer.json``.

    Returns
    -------
    Embedder
        Checked.

    Raises
    ------
    ConfigError
        CX309 if the packages that read it are missing, or the folder does not hold such a model.
    """
    folder = Path(path)
    try:
        import safetensors.numpy
        import tokenizers
    except ImportError:
        message = "needs packages that are not installed."
        raise ConfigError("CX309", _PLACE, message, 'Install them: pip install "cxlink[embeddings]"') from None
    try:
        model, words = _read_bytes(folder / MODEL_FILE), _read_bytes(folder / TOKENIZER_FILE)
        # both packages raise errors of many kinds where a file is not theirs
        try:
            tensors = safetensors.numpy.load(model)
        except Exception as error:
            raise _ModelFault(f"{MODEL_FILE} cannot be read") from error
        try:
            tokenizer = tokenizers.Tokenizer.from_buffer(words)
            stored = json.loads(words)["model"]
        except Exception as error:
            raise _ModelFault(f"{TOKENIZER_FILE} cannot be read") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        tokens: dict[str, int] = tokenizer.get_vocab(with_added_tokens=True)
        vectors, rows, weights = _check_tensors(tensors, max(tokens.values(), default=-1) + 1)
        unknown = tokens.get(stored.get("unk_token") or "", stored.get("unk_id"))
    except _ModelFault as fault:
        remedy = f"Name a folder with {MODEL_FILE} and {TOKENIZER_FILE}, as model2vec stores them."
        raise ConfigError("CX309", f"{_PLACE} {folder}", f"{fault}.", remedy) from fault
    both = hashlib.sha256(model).digest() + hashlib.sha256(words).digest()
    digest = hashlib.sha256(both).hexdigest()
    return Embedder(digest, vectors, rows, weights, unknown if isinstance(unknown, int) else -1, tokenizer)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            raise _ModelFault(f"{path.name} is larger than {MAX_MODEL_BYTES >> 30} GB")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _ModelFault(f"{path.name} cannot be read ({reason})") from error


def _check_tensors(tensors: Mapping[str, npt.NDArray[Any]], n_tokens: int) -> tuple[npt.NDArray[Any], Integers, Floats]:
    """Give vectors, the row of each token and its weight, if they fit together."""
    vectors = next((tensors[name] for name in _VECTORS if name in tensors), None)
    if vectors is None:
        raise _ModelFault(f'{MODEL_FILE} has no "{_VECTORS[0]}"')
    if vectors.ndim != 2 or vectors.dtype.kind not in "fi" or not 1 <= vectors.shape[1] <= MAX_LENGTH:
        raise _ModelFault(f"{MODEL_FILE} has vectors of {vectors.dtype} of shape {vectors.shape}")
    rows = tensors.get("mapping", np.arange(len(vectors)))
    weights = tensors.get("weights", np.ones(len(rows)))
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or np.any((rows < 0) | (rows >= len(vectors))):
        raise _ModelFault(f'{MODEL_FILE} has a "mapping" to vectors that do not exist')
    if weights.shape != rows.shape or weights.dtype.kind != "f":
        raise _ModelFault(f'{MODEL_FILE} has "weights" that do not fit its vectors')
    if not np.isfinite(vectors).all() or not np.isfinite(weights).all():
        raise _ModelFault(f"{MODEL_FILE} has missing or infinite numbers")
    if not 0 < n_tokens <= len(rows):
        raise _ModelFault(f"{TOKENIZER_FILE} has {n_tokens} tokens, {MODEL_FILE} vectors of {len(rows)}")
    return vectors, rows.astype(np.intp), weights.astype(np.float64)
