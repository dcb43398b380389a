"""The loader refuses what is wrong and says where; the shipped cards keep what they promise."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from companion.domain.cards import MAX_QUESTION_CHARS, MAX_WHY_CHARS, Block, Card, Slot, Stage, Topic, mentor_steps
from companion.domain.cards import slots_of as slots
from companion.errors import InvalidInput
from companion.paths import knowledge_dir
from companion.search.cards import load_cards, read_card

FRONT = """\
id = "RM-017"
title = "Ask before you tell"
topic = "speaking_up"
stages = ["curiosity", "practice"]
blocks = ["explore"]
when_to_use = "As the first piece of content."
minutes = { min = 5, usual = 10, max = 40 }
questions = ['You wrote: "{goal}". What have you tried so far?']
why = "You skip what you already know."
grade = "C"
do_not_say = "Do not quiz."

[[sources]]
title = "Somebody: an article"
year = 2023
n = 12
"""
BODY = """\
## What the mentor does

- Ask, **then** wait.
- Say back what
  you heard.

## Why it works

Because it does.
"""
NAME = "RM-017-ask-before-you-tell.md"


def write(directory: Path, front: str = FRONT, body: str = BODY, name: str = NAME) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(f"+++\n{front}+++\n\n{body}", encoding="utf-8")
    return path


def refusal(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        load_cards(path.parent)
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


class TestReading:
    def test_fields_sections_and_steps(self, tmp_path: Path) -> None:
        (card,) = load_cards(write(tmp_path).parent)
        assert card.id == "RM-017"
        assert card.sources[0].n == 12
        assert [heading for heading, _ in card.sections] == ["What the mentor does", "Why it works"]
        assert card.section("Why it works") == "Because it does."
        assert mentor_steps(card) == ("Ask, then wait.", "Say back what you heard.")
        assert [p.id for p in card.passages()] == ["RM-017#what-the-mentor-does", "RM-017#why-it-works"]

    def test_windows_line_ends_and_byte_order_mark(self, tmp_path: Path) -> None:
        path = write(tmp_path)
        plain = read_card(path)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert read_card(path) == plain

    def test_smaller_headings_stay_in_their_section(self, tmp_path: Path) -> None:
        card = read_card(write(tmp_path, body=BODY + "\n### A detail\n\nMore.\n"))
        assert "### A detail" in (card.section("Why it works") or "")

    def test_later_directories_override_by_id_and_the_order_is_by_id(self, tmp_path: Path) -> None:
        write(tmp_path / "shipped")
        write(tmp_path / "shipped", FRONT.replace("RM-017", "RM-003"), name="RM-003-early.md")
        write(tmp_path / "own", FRONT.replace("Ask before you tell", "Ask first, always"), name="RM-017-ours.md")
        cards = load_cards(tmp_path / "shipped", tmp_path / "own")
        assert [(card.id, card.title) for card in cards] == [
            ("RM-003", "Ask before you tell"),
            ("RM-017", "Ask first, always"),
        ]

    def test_an_empty_own_directory_is_fine_and_readme_and_hidden_files_are_no_cards(self, tmp_path: Path) -> None:
        write(tmp_path / "shipped")
        (tmp_path / "shipped" / "README.md").write_text("How to write a card")
        (tmp_path / "shipped" / "._RM-017-x.md").write_text("left by a file manager")
        (tmp_path / "own").mkdir()
        assert len(load_cards(tmp_path / "shipped", tmp_path / "own")) == 1

    def test_a_reference_may_point_into_another_directory(self, tmp_path: Path) -> None:
        write(tmp_path / "shipped")
        front = FRONT.replace("RM-017", "RM-020").replace("grade =", 'contradicted_by = ["RM-017"]\ngrade =')
        write(tmp_path / "own", front, name="RM-020-other.md")
        assert len(load_cards(tmp_path / "shipped", tmp_path / "own")) == 2


class TestRefusing:
    """Every refusal names the file; where it is known, also the line and the field."""

    @pytest.mark.parametrize(
        ("old", "new", "line", "field", "reason"),
        [
            ('grade = "C"', 'grade = "E"', 11, "grade", "'A', 'B', 'C' or 'D'"),
            ('topic = "speaking_up"', 'topic = "weather"', 4, "topic", "foundations"),
            ('stages = ["curiosity", "practice"]', 'stages = ["curiosity", "finale"]', 5, "stages.2", "contract"),
            ('why = "You skip what you already know."\n', "", None, "", "why"),
            ('do_not_say = "Do not quiz."\n', "", None, "do_not_say", "missing"),
            ("{goal}", "{gaol}", 9, "questions", "{gaol}"),
            ("tried so far?", "tried so far.", 9, "questions", "end with '?'"),
            ("You skip what you already know.", "x" * 161, 10, "why", "at most 160 characters"),
            ("min = 5, usual = 10", "min = 15, usual = 10", 8, "minutes", "min <= usual <= max"),
            ("usual = 10", "usual = 10, about = 3", 8, "minutes.about", "no such field"),
            ('grade = "C"', 'grade = "C"\nmood = "cheerful"', 12, "mood", "no such field"),
            ("year = 2023", "year = 1023", 16, "sources.1.year", "1950"),
            ("n = 12", "pages = 12", 17, "sources.1.pages", "no such field"),
            ('grade = "C"', 'grade = "C', 11, "", "not valid TOML"),
            ('grade = "C"', 'grade = "C"\ngrade = "D"', 12, "", "not valid TOML"),
            ('grade = "C"', 'grade = "C"\nsections = []', 12, "sections", "not written in the front matter"),
            ('id = "RM-017"', 'id = "RM-17"', 2, "id", "pattern"),
            ('id = "RM-017"', 'id = "RM-018"', 2, "id", "does not match the file's name"),
            ('grade = "C"', 'grade = "C"\ncontradicted_by = ["RM-099"]', 12, "contradicted_by", "no card RM-099"),
            ('grade = "C"', 'grade = "C"\ncontradicted_by = ["RM-017"]', 12, "contradicted_by", "contradict itself"),
        ],
    )
    def test_front_matter(self, tmp_path: Path, old: str, new: str, line: int | None, field: str, reason: str) -> None:
        assert old in FRONT
        message = refusal(write(tmp_path, FRONT.replace(old, new, 1))).message
        assert reason in message
        if line is not None:
            assert f", line {line}" in message
        if field:
            assert f"field {field}" in message

    @pytest.mark.parametrize(
        ("body", "line", "reason"),
        [
            (BODY.replace("- ", ""), 20, "holds no list"),
            ("Some words.\n\n" + BODY, 20, "text before the first heading"),
            (BODY + "\n## Why it works\n\nAgain.\n", 30, "repeats line 26"),
            (BODY + "\n## why it works!\n\nAgain.\n", 30, "repeats line 26"),
            (BODY + "\n##  \n\nAgain.\n", 30, "heading is empty"),
            (BODY + "\n## Nothing here\n\n", 30, "'Nothing here' is empty"),
            ("## Why it works\n\nBecause.\n", None, "## What the mentor does"),
        ],
    )
    def test_body(self, tmp_path: Path, body: str, line: int | None, reason: str) -> None:
        message = refusal(write(tmp_path, body=body)).message
        assert reason in message
        if line is not None:
            assert f", line {line}, field sections" in message

    def test_a_field_in_the_second_source_is_found_at_the_second_source(self, tmp_path: Path) -> None:
        front = FRONT + '\n[[sources]]\ntitle = "Another"\nyear = "soon"\n'
        message = refusal(write(tmp_path, front)).message
        assert "field sources.2.year" in message
        assert ", line 21" in message

    def test_further_problems_are_counted(self, tmp_path: Path) -> None:
        front = FRONT.replace('"C"', '"E"').replace('"speaking_up"', '"weather"').replace("Do not quiz.", "No.")
        assert "and 2 more problems in this card" in refusal(write(tmp_path, front)).message

    def test_two_cards_with_one_id(self, tmp_path: Path) -> None:
        write(tmp_path)
        message = refusal(write(tmp_path, name="RM-017-the-same-again.md")).message
        assert "field id" in message
        assert NAME in message

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b"# A heading\n", "must open with a line +++"),
            (b'+++\nid = "RM-017"\n', "never closed"),
            (b"+++\nid = 'RM-017'\ntitle = 'caf\xe9'\n+++\n", "line 3: the text is not UTF-8"),
        ],
    )
    def test_whole_file(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / NAME
        path.write_bytes(content)
        assert reason in refusal(path).message

    @pytest.mark.parametrize("name", ["ask-before-you-tell.md", "RM-017.md", "RM-017_ask.md", "rm-017-ask.md"])
    def test_file_names_begin_with_the_id(self, tmp_path: Path, name: str) -> None:
        assert "field id" in refusal(write(tmp_path, name=name)).message

    def test_a_card_that_cannot_be_read(self, tmp_path: Path) -> None:
        path = tmp_path / NAME
        path.mkdir()
        assert "cannot be read" in refusal(path).message

    def test_a_directory_that_is_not_there_and_one_without_cards(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="nowhere"):
            load_cards(tmp_path / "nowhere")
        with pytest.raises(InvalidInput, match="No practice cards"):
            load_cards(tmp_path)


SHIPPED = load_cards(knowledge_dir())
RUNNABLE = tuple(card for card in SHIPPED if card.blocks)
LONG_GOAL = "understand why our newest colleagues leave all internal channels unread"[:70]
FILLED = {
    Slot.GOAL: LONG_GOAL,
    Slot.COMMITMENT: "sit in on the Lyon team's stand-up before the end of the month, listening"[:70],
    Slot.MENTOR: "Maximiliane",
    Slot.EXECUTIVE: "Bartholomew",
    Slot.OFFER: "moved the Lyon team from mail to chat, 140 people, over the summer of 2024"[:70],
    Slot.GAIN: "see how the yearly budget is decided and which arguments count in the end"[:70],
}
SHELVES = {
    Topic.FOUNDATIONS: range(1, 10),
    Topic.CONTRACT: range(10, 17),
    Topic.SPEAKING_UP: range(17, 30),
    Topic.LISTENING: range(30, 40),
    Topic.RISK: range(40, 50),
    Topic.TOPICS: range(50, 60),
    Topic.MEASURING: range(60, 70),
}
STARTER_IDS = [
    *range(1, 7),
    *range(10, 16),
    *range(17, 26),
    *range(30, 36),
    *range(40, 47),
    *range(50, 58),
    *range(60, 65),
]
STEREOTYPES = re.compile(
    r"\b(gen(eration)?[ -][xyz]|millennials?|boomers?|digital natives?|tech-savvy|your generation|generation gap|"
    r"(older|younger|young|old) (people|workers?|employees?|colleagues?|staff|generations?|leaders?|executives?)|"
    r"people (of )?your age|kids|at your age)\b",
    re.IGNORECASE,
)


def fill(template: str) -> str:
    return template.format(**{slot.value: text for slot, text in FILLED.items()})


def authored(card: Card) -> str:
    """Everything in our own words; the titles of sources are not."""
    return "\n".join(
        (
            *(card.title, card.when_to_use, card.why or "", card.do_not_say, *card.questions, *card.contradicted_by),
            *(f"{heading}\n{text}" for heading, text in card.sections),
        )
    )


def each(cards: tuple[Card, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("card", cards, ids=lambda card: card.id)


class TestShippedCards:
    def test_the_starter_set_is_complete_and_ids_lie_on_their_shelf(self) -> None:
        numbers = [int(card.id.removeprefix("RM-")) for card in SHIPPED]
        assert set(STARTER_IDS) <= set(numbers)
        assert len(numbers) == len(set(numbers))
        for card, number in zip(SHIPPED, numbers, strict=True):
            assert number in SHELVES[card.topic], card.id

    @pytest.mark.parametrize(
        ("block", "least"),
        [
            (Block.CHECK_IN, 4),
            (Block.CARRY_OVER, 2),
            (Block.EXPLORE, 12),
            (Block.PRACTICE, 8),
            (Block.REVERSE_ASK, 3),
            (Block.COMMIT, 4),
        ],
    )
    def test_there_is_a_choice_for_every_block(self, block: Block, least: int) -> None:
        assert sum(block in card.blocks for card in SHIPPED) >= least

    def test_an_agenda_can_be_built_in_every_stage_without_repeating_a_card(self) -> None:
        """Two per block, three for the parts that carry the session."""
        choice = Counter((stage, block) for card in SHIPPED for stage in card.stages for block in card.blocks)
        for stage in Stage:
            # The executive's own question is theirs: no card fills its part.
            for block in set(Block) - {Block.OWN_QUESTION}:
                least = 3 if block in (Block.EXPLORE, Block.PRACTICE) else 2
                assert choice[stage, block] >= least, (stage, block)

    def test_the_contract_stage_covers_what_has_to_be_agreed(self) -> None:
        contract = {
            card.id
            for card in SHIPPED
            if Stage.CONTRACT in card.stages and {Block.EXPLORE, Block.PRACTICE} & set(card.blocks)
        }
        assert {"RM-010", "RM-011", "RM-012", "RM-013", "RM-014"} <= contract

    def test_every_theme_can_be_offered(self) -> None:
        for card in SHIPPED:
            if card.topic is Topic.TOPICS:
                assert {Block.EXPLORE, Block.PRACTICE} & set(card.blocks), card.id

    def test_cards_that_are_only_read_exist(self) -> None:
        assert sum(not card.blocks for card in SHIPPED) >= 10

    @each(RUNNABLE)
    def test_minutes_fit_the_blocks(self, card: Card) -> None:
        assert card.minutes is not None
        shortest = {block: 5 if block in (Block.EXPLORE, Block.PRACTICE) else 2 for block in Block}
        longest = {block: 60 if block in (Block.EXPLORE, Block.PRACTICE) else 10 for block in Block}
        longest[Block.REVERSE_ASK] = 5
        for block in card.blocks:
            assert card.minutes.min >= shortest[block]
            assert card.minutes.max <= longest[block]
        if set(card.blocks) & {Block.CHECK_IN, Block.CARRY_OVER, Block.COMMIT, Block.REVERSE_ASK}:
            assert card.minutes.min <= 3

    def test_a_quarter_of_an_hour_is_enough_in_every_stage(self) -> None:
        parts = (Block.CHECK_IN, Block.EXPLORE, Block.COMMIT)
        for stage in Stage:
            shortest = [
                min(c.minutes.min for c in RUNNABLE if c.minutes and stage in c.stages and block in c.blocks)
                for block in parts
            ]
            assert sum(shortest) <= 15, stage

    @each(RUNNABLE)
    def test_questions_are_short_and_stand_alone(self, card: Card) -> None:
        assert 2 <= len(card.questions) <= 4
        for template in card.questions:
            filled = fill(template)
            assert len(filled) <= MAX_QUESTION_CHARS, filled
            assert filled[0].isupper() or filled.startswith('"'), filled
        always_known = {Slot.GOAL, Slot.MENTOR, Slot.EXECUTIVE}
        if Block.CARRY_OVER in card.blocks:
            always_known.add(Slot.COMMITMENT)
        assert slots(card.questions[0]) <= always_known, "the fallback may only use what is always known"

    @each(RUNNABLE)
    def test_stated_texts_are_quoted_because_they_may_be_nouns_or_verbs(self, card: Card) -> None:
        for template in card.questions:
            for slot in slots(template) - {Slot.MENTOR, Slot.EXECUTIVE}:
                assert f'"{{{slot.value}}}"' in template

    def test_goals_are_led_in_so_that_both_a_noun_and_a_verb_read_well(self) -> None:
        lead_in = re.compile(
            r'^(You wrote: |Back to |Take |Thinking of |We began with )"\{goal\}"|[Ww]ith "\{goal\}" in mind'
        )
        for card in SHIPPED:
            for template in card.questions:
                assert Slot.GOAL not in slots(template) or lead_in.search(template), template

    @each(RUNNABLE)
    def test_why_is_one_short_sentence(self, card: Card) -> None:
        assert card.why is not None
        assert not slots(card.why)
        assert len(card.why) <= MAX_WHY_CHARS
        assert card.why.endswith(".")
        assert not re.search(r"[.!?] [A-Z]", card.why)

    @each(RUNNABLE)
    def test_two_to_five_steps_of_one_line(self, card: Card) -> None:
        steps = mentor_steps(card)
        assert 2 <= len(steps) <= 5
        assert all(len(step) <= 110 for step in steps)

    def test_carry_over_cards_ask_about_the_commitment(self) -> None:
        for card in SHIPPED:
            if Block.CARRY_OVER in card.blocks:
                assert all(Slot.COMMITMENT in slots(template) for template in card.questions), card.id

    def test_goals_are_asked_about_in_every_stage(self) -> None:
        for stage in Stage:
            explore = [c for c in SHIPPED if stage in c.stages and Block.EXPLORE in c.blocks]
            assert sum(Slot.GOAL in slots(c.questions[0]) for c in explore) >= 2, stage

    @each(SHIPPED)
    def test_house_style(self, card: Card) -> None:
        text = authored(card)
        assert not STEREOTYPES.search(text)
        assert not re.search(r"\b(behavior|organiz\w+|recogniz\w+|color|favor\w*|program)\b", text), "British spelling"
        assert "mentee" not in text.lower(), "the reader's word is executive"

    def test_nobody_reads_the_same_thing_twice(self) -> None:
        for texts in (
            [card.title for card in SHIPPED],
            [q for card in SHIPPED for q in card.questions],
            [card.why for card in RUNNABLE],
            [step for card in SHIPPED for step in mentor_steps(card)],
            [sentence for card in SHIPPED for _, sentence in card.sections],
        ):
            assert [text for text, times in Counter(texts).items() if times > 1] == []

    @each(SHIPPED)
    def test_our_own_and_unsourced_material_never_gets_a_good_grade(self, card: Card) -> None:
        unsourced = re.compile(r"our own proposal|blog|collected web page", re.IGNORECASE)
        if all(unsourced.search(f"{source.title} {source.where}") for source in card.sources):
            assert card.grade.value in "CD"

    def test_where_sources_disagree_the_card_says_so(self) -> None:
        by_id = {card.id: card for card in SHIPPED}
        assert any("1999" in text for text in by_id["RM-001"].contradicted_by)
        assert len(by_id["RM-013"].contradicted_by) >= 2
        assert by_id["RM-050"].contradicted_by

    def test_lived_experience_is_opt_in(self) -> None:
        card = next(card for card in SHIPPED if card.id == "RM-054")
        assert "only when the mentor has chosen" in card.when_to_use.lower()
