"""The words by which a statement in a rehearsal is read: a moment, something done, what came of it.

All of them look at one sentence with its short forms written out.
"""

from __future__ import annotations

import re

from companion.domain.practice_words import any_of

_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|"
    r"winter)"
)
_MEETING = (
    r"(?:meeting|session|call|review|demo|workshop|kick-?off|town[- ]?hall|stand-?up|retro|retrospective|presentation|"
    r"all-hands|offsite|interview|sync|round|board|conference|talk|pitch|lunch|breakfast|dinner|visit|party|event|"
    r"training|mail|e-?mail|message|post|speech|letter|newsletter|chat)"
)
WHEN = any_of(
    rf"""
    (?:on |last |this )?{_DAY}(?:'s)?(?: (?:morning|afternoon|evening|night))?
    (?:in |last |this )+{_MONTH}
    (?:the day before )?yesterday(?:'s)?
    this (?:morning|afternoon|week|month|year|quarter)(?:'s)?
    (?:earlier )?today
    the other day
    (?:the )?last time (?:i|we|you|the)
    in the (?:spring|summer|autumn|winter)
    last (?:week|month|night|year|time|quarter)(?:'s)?
    \w+ (?:days?|weeks?|months?|hours?) ago
    on the \d{{1,2}}(?:st|nd|rd|th)?
    on (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}
    on {_MONTH} \d{{1,2}}
    (?:in|at|during|after|before) (?:the|our|your|my|that|this)(?: \w+){{0,3}} {_MEETING}
    (?:in|during) (?:the|our) last (?:\w+ )?{_MEETING}s
    at {_MEETING}
    in {_DAY}'s \w+
    the {_DAY} before last
    on my (?:\w+ )?day
    my first (?:day|week|month|year)
    """
)
"""A moment that has passed, or may have."""
COMING = any_of(
    r"""
    next
    by
    until
    tomorrow
    from now
    this coming
    """
)
FOR_EXAMPLE = any_of(
    r"""
    for example
    for instance
    an example
    to give you one case
    """
)
_HAPPENED = "\\w+ed|sent|met|spoke|said|came|went|told|gave|showed|wrote|took|left|made|had|got|began|read"
ACTED = any_of(rf"(?<!that is )when (?:i|we|you|he|she|they|the \w+|a \w+) (?:\w+ )?(?:{_HAPPENED})")
"""A moment named by what happened in it."""
PAST = any_of(
    r"""
    was|were|had|did|went|said|told|came|took|gave|got|made|left|lay|cut|saw|sent|met|wrote|spoke|read|kept|put|sat
    stood|heard|found|lost|felt|began|asked|could not|rang|ran|brought|bought|thought|knew|understood|forgot|held|led
    let|fell|broke|built|chose|drew|drove|paid|showed|shut|slept|spent|stuck|taught|threw|woke|won
    (?!(?:need|speed|feed|indeed|bed|red|shed|embed|exceed|proceed|succeed)\b)\w{2,}ed
    """
)
_OTHERS = (
    r"(?:we|they|people|colleagues|interns?|others|both|(?:the|my|our) team|\w+ of (?:us|them|my team)|two people)"
)
_ILL = (
    "quiet|small|useless|foolish|invisible|ashamed|afraid|ignored|confused|stupid|lost|left out|embarrassed|proud|"
    "relieved"
)
IMPACT = any_of(
    rf"""
    after that
    because of (?:that|this|it)
    (?:ever )?since then
    ever since
    as a result
    the (?:effect|result|consequence)
    what (?:it|this|that) led to
    (?:it|that|this|which) (?:led|leads) to
    (?:it|that|this|which) cost
    (?:it|that|this|which) (?:made|makes|left|leaves) (?:me|us|the|people|them|everybody|everyone|two|three|some)
    (?:i|we|they|people|she|he|everybody) (?:\w+ )?(?:felt|feel|was|were|went|am|are) (?:\w+ )?(?:{_ILL})
    (?:did|built|made|worked on|sent|used) the wrong
    i (?:then |just )?(?:froze|gave up|(?:lost|lose) my thread|stopped)
    i (?:no longer|have not|did not|do not|now)\b.*\b(?:again|since|drafts?|ideas?|up|any ?more)
    did not dare
    just to be safe
    {_OTHERS} (?:\w+ ){{0,3}}?(?:stopped|gave up|lost|guessed|went quiet|built the wrong|worked on the wrong)
    {_OTHERS} (?:\w+ ){{0,3}}?(?:left|did not (?:ask|dare))
    {_OTHERS} now \w+
    we (?:\w+ )?(?:spent|wasted)\b.*\b(?:wrong|nothing|days?|hours?|weeks?|afternoon|morning)
    nobody (?:\w+ ){{0,2}}?(?:asked|said|spoke|answered|dared|tried|came|wrote|has|had answered)
    (?:have|has) not (?:\w+ ){{1,4}}?since
    (?:asked|told) (?:me|us) afterwards
    afterwards
    i never heard (?:back|anything|again)
    had to (?:redo|start again|do it again|wait|guess)
    (?:i|we|they|people) missed
    (?:and|so),? (?:so |then |now )?the (?:customer|supplier|client|team|order) \w+
    ^now (?:everyone|everybody|people|we|they|nobody)
    twice as (?:long|much)
    that is when (?:i|we|they)
    as a consequence
    told (?:me|us) (?:later|afterwards)
    """
)
"""What something led to; "nobody reads" is a habit, "nobody asked" came of something."""
_NOT_DONE = "always|never|often|usually|need|feed|were|had|asked|mentioned|talked|explained|wanted|needed|liked"
YOU_DID = re.compile(
    rf"(?<!did )(?<!if )(?<!when )\byou (?!(?:{_NOT_DONE})\b)(?:\w+ly |then |all )?(?:"
    r"took|gave|got|made|left|cut|saw|sent|met|wrote|spoke|read|kept|put|sat|stood|came|went|began|rang|brought|bought|"
    r"forgot|held|let|broke|chose|drew|showed|shut|threw|\w{3,}ed)\b",
    re.IGNORECASE,
)
"""Something the executive did once."""
MIND = re.compile(
    r"\b(?:wanted|thought|asked|read|heard|noticed|saw|meant|hoped|tried|said|told|mentioned|used|liked|worked|wondered|"
    r"learned|learnt|knew|expected|met)\b",
    re.IGNORECASE,
)
"""What people do that is no effect of anything."""
_NO_NAME = (
    "It|That|This|There|These|Those|Our|My|Your|His|Her|Their|Not|In|On|At|For|From|Because|But|And|So|If|As|All|You|"
    "What|When|How|Why|Please|Some|Most|Many|No"
)
_DID = r"has|had|was|did|told|went|left|said|came|gave|took|lost|cut|kept|sat|got|\w+ed"
"""What follows a name that acts; "Delete all" is no name."""
PEOPLE_ACT = re.compile(
    r"^(?:and |so |then |but |both times |in the end,? )*(?:i|we|they|she|he|nobody|no one|people|everybody|everyone|"
    r"\w+ (?:people|colleagues|of us|of them|others)|that is when i|"
    r"the (?:team|interns?|others|trainees?|analysts?|clients?|customers?|suppliers?)|"
    rf"(?-i:(?!(?:{_NO_NAME})\b)[A-Z][a-z]+)(?= (?:{_DID})\b))\b",
    re.IGNORECASE,
)
"""Somebody other than the executive is the one who acts."""
