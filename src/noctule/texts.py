"""Texts that are too long to be held: read in chunks, once, by whoever writes them. It may not know where they come from."""

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

_decoder: Final = codecs.getincrementaldecoder("utf-8")


class Text:
    """A string that is not held. In the dict of an .ipynb it stands for one; `chunks` are its UTF-8, cut anywhere."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self._read = False

    def __iter__(self) -> Iterator[str]:
        decode = _decoder().decode
        for chunk in self._chunks:
            self._hash.update(chunk)
            yield decode(chunk)
        yield decode(b"", final=True)
        self._read = True

    def sha256(self) -> str:
        """Of the whole text, which must have been read to its end."""
        if not self._read:
            raise ValueError("only who has read a text knows what is in it")
        return self._hash.hexdigest()


def sha256_of(text: str | Text) -> str:
    """Of its UTF-8; of a lone surrogate's also, which has none."""
    if isinstance(text, Text):
        return text.sha256()
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
