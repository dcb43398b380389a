"""The composition root: from settings to a working companion. The only module that names the engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from companion import config, paths
from companion.errors import InvalidInput, ModelMissing
from companion.lazy import Lazy
from companion.ports import Cancelled, Progress, never_cancelled, no_progress
from companion.services.companion import Companion

if TYPE_CHECKING:
    from collections.abc import Callable

    from companion.domain.arc import Arc
    from companion.domain.cards import Card
    from companion.domain.privacy_rules import PrivacyRules
    from companion.domain.programme import Programme
    from companion.domain.tiers import ProbeReport
    from companion.llm.border import Border
    from companion.ports import (
        CallLog,
        Clock,
        CommentCoder,
        Embedder,
        KnowledgeIndex,
        LanguageModel,
        Matcher,
        ModelShelf,
        ProfileIndex,
        Writer,
    )
    from companion.store import Store

EMBEDDED = "embedded/"


class SystemClock:
    """The real time, in the machine's own zone."""

    def now(self) -> datetime:
        """The current time."""
        return datetime.now(UTC).astimezone()


def assemble(
    home: Path | None = None,
    *,
    settings: config.Settings | None = None,
    clock: Clock | None = None,
    model: LanguageModel | None = None,
    writer: Writer | None = None,
    rehearser: Writer | None = None,
    programme: Programme | None = None,
) -> Companion:
    """Put a companion together; the arguments replace real parts in tests. Nothing slow happens here.

    Raises InvalidInput when the settings cannot be used; the programme file and the arc do when they are asked for.
    """
    place = paths.home(home)
    chosen = settings or config.load(place.settings)
    time = clock or SystemClock()
    programmes = Lazy(lambda: programme) if programme is not None else _programme(place)
    store = Lazy(lambda: _store(place, chosen))
    embedder = Lazy(lambda: _embedder(place, chosen))
    profiles = Lazy(lambda: _profiles(place, embedder.get(), store))
    practice = Lazy(lambda: cards(place))
    border = Lazy(lambda: _border(lambda: companion.programme_parts("privacy").privacy, store))

    def configured(calls: CallLog | None = None) -> Writer:
        # Asked of the companion, not of `chosen`: the model may be switched while it runs.
        now = companion.settings
        chosen_hash = "" if model else model_hash(now)
        timeout = now.model_timeout_seconds
        return _writer(model or language_model(now), store, time, timeout, border.get(), chosen_hash, calls=calls)

    def on_this_machine() -> Writer:
        here = replace(companion.settings, model=config.DEFAULT_MODEL)
        return _writer(language_model(here), store, time, here.model_timeout_seconds, border.get(), model_hash(here))

    def rehearsing() -> Writer:
        from companion.llm.wordless import WordlessCalls

        return configured(WordlessCalls(_calls(store)))

    companion = Companion(
        home=place,
        settings=chosen,
        programmes=programmes,
        arcs=_arc(place),
        clock=time,
        store=store,
        embedder=embedder,
        profiles=profiles,
        cards=practice,
        knowledge=Lazy(lambda: _knowledge(place, practice.get(), embedder.get(), store)),
        matcher=Lazy(_matcher),
        coder=Lazy(lambda: _coder(place, embedder.get())),
        shelf=Lazy(_shelf),
        writer=Lazy(lambda: writer or configured()),
        local_writer=Lazy(on_this_machine),
        rehearser=Lazy(lambda: rehearser or rehearsing()),
        border=Lazy(lambda: border.get()),
    )
    return companion


def _programme(place: paths.Home) -> Lazy[Programme]:
    from companion.programme_file.watching import Watched

    def read() -> Programme:
        from companion.programme_file.reading import load

        return load(place)

    return Watched(place.programmes, read)


def _arc(place: paths.Home) -> Lazy[Arc]:
    from companion.programme_file.watching import Watched

    def read() -> Arc:
        from companion.programme_file.arc_file import find, load

        return load(find(place))

    return Watched((place.arc,), read)


def language_model(settings: config.Settings) -> LanguageModel:
    """The configured model, not loaded yet. Raises ModelMissing when the embedded one is not installed."""
    if settings.model == "none":
        raise ModelMissing("No language model is switched on.", "companion model use NAME chooses one.")
    if settings.model.startswith(EMBEDDED):
        from companion.llm.embedded import EmbeddedModel
        from companion.llm.model_files import how_to_pull, installed
        from companion.llm.registry import find

        entry, folder = find(settings.model), paths.models_dir()
        if installed(entry, folder) is None:
            raise ModelMissing(f"The model {entry.name} is not installed.", how_to_pull(entry))
        return EmbeddedModel(entry, folder)
    from companion.llm.litellm_client import LiteLLMModel

    return LiteLLMModel(settings.model, api_base=settings.model_api_base or None)


def _store(place: paths.Home, settings: config.Settings) -> Store:
    from companion.store import Store

    return Store(settings.database_url) if settings.database_url else Store.at(place.create().database)


def _embedder(place: paths.Home, settings: config.Settings) -> Embedder:
    if settings.embedding_model == config.DEFAULT_EMBEDDING_MODEL:
        from companion.search.onnx_embedder import OnnxEmbedder

        return OnnxEmbedder(paths.models_dir() / "embeddings")
    if settings.embedding_model == config.MULTILINGUAL_EMBEDDING_MODEL:
        from companion.search.multilingual import MultilingualEmbedder

        return MultilingualEmbedder()
    from companion.search.embedder import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedding_model, digests=place.create().root / "digests.json")


def _profiles(place: paths.Home, embedder: Embedder, store: Lazy[Store]) -> ProfileIndex:
    from companion.search.profiles import ChromaProfileIndex
    from companion.store import StoredVectors

    return ChromaProfileIndex(place.create().index, embedder, StoredVectors(store.get()))


