"""What judged needs are worth for needs that nobody taught: found, offered and placed cards, over ten folds.

    python tests/evals/unseen_needs.py [--model FOLDER]

Every need of `knowledge/needs.jsonl` is asked once, of an index that learned from the other nine folds, and prepared as
a session of 45 minutes in one of four stages; above it stands the same without judged needs, and ± is the spread among
folds. The last lines teach with one half of the file and ask the other: the halves were written by different authors,
so they show whether what is learned is more than one author's way to judge. Only cards that can be offered count.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from companion.domain.agenda_plan import plan_agenda
from companion.domain.arc import Arc
from companion.domain.card_fit import CardFit, cards_about, cards_near
from companion.domain.cards import Card, Topic
from companion.domain.themes import TAUGHT, offer_themes
from companion.evaluation.agenda_scorers import ndcg
from companion.evaluation.cases import AgendaCase, CasePerson
from companion.evaluation.pairs import NOW, brief_of
from companion.paths import Home, knowledge_dir, models_dir
from companion.ports import Embedder
from companion.programme_file.arc_file import load as load_arc
from companion.search.card_fits import CardTexts
from companion.search.cards import load_cards
from companion.search.needs import NOTHING_JUDGED, JudgedNeed, JudgedNeeds, load_needs

FOLDS = 10
MEASURES = ("found", "offered", "placed", "placed right", "about right")
_SESSIONS = (2, 3, 4, 5)


class Shelf:
    """The cards that ship, and a vector for every text that is asked twice."""

    def __init__(self, embedder: Embedder) -> None:
        self.cards = [card for card in load_cards(knowledge_dir()) if card.blocks and not card.opt_in]
        taught = [card for card in self.cards if TAUGHT & set(card.blocks) and card.topic is not Topic.CONTRACT]
        self.offered = frozenset(card.id for card in taught)
        self.arc: Arc = load_arc(Home(knowledge_dir() / "no home"))
        self.embedder = embedder
        self._known: dict[str, object] = {}

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """A row per text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(missing, self.embedder.embed(missing), strict=True))
        return np.array([self._known[text] for text in texts]).reshape(-1, self.embedder.dimension)


def measured(shelf: Shelf, teaching: Sequence[JudgedNeed], asking: Sequence[tuple[int, JudgedNeed]]) -> np.ndarray:
    """A row per need asked, a column per measure, NaN where one does not apply."""
    ids = frozenset(card.id for card in shelf.cards)
    texts = CardTexts(shelf.cards, JudgedNeeds(tuple(teaching), ids) if teaching else NOTHING_JUDGED)
    texts.learn(shelf.embedder.model_id, shelf.vectors, None)
    return np.array([_scores(shelf, n, one, texts.fits(one.need, [], shelf.vectors([one.need]))) for n, one in asking])


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


def _embedder(folder: str) -> Embedder:
    if folder:
        from companion.search.embedder import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(folder)
    from companion.search.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder(models_dir() / "embeddings")


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description="What judged needs are worth for needs that nobody taught.")
    asked.add_argument("--model", default="", help="a sentence-transformers folder in place of the default model")
    shelf = Shelf(_embedder(asked.parse_args().model))
    needs = load_needs(knowledge_dir(), ()).needs
    numbered = list(enumerate(needs))
    fold = np.random.default_rng(0).permutation(len(needs)) % FOLDS
    half = len(needs) // 2
    print(f"{len(needs)} needs; {shelf.embedder.model_id}")
    print(f"{'':24}" + "".join(f"{name:<16}" for name in MEASURES))

    def row(name: str, folds: Sequence[np.ndarray]) -> None:
        means = np.nanmean(np.vstack(folds), axis=0)
        spread = np.std([np.nanmean(one, axis=0) for one in folds], axis=0)
        told = [
            f"{mean:.3f} ±{s:.3f}" if len(folds) > 1 else f"{mean:.3f}" for mean, s in zip(means, spread, strict=True)
        ]
        print(f"{name:24}" + "".join(f"{one:<16}" for one in told), flush=True)

    row("wordings alone", [measured(shelf, (), [numbered[n] for n in np.where(fold == k)[0]]) for k in range(FOLDS)])
    folds = []
    for k in range(FOLDS):
        teaching = [needs[n] for n in np.where(fold != k)[0]]
        folds.append(measured(shelf, teaching, [numbered[n] for n in np.where(fold == k)[0]]))
    row(f"{FOLDS} folds", folds)
    row("first half teaches", [measured(shelf, needs[:half], numbered[half:])])
    row("second half teaches", [measured(shelf, needs[half:], numbered[:half])])


if __name__ == "__main__":
    main()
