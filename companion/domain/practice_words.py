"""The words by which a mentor's turn in a rehearsal is read, one wording a line.

All but `STEPS_OUT` and `STAGE_SILENCE` look at one sentence with its short forms written out ("you are", "did not").
"""

from __future__ import annotations

import re

from companion.domain.words import word_set


def any_of(wordings: str) -> re.Pattern[str]:
    """Any of the lines, as whole words; a line may be a pattern."""
    lines = "|".join(line.strip() for line in wordings.strip().splitlines())
    return re.compile(rf"(?<!\w)(?:{lines})(?!\w)", re.IGNORECASE)


_SHORT_FORMS = (
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'m\b", " am"),
    (r"'d\b", " would"),
    (r"\blet's\b", "let us"),
    (r"\b(it|that|this|what|who|where|how|there|he|she)'s\b", r"\1 is"),
)


def spelled_out(text: str) -> str:
    """``You're right, I didn't`` -> ``You are right, I did not``"""
    text = text.replace("’", "'")
    for short, full in _SHORT_FORMS:
        text = re.sub(short, full, text, flags=re.IGNORECASE)
    return text


_SOFTENERS = re.compile(
    r"\b(?:just|really|simply|maybe|perhaps|actually|basically|kind of|sort of|somehow|quickly|even)\b,? ?",
    re.IGNORECASE,
)
_OPENERS = re.compile(
    r"^(?:(?:so|um+|uh+|well|okay|ok|right|hm+|honestly|frankly|and|but|no|yes|yeah|oh|look|listen|lol|"
    r"you know what|i mean|to be honest|i guess|then|anyway)\b[, .…-]*)+(?=\w)",
    re.IGNORECASE,
)


def bare(sentence: str) -> str:
    """A sentence without what only softens or opens it: ``So, um, could you maybe wait?`` -> ``could you wait?``"""
    return _OPENERS.sub("", _SOFTENERS.sub("", sentence))