def cards(place: paths.Home) -> tuple[Card, ...]:
    """The practice cards of a home: those that ship and the programme's own. Raises InvalidInput."""
    from companion.search.cards import load_cards

    return load_cards(*_shelves(place))


def _knowledge(place: paths.Home, cards: tuple[Card, ...], embedder: Embedder, store: Lazy[Store]) -> KnowledgeIndex:
    from companion.lora.adapter import load
    from companion.search.card_reader import READER, CardReader
    from companion.search.cards import ids_in
    from companion.search.knowledge import HybridKnowledgeIndex
    from companion.search.onnx_embedder import OnnxEmbedder
    from companion.store import StoredVectors

    vectors, adapter = StoredVectors(store.get()), load(READER)
    fitted = OnnxEmbedder(paths.models_dir() / "embeddings", adapter.corrections)
    # It was taught with the cards that ship, not with those that a programme wrote or replaced.
    own = ids_in(place.knowledge) if place.knowledge.is_dir() else frozenset()
    return HybridKnowledgeIndex(cards, embedder, vectors, CardReader(adapter, fitted, vectors, own))


def _shelves(place: paths.Home) -> list[Path]:
    """Where practice cards lie: those that ship, then the programme's own, which win."""
    return [paths.knowledge_dir(), *([place.knowledge] if place.knowledge.is_dir() else [])]


def shipped_cards() -> tuple[Card, ...]:
    """The practice cards that ship, without a programme's own. Raises InvalidInput."""
    from companion.search.cards import load_cards

    return load_cards(paths.knowledge_dir())


def lint_knowledge(home: Path | None = None) -> tuple[int, list[InvalidInput]]:
    """How many practice cards there are, and all that is wrong with them. Raises SearchError."""
    from companion.search.card_lint import lint_cards

    place = paths.home(home)
    embedder = _embedder(place, config.load(place.settings))
    return lint_cards(_shelves(place), embedder, this_year=SystemClock().now().year)


def _matcher() -> Matcher:
    from companion.matching.engine import match

    return match


def _coder(place: paths.Home, embedder: Embedder) -> CommentCoder:
    from companion.lora.adapter import load
    from companion.search.onnx_embedder import OnnxEmbedder
    from companion.summarising.coder import HeadCoder
    from companion.summarising.tuned import TUNED, TunedReader

    tuned = load(TUNED)
    reader = TunedReader(tuned, OnnxEmbedder(paths.models_dir() / "embeddings", tuned.corrections))
    return HeadCoder(embedder, paths.knowledge_dir() / "summaries", place.heads, reader)


def _shelf() -> ModelShelf:
    from companion.llm.shelf import EmbeddedShelf

    return EmbeddedShelf(paths.models_dir())


def _calls(store: Lazy[Store]) -> CallLog:
    from companion.store import StoredCalls

    return StoredCalls(store.get())


def _writer(
    model: LanguageModel,
    store: Lazy[Store],
    clock: Clock,
    timeout: float,
    border: Border,
    model_hash: str = "",
    *,
    calls: CallLog | None = None,
) -> Writer:
    from companion.llm.writer import ModelWriter

    with store.get().read() as tx:
        report = tx.probes.get(model_hash) if model_hash else None
    tier = report.tier if report else None
    return ModelWriter(model, paths.prompts_dir(), calls or _calls(store), clock, timeout, border, model_hash, tier)


def _border(privacy: Callable[[], PrivacyRules], store: Lazy[Store]) -> Border:
    from companion.llm.border import Border, BorderRules

    def rules() -> BorderRules:
        from companion.domain.roster import Roster

        with store.get().read() as tx:
            people = tx.people.all()
        work = {text for one in people for text in (one.title, one.department, one.location, one.region) if text}
        away = frozenset(one.id for one in people if one.local_only)
        return BorderRules(privacy(), Roster(people), away, tuple(sorted(work)))

    return Border(paths.prompts_dir(), rules)


def model_hash(settings: config.Settings) -> str:
    """What tells this very model from another: its file's SHA-256, or that of its name and address; empty for none."""
    if settings.model == "none":
        return ""
    if settings.model.startswith(EMBEDDED):
        from companion.llm.registry import find

        return find(settings.model).sha256
    return sha256(f"{settings.model}\0{settings.model_api_base}".encode()).hexdigest()


def probe(
    companion: Companion,
    name: str | None = None,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> ProbeReport:
    """Find out what a model can be trusted with, by default the one in use, and keep it; every call is on record.

    Raises ModelError, UsageError for a name that no model has, Cancelled.
    """
    from companion.llm.probe import probe as ask
    from companion.llm.writer import RecordedModel
    from companion.services import models
    from companion.store import StoredCalls

    settings = companion.settings if name is None else replace(companion.settings, model=name)
    models.refuse_unknown(companion, settings.model)
    model = language_model(settings)
    recorded = RecordedModel(model, StoredCalls(companion.store.get()), companion.clock)
    try:
        found = ask(recorded, progress=progress, cancelled=cancelled)
    finally:
        model.close()
    report = found.model_copy(update={"model_hash": model_hash(settings)})
    with companion.store.get().write() as tx:
        tx.probes.save(report, companion.clock.now())
    if old := companion.writer.reset():
        old.close()
    return report


def keep_key(provider: str, key: str) -> None:
    """Keep a provider's API key in the system keyring. Raises InvalidInput, ModelRefused without a keyring."""
    from companion.llm.keys import set_key

    set_key(provider, key)


def forget_key(provider: str) -> None:
    """Remove a provider's API key from the system keyring. Raises NotFound."""
    from companion.llm.keys import delete_key

    delete_key(provider)
