"""One person taken out of what others wrote: the name goes however it is written, everything else stays."""

import pytest
from factories import a_mentor, a_proposal, an_executive

from companion.domain.forgetting import FORMER, REMOVED, SHORT, Forgetting, texts_in
from companion.domain.matching import Band, MatchProposal, RunnerUp

AMIRA = a_mentor()
LAURENT = an_executive(
    "N-0102", email="laurent.petit@example.org", need=["understand why juniors ignore our internal channels", "AI"]
)


def forgetting(*others: object, stated: tuple[str, ...] = ()) -> Forgetting:
    return Forgetting(LAURENT, [AMIRA, LAURENT, *others], stated)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Laurent said so", f"{FORMER} said so"),
        ("send it to Petit, Laurent", f"send it to {FORMER}"),
        ("L. Petit's budget", f"{FORMER}'s budget"),
        ("ask laurent.petit@example.org (N-0102)", f"ask {FORMER} ({FORMER})"),
        ("Lаurent in Cyrillic and LAURENT", f"{FORMER} in Cyrillic and {FORMER}"),
        ("Laurant, with a slip", f"{FORMER}, with a slip"),
        ("he will UNDERSTAND why juniors\nignore our internal channels.", f"he will {REMOVED}."),
        ("Amira uses AI in small steps", "Amira uses AI in small steps"),
        ("[/]x <script>petit four</script> \u202eevil", "[/]x <script>petit four</script> \u202eevil"),
        ("", ""),
    ],
)
def test_a_text_loses_the_person_and_nothing_else(text: str, cleaned: str) -> None:
    assert forgetting().clean(text) == cleaned


def test_what_others_wrote_about_themselves_in_the_same_words_stays() -> None:
    also = an_executive("N-0200", name="Jo Grand", need=["Understand why juniors ignore our internal channels."])
    said = "understand why juniors ignore our internal channels"
    assert forgetting(also).clean(said) == said
    one = Forgetting(LAURENT, [AMIRA], ["sit in on a stand-up", "talk to the board"], ["Sit in on a stand-up"])
    assert one.clean("sit in on a stand-up") == "sit in on a stand-up"
    assert one.clean("talk to the board") == REMOVED


def test_a_name_that_others_have_stays_where_it_may_be_theirs() -> None:
    other = an_executive("N-0200", name="Laurent Grand")
    one = forgetting(other)
    assert one.clean("Laurent said so, and Laurent Petit too") == f"Laurent said so, and {FORMER} too"
    assert one.namesakes == 1
    assert one.clean("Laurent said so", shared=True) == f"{FORMER} said so"
    assert one.clean("Laurent Grand said so", shared=True) == "Laurent Grand said so"
    assert one.concerns("Laurent said so")


def test_a_body_keeps_its_shape_whatever_somebody_is_called() -> None:
    """Codes in a body are not prose, also for somebody whose name is one of them."""
    strong = an_executive("e9", name="Strong Card")
    body = a_proposal(
        runner_up=RunnerUp(mentor_id="e9", band=Band.STRONG, total=0.5, note="Strong Card comes next."),
        missing=("Strong Card would know.",),
    ).model_dump(mode="json")
    cleaned = Forgetting(strong, [strong, AMIRA]).clean_body(body)
    proposal = MatchProposal.model_validate(cleaned)
    assert (proposal.band, proposal.runner_up) == (Band.STRONG, None)
    assert proposal.missing == (f"{FORMER} would know.",)


def test_entries_about_the_person_leave_a_list() -> None:
    body = {"unmatched": [{"person_id": "N-0102", "reasons": ["x"]}, {"person_id": "m1", "reasons": ["N-0102 left"]}]}
    body |= {"pairs": [["N-0102", "m1"], ["e2", "m1"]], "mentor": "N-0102"}
    assert forgetting().clean_body(body) == {
        "unmatched": [{"person_id": "m1", "reasons": [f"{FORMER} left"]}],
        "pairs": [["e2", "m1"]],
        "mentor": FORMER,
    }


def test_a_request_is_read_as_its_model_would_read_it() -> None:
    one = forgetting()
    assert one.concerns_bytes(b'{"a": [{"content": "Laur\\u0065nt"}]}')
    assert one.concerns_bytes("Laurent".encode("utf-16"))
    assert not one.concerns_bytes(b'{"a": ["nobody", 1, null]}')
    assert list(texts_in(b"[" * 100_000)) == ["[" * 100_000]


def test_ten_thousand_characters_are_read_in_one_go() -> None:
    text = "word 🙂 " * 1500 + "Laurent"
    assert forgetting().clean(text) == text.replace("Laurent", SHORT)


def test_a_name_is_found_where_words_have_no_blanks_between_them() -> None:
    person = an_executive("e7", name="李 小龙")
    assert Forgetting(person, [AMIRA]).clean("我和李小龙说过 (e7)") == f"我和{FORMER}说过 ({FORMER})"


def test_a_text_never_outgrows_what_may_be_kept() -> None:
    full = "Laurent " * 37
    assert forgetting().clean(full) == f"{SHORT} " * 37
    assert forgetting().clean("Laurent, Laurent") == f"{FORMER}, {FORMER}"