STEPS_OUT = re.compile(
    r"\b(?:ignore|disregard|forget|overrides?) (?:\w+ ){0,4}?(?:instructions?|rules?|role|prompt|above|archetypes?|"
    r"yours)\b|"
    r"\bi ?g ?n ?o ?r ?e {1,3}a ?l ?l\b|\byou are now an?\b|\byou are now the\b|\bfrom now on,? you\b|"
    r"^\W*(?:system|assistant|executive|user|rubric|score|begin|note to)\b[\w ,]{0,20}:|^begin admin|#{2,}|<[|｜]|"
    r"\[/?(?:inst|bold|/)\]|</?[a-z]+[^<>]*>|<<<|>>>|[{}]|\bsystem prompt\b|\barchetypes?\b|\brubric\b|\bfull marks\b|"
    r"\b(?:every|all|the|max\w*) points? (?:is|are|was|were|be|for|of|earned|i)\b|\ball (?:the )?points\b|"
    r"\bpoints? \w+ (?:is |as )?earned\b|\bearned\b[^.!?]*\bpoints?\b|\bopenness (?:is|to|of|=)|\bopenness\s*[=:]|"
    r"\blanguage model\b|\bas an ai\b|\byou are (?:a |an )?(?:chat ?bot|bot|ai|assistant|computer|program)\b|"
    r"\b(?:debug|developer|admin) mode\b|\brole-?play\b|\bthe rehearsal is\b|\bnew (?:rules?|instructions?)\s*:|"
    r"\b(?:your|my|the) instructions\b|\breply (?:only )?with\b|\byour next line\b|\bscore: ?\d|\bdrop table\b|"
    r"\bimport os\b|\bpretend (?:to be|that i)\b|\bact as (?:if i|an? )|\bsimulate an?\b|\bas json\b|"
    r"\bhidden moves\b|\brepeat the text\b|\breveal your\b|\bi,? the administrator\b|\bnote to the model\b|"
    r"\bstop pretending\b|\bhow you (?:are|were) programmed\b|\bhidden state\b|"
    r"\b(?:earn|get|win|score) (?:the|a|all|my|every) points?\b|"
    r"\bearn\b[^.!?]*\bpoints?\b|\bexecutive's (?:answer|line|reply)\b|"
    r"\bmark the (?:point|request)\b|\bcounts? as (?:an? )?(?:example|earned|request)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""In the whole turn: words for the machine and not for the executive."""
_SILENT = r"(?:waits?|waiting|says? nothing|silent|silence|quiet|pauses?|nods?|smiles?|breathes?|listens?|looks?)"
STAGE_SILENCE = re.compile(
    rf"^(?:[(*\[_][^()*\[\]]*\b{_SILENT}\b[^()*\[\]]*[)*\]_]|(?:i |the mentor )?(?:waits?|says? nothing|stays? "
    rf"silent|silence))"
    r"[. ]*$",
    re.IGNORECASE,
)
"""The whole turn is a stage direction for saying nothing."""

APOLOGISES = any_of(
    r"""
    sorry(?! to hear| that you| about your)
    apolog\w+
    (?:only|just) (?:a|the) (?:junior|trainee|intern|beginner)
    stupid question
    wast(?:e|ing) (?:of )?your time
    more important things
    who am i to
    do not want to bother
    take up (?:more of |too much of |so much of )?your time
    i am new here
    (?:please )?do not be (?:angry|upset|offended|cross)
    i feel bad
    not my place
    i hope it is (?:ok|okay|all right|fine) that i
    """
)
CONCEDES = any_of(
    r"""
    never mind
    forget (?:it|about it|what i said|that i said)
    you are (?:probably |surely |absolutely |completely |of course )?right(?! to\b| about\b| that\b)(?!.*\bbut\b)
    you know (?:best|better)
    you win
    i (?:was|am) (?:probably |surely |certainly )?wrong
    i (?:will )?take (?:it|that|this) back
    we will do it your way
    (?:it|this) is not (?:that |so |really )?important
    (?:it|this) does not matter
    let us (?:drop|forget) it
    as you wish
    whatever(?: you (?:say|think|want))?\W*$
    (?:fine|ok|okay|alright),? whatever
    (?:it )?was only (?:a thought|an idea)
    it was (?:silly|stupid|wrong) of me
    i will (?:drop|leave|forget) it
    (?:too|over) sensitive
    let us move on
    forget i (?:asked|said)
    you are the boss
    i will leave (?:it|that)
    """
)
CLOSES = any_of(
    r"""
    good-?bye
    bye
    see you (?:next|on|then|soon|in|later|tomorrow)\b.*
    (?:let us|we can|we should|i will) (?:stop|end|finish|close|leave it) (?:here|there|at that|for today|now)
    i (?:have|need) to go
    i must go
    that is (?:all|it) (?:from (?:me|my side)|for today|for now)
    that is all i\b.*
    thank(?:s| you)(?: \w+){0,2} for (?:your time|the talk|the conversation|today|listening)
    have a (?:good|nice) (?:day|evening|weekend|week)
    let us not (?:do|talk about) (?:this|it|that) (?:today|now)
    let us (?:continue|talk|go on) (?:another time|next time|later)
    let you (?:get|go|leave)\b.*
    we are out of time
    pick (?:this|it) up (?:next|another|later|again)\b.*
    """
)
ATTACKS = any_of(
    r"""
    you are(?: \w+){0,4}? (?:arrogant|rude|lazy|stupid|selfish|incompetent|unprofessional|disrespectful|ignorant)
    you are(?: \w+){0,4}? (?:clueless|careless|hopeless|childish|toxic|bossy|patroni[sz]ing|condescending|unfair)
    you are(?: \w+){0,4}? (?:dishonest|useless|impossible|terrible|awful|horrible|ridiculous|pathetic|insensitive)
    you are(?: \w+){0,4}? (?:inconsiderate|out of touch|dismissive|aggressive|unreliable)
    you are(?: \w+){0,4}? (?:bully|snob|control freak|fraud|liar|idiot|fool|coward|hypocrite|joke)
    you are(?: \w+){0,4}? (?:bad|terrible|awful|poor|worst) (?:boss|leader|manager|listener)
    you (?:always|never) (?:listen|take|care|think|help|answer|read|come|interrupt|forget|say|talk|do|let|keep|change)
    you (?:always|never) (?:ask|show|understand|know|make|cancel|want)
    you (?:just |simply |really |obviously |clearly )?do not (?:even )?(?:care|listen|get it|respect|have a clue)
    idiots?
    morons?
    liars?
    hypocrites?
    shut up
    bullshit
    go to hell
    you suck
    how dare you
    what is wrong with you
    you will never (?:change|learn|understand|get it|listen)
    could not care less
    (?:are|is) clueless
    you people
    you (?:\w+ ){0,4}have no (?:idea|clue)
    """
)
SMALL_TALK = any_of(
    r"""
    weather
    (?:the|that) (?:match|game)
    football
    (?:your|the) (?:holidays?|weekend|vacation|kids|children|dog|cat|garden|car|flight|trip)
    skiing
    great coffee
    nice (?:office|view|tie|shoes|room)
    nice to (?:meet|see) you
    how are you
    how is (?:life|the family)
    ^(?:hi|hello|hey|good (?:morning|afternoon|evening))(?:,? \w+){0,3}\W*$
    raining
    rain
    snow
    sunny
    get home
    storm
    what a (?:view|day|room|office|coffee)
    """
)
RETURNS = any_of(
    r"""
    (?:minutes?|hour|time) (?:are |is )?(?:still )?left
    let me (?:stop|interrupt) you
    (?:get|come|go) to (?:the|my) (?:second|next|other|last|real|first) (?:point|thing|question)
    we (?:only )?have (?:only )?\w+ minutes
    (?:bring|come|go|get|take|lead) (?:us )?back to(?! (?:me|us|them|you)\b)
    ^(?:so,? )?back to
    stay with (?:the|what|that|this)
    (?:let us|can we|may i|could we) (?:return|stay)
    is the part (?:that )?i (?:need|want|came for)
    the (?:one )?thing i came for
    to return to
    may i (?:stop|interrupt|pause) you
    my (?:point|question) (?:is|was)
    finish my (?:point|sentence|thought|question)
    i would rather (?:stay|finish)
    i was (?:still )?talking about
    stick (?:to|with)
    sorry to (?:cut in|interrupt)
    """
)
PERMISSION = any_of(
    r"""
    (?<!if )(?:may|can|could|shall|should|might) i (?!have (?:been|done)|get wrong)\w+
    (?:do|would) you mind if i
    mind if i
    would you mind hearing
    would it be (?:all right|alright|ok|okay|fine|useful|helpful) if i
    is it (?:all right|alright|ok|okay|fine) (?:if|for me)
    are you (?:ok|okay|open|ready) (?:to hear|for|with me)
    (?:good|right) (?:moment|time) (?:to|for|if)
    would (?:now|this) be a good (?:moment|time)
    with your permission
    do you want (?:to hear|me to (?:tell|show|say)|(?:the|my) (?:honest|full|other|short)\b.*)
    would you like (?:to hear|me to (?:tell|show|say))
    if (?:that|it|this) is (?:fine|ok|okay|all right) (?:with|for) you
    open to hear(?:ing)?
    would it (?:help|be \w+) if i
    """
)
_NO_REQUEST = (
    "tell me|say more|explain|describe|walk|mind if|mind hearing|like|want|help me understand|give me an example|mean|"
    "imagine|remember|expect|repeat|say (?:that|it) again|do if|have (?:done|said)|see|hear|call it|say (?:is|was|are)"
)
_DO = (
    "put|try|let|tell|send|give|wait|ask|answer|stop|start|keep|leave|come|read|write|show|take|say|close|open|turn|"
    "look|join|make|do(?! not)|use|bring|spend|cut"
)
REQUEST = any_of(
    rf"""
    (?:could|can|would|will|might) you(?! (?:{_NO_REQUEST})\b)
    would you be (?:willing|ready|open|up for|prepared)
    i would (?:really )?(?:like|love|want|need|prefer) you to
    i would (?:really )?appreciate
    i (?:want|need|ask|wish|am asking) (?:that )?(?:you|for)
    i (?:want|would like) to ask you (?:to|for)
    i would ask
    what i (?:would )?(?:like|ask|want|need)
    my (?:request|ask|wish|suggestion|proposal) (?:is|would be|:)
    my (?:request|ask|wish|suggestion|proposal)(?=:)
    (?:and )?next time,? (?:please|could|would|can|i)
    please (?!(?:tell me|explain|go on|do not|yes|no|be)\b)\w+
    how about \w+ing
    what if (?:you|we)
    it would help (?:me |us |a lot )?if you
    let us (?:try|agree|test)
    would it be possible
    (?:could|can|shall) we (?:try|agree|start|make|set|do|keep|use|drop|move|test|look|sit|meet|go through|have)
    ^(?:try|test) (?:it|that|this)
    if you could
    you could (?:{_DO}|help|visit|meet|invite|walk)
    (?:one|an|my) idea(?=:)
    (?:it|that) would be (?:\w+ ){{0,2}}(?:if|when) you
    (?:all|what) i am asking(?: for)? is
    how about (?:we|you|if we|if you)
    can we agree
    (?:could|can) (?:one|some|any|somebody|someone|the \w+|your \w+)
    ^(?:give|try|let(?! me)|take|keep|send|come|stay|leave)\b.*\?
    """
)
ASKS = any_of(
    r"""
    walk me through
    (?:tell|show) me (?:more|a bit more|how|what|why|about)
    i would (?:love|like) to (?:hear|know|understand|learn)
    i (?:want|wanted|would like) to (?:ask|know|hear|understand)(?: you)? (?:what|how|why|who|when|where|whether)
    i (?:want|wanted|would like) to (?:ask|know|hear|understand)(?: you)? (?:if|about)
    i am curious
    i wonder (?:how|what|why|if|whether|who)
    help me understand
    say more
    go on
    give me an example
    i (?:am|was) (?:wondering|asking myself)
    i (?:want|wanted|would like) to (?:know|hear|understand)
    curious to (?:hear|know|see)
    i am trying to (?:understand|find out|see)
    """
)
"""Asking without a question mark."""
WH_QUESTION = re.compile(
    r"\b(?:what|how|why|when|where|who|which)\b[^,.?]* (?:would|could|will|can) you\b|"
    r"^(?:what(?! if (?:you|we))|how(?! about)|why|when|where|who|whom|which)\b",
    re.IGNORECASE,
)
"""A question for an answer, whatever verb follows: "What would you change?"."""
OPENS = any_of(
    r"""
    i (?:just |only |really )?(?:want|wanted|came|would like|hoped|am here) to (?:talk|speak|discuss|bring up)
    i (?:came|am here|wrote to you) (?:about|because of)
    (?:it|this) is about
    there is something (?:about|i would like|i want|i wanted)
    the (?:subject|topic) (?:today )?is
    """
)
"""Naming the subject, which is not telling anything yet."""
TEACHES = any_of(
    r"""
    (?:you|leaders|executives|managers) (?:really |simply |just |also )?(?:should|must|need to|have to|ought to|cannot)
    let me explain
    first of all
    how (?:this|it|that) works
    if i were you
    here is what i would
    """
)
ACKNOWLEDGES = any_of(
    r"""
    ^i (?:do |can |now )?(?:see|understand|hear you|get (?:it|that)|appreciate|realise|realize)
    makes sense
    thank(?:s| you)
    good point
    ^(?:that is |this is )?(?:a )?(?:fair|understandable|true)(?: enough| point)?
    what you are saying is
    if i (?:understand|hear|heard|understood) (?:you|it|this)
    that must (?:have|be)
    i had not (?:seen|thought|known|looked|realised|realized|noticed)
    that is (?:really |very )?(?:helpful|useful|interesting|clear|kind)
    ^got it
    so you (?:mean|are saying|feel|felt)
    (?:that|it|this) sounds
    sorry (?:to hear|that you|about your)
    i am not (?:saying|blaming|accusing|here to blame)
    i do not (?:mean|think) (?:that )?you (?:did|meant|wanted)
    not your fault
    i did not (?:expect|know|realise|realize)
    (?:cannot|can not|could not|must not) have been easy
    ^(?:a )?fair point
    ^true\b.*
    ^you had (?:no|to)\b.*
    ^you were (?:under|alone|in|caught|between|tired|worried|stuck)\b.*
    """
)
_NOD = (
    "ok|okay|yes|yeah|right|sure|good|great|alright|exactly|indeed|true|of course|i know|absolutely|mm|mhm|please|fine|"
    "lol|yep|haha|oh|wow|hm"
)
NODS = re.compile(
    rf"^(?:(?:{_NOD}|thanks?(?: you)?(?: again)?(?: (?:so|very) much)?)[ ,.!]*)+(?:for (?:\w+ ){{0,2}}\w+)?\W*$",
    re.IGNORECASE,
)
"""A nod in words; it counts only when nothing else is said."""

WORDS_OF_WORK = word_set(
    """
    account agenda agreement analysis announcement answer app approval article assistant banner board brief briefing
    budget calendar call campaign camera card chair channel chart chat client colleague comment company complaint
    contract copy course customer dashboard data date deadline decision demo department design desk document door draft
    e-mail email error event example experience expert feedback figure file film form forms goal group hour idea info
    information intern interview intranet invitation invoice job launch law letter line link list log logo mail manager
    map market meeting memo message method minute mistake model morning name network news newsletter note number offer
    office onboarding order page paper part password people phone picture pilot plan platform podcast policy post
    presentation process product programme project promise proposal prototype question queue reason recording release
    reply report request response review risk role room routine rule sale sales schedule screen search security sentence
    service session shift shop site slide software spreadsheet stand-up standup start strategy stream suggestion summary
    supplier support survey system table tablet talk target task team template test text thing ticket title tool topic
    town-hall trainee training translation trial update version video view visit voice vote warehouse website
    week weekend word work workflow workshop
    """
)
"""Nouns that may be quoted back to the mentor; anything else may be a verb, a name or private."""
