"""What judged needs are worth for needs by authors whom the reader has not met: found, offered and placed cards.

    python -m companion.search.fit_cards --without ab --to held.npz      # ten minutes of one core
    python tests/evals/unseen_needs.py --reader held.npz --authors ab

Every need by these authors in `knowledge/needs.jsonl` is asked once and prepared as a session of 45 minutes in one of
four stages; above it stands the same by wordings alone, and ± is the spread among tenths. Then come the same authors'
needs in other languages. The last lines tell, for those in English, how relevant the cards of each relevance are (a
share of those made for the need), and how many of them useful. Only cards that can be offered count.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from companion.domain.agenda_plan import plan_agenda
from companion.domain.arc import Arc
from companion.domain.card_fit import CardFit, cards_about, cards_near
from companion.domain.cards import Card, Topic
from companion.domain.themes import TAUGHT, offer_themes
from companion.evaluation.agenda_scorers import ndcg
from companion.evaluation.cases import AgendaCase, CasePerson
from companion.evaluation.pairs import NOW, brief_of
from companion.lora.adapter import load
from companion.paths import knowledge_dir, models_dir
from companion.ports import Embedder
from companion.programme_file import arc_file
from companion.search.card_fits import CardTexts
from companion.search.card_reader import LANGUAGES, CardReader
from companion.search.cards import load_cards
from companion.search.needs import JudgedNeed, load_needs
from companion.search.onnx_embedder import OnnxEmbedder

TENTHS = 10
MEASURES = ("found", "offered", "placed", "placed right", "about right")
_SESSIONS = (2, 3, 4, 5)


class Shelf:
    """The cards that ship, and a vector for every text that is asked twice."""

    def __init__(self, embedder: Embedder) -> None:
        self.cards = [card for card in load_cards(knowledge_dir()) if card.blocks and not card.opt_in]
        taught = [card for card in self.cards if TAUGHT & set(card.blocks) and card.topic is not Topic.CONTRACT]
        self.offered = frozenset(card.id for card in taught)
        self.arc: Arc = arc_file.load(arc_file.shipped())
        self.embedder = embedder
        self._known: dict[str, object] = {}

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """A row per text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(missing, self.embedder.embed(missing), strict=True))
        return np.array([self._known[text] for text in texts]).reshape(-1, self.embedder.dimension)


def measured(shelf: Shelf, reader: CardReader | None, asking: Sequence[JudgedNeed]) -> tuple[np.ndarray, np.ndarray]:
    """A row per need with a column per measure, NaN where one does not apply; relevance and grade of every card."""
    texts = CardTexts(shelf.cards)
    texts.learn(shelf.vectors)
    rows, judged = [], []
    for number, one in enumerate(asking):
        read = reader.relevance(one.need) if reader else {}
        fits = texts.fits(one.need, [], shelf.vectors([one.need]), read)
        rows.append(_scores(shelf, number, one, fits))
        offered = [fit for fit in fits if fit.card.id in shelf.offered]
        judged += [(fit.relevance, one.cards.get(fit.card.id, 0) / 3) for fit in offered]
    return np.array(rows), np.array(judged)


def _scores(shelf: Shelf, number: int, judged: JudgedNeed, fits: Sequence[CardFit]) -> list[float]:
    case = AgendaCase(
        case=f"need-{number}",
        executive=CasePerson(name="Executive", needs=(judged.need,)),
        mentor=CasePerson(name="Mentor"),
        session=_SESSIONS[number % len(_SESSIONS)],
        minutes=45,
    )
    brief = brief_of(case, shelf.cards)
    goal = brief.goals[0].id
    about, ranked = cards_about(judged.need, fits), [fit.card for fit in fits]
    brief = brief.model_copy(
        update={
            "arc_stage": shelf.arc.stage(brief.stage),
            "cards": tuple(ranked),
            "about": frozenset((goal, card_id) for card_id in about),
            "near": frozenset((goal, card_id) for card_id in cards_near(fits)),
        }
    )
    relevant = {card_id: gain for card_id, gain in judged.cards.items() if card_id in shelf.offered}
    items = plan_agenda(brief, at=NOW).items
    placed = [item.card_id for item in items if item.block in TAUGHT and item.goal_id]
    rankings = (_offerable(shelf, ranked), [theme.card_id for theme in offer_themes(brief, ())], placed)
    quality = [ndcg(ranking, relevant) for ranking in rankings]
    shares = [[card_id in relevant for card_id in cards] for cards in (placed, about & shelf.offered)]
    return [
        *(np.nan if value is None else value for value in quality),
        *(float(np.mean(share)) if share else np.nan for share in shares),
    ]


def _offerable(shelf: Shelf, cards: Sequence[Card]) -> list[str]:
    return [card.id for card in cards if card.id in shelf.offered]


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description="What judged needs are worth for needs by authors not met before.")
    asked.add_argument("--reader", type=Path, required=True, help="fitted without these authors")
    asked.add_argument("--authors", required=True)
    given = asked.parse_args()
    place = models_dir() / "embeddings"
    shelf, adapter = Shelf(OnnxEmbedder(place)), load(given.reader)
    reader = CardReader(adapter, OnnxEmbedder(place, adapter.corrections), Kept())
    asked_for = [one for one in load_needs(knowledge_dir()) if one.author in set(given.authors)]
    needs = [one for one in asked_for if one.language == "en"]
    tenth = np.random.default_rng(0).permutation(len(needs)) % TENTHS
    print(f"{len(needs)} needs; {shelf.embedder.model_id}")
    print(f"{'':20}" + "".join(f"{name:<16}" for name in MEASURES))
    for name, one in (("wordings alone", None), ("with the reader", reader)):
        rows, judged = measured(shelf, one, needs)
        spread = np.std([np.nanmean(rows[tenth == k], axis=0) for k in range(TENTHS)], axis=0)
        told = [f"{mean:.3f} ±{s:.3f}" for mean, s in zip(np.nanmean(rows, axis=0), spread, strict=True)]
        print(f"{name:20}" + "".join(f"{text:<16}" for text in told), flush=True)
    for language in sorted(LANGUAGES - {"en"}):
        others = [one for one in asked_for if one.language == language]
        for name, one in (("wordings alone", None), ("with the reader", reader)):
            means = np.nanmean(measured(shelf, one, others)[0], axis=0)
            print(f"{language}, {name:16}" + "".join(f"{mean:<16.3f}" for mean in means), flush=True)
    print(f"\n{'relevance':20}{'cards':<8}{'grade':<8}useful")
    for low in np.arange(0.0, 1.0, 0.1):
        grades = judged[(judged[:, 0] >= low) & (judged[:, 0] < low + 0.1), 1]
        print(f"{low:.1f} to {low + 0.1:.1f}{'':10}{len(grades):<8}{grades.mean():<8.2f}{(grades > 0.5).mean():.2f}")


class Kept:
    """A cache of vectors that forgets."""

    def load(self, model_id: str, digests: Sequence[str]) -> dict[str, bytes]:
        """Nothing."""
        return {}

    def save(self, model_id: str, rows: Mapping[str, bytes]) -> None:
        """Not needed here."""

    def keep_only(self, digests: Collection[str]) -> int:
        """There is nothing to delete."""
        return 0


if __name__ == "__main__":
    main()
