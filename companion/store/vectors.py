"""Embedding vectors by (model, text hash): what makes every index rebuild cheap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from companion.store.schema import vectors

BATCH = 500


class Vectors:
    """The `vectors` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        """The cached ones among the hashes: hash -> little-endian float32 bytes."""
        found: dict[str, bytes] = {}
        for start in range(0, len(text_hashes), BATCH):
            rows = self._connection.execute(
                select(vectors.c.text_hash, vectors.c.vector).where(
                    vectors.c.model_id == model_id, vectors.c.text_hash.in_(text_hashes[start : start + BATCH])
                )
            )
            found.update({row.text_hash: row.vector for row in rows})
        return found

    def save(self, model_id: str, fresh: Mapping[str, bytes]) -> None:
        """Keep vectors; a hash that is already there is left as it is."""
        known = self.load(model_id, list(fresh))
        rows = [
            {"model_id": model_id, "text_hash": text_hash, "vector": vector}
            for text_hash, vector in fresh.items()
            if text_hash not in known
        ]
        if rows:
            self._connection.execute(insert(vectors), rows)

    def keep_only(self, text_hashes: Collection[str]) -> int:
        """Delete the vectors of all other texts, of every model; returns how many texts' went."""
        cached = set(self._connection.scalars(select(vectors.c.text_hash).distinct()))
        gone = sorted(cached - set(text_hashes))
        for start in range(0, len(gone), BATCH):
            self._connection.execute(delete(vectors).where(vectors.c.text_hash.in_(gone[start : start + BATCH])))
        return len(gone)
