"""The one source of truth: SQLite by default, PostgreSQL when a team shares it."""

from companion.store.database import Store, StoredCalls, StoredVectors, Transaction

__all__ = ["Store", "StoredCalls", "StoredVectors", "Transaction"]
