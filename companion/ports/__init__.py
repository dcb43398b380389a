"""What the flows need from the slow engines, as protocols; `bootstrap` plugs in the real ones."""

from companion.ports.matching import Matcher, Matching, MatchRequest, Pairs
from companion.ports.models import (
    Border,
    CallLog,
    Filled,
    Form,
    LanguageModel,
    Message,
    MessageRole,
    ModelOnShelf,
    ModelReply,
    ModelRequest,
    ModelShelf,
    ModelUsage,
    SentPayload,
    Writer,
)
from companion.ports.search import CardHit, Embedder, EntryHit, IndexReport, KnowledgeIndex, ProfileIndex, VectorCache
from companion.ports.summarising import CommentCoder
from companion.ports.work import Cancelled, Clock, Progress, never_cancelled, no_progress

__all__ = [
    "Border",
    "CallLog",
    "Cancelled",
    "CardHit",
    "Clock",
    "CommentCoder",
    "Embedder",
    "EntryHit",
    "Filled",
    "Form",
    "IndexReport",
    "KnowledgeIndex",
    "LanguageModel",
    "MatchRequest",
    "Matcher",
    "Matching",
    "Message",
    "MessageRole",
    "ModelOnShelf",
    "ModelReply",
    "ModelRequest",
    "ModelShelf",
    "ModelUsage",
    "Pairs",
    "ProfileIndex",
    "Progress",
    "SentPayload",
    "VectorCache",
    "Writer",
    "never_cancelled",
    "no_progress",
]
