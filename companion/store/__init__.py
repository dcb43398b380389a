"""The one source of truth: SQLite by default, PostgreSQL when a team shares it."""
