"""The words by which a note is read: what opens a request, who acts, what judges, what is only heard."""

from __future__ import annotations

import re

from companion.domain.words import word_set


def third_person(verb: str) -> str:
    """``check`` -> ``checks``"""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


EXECUTIVE_TITLES = word_set("executive exec mentee boss cfo ceo coo cto chro director")
"""``my executive``, ``the CFO``"""
FEMININE, MASCULINE, NEUTRAL = word_set("she her hers herself"), word_set("he him his himself"), word_set(
    "they them their theirs themselves themself"
)  # fmt: skip
SUBJECT_PRONOUNS = word_set("i we you he she they it nobody everybody everyone somebody someone none people others")
COUNTS = word_set("one two three four five six seven eight nine ten half several some many few both most all")
DETERMINERS = word_set("the a an my our his her their your this that these those its another other no") | COUNTS
PREPOSITIONS = word_set(
    "in at on during after before since until by for with without of to from into over under about between through"
    " around near within because like as than per via"
)
CONNECTIVES = word_set("and but so then because which whereas although though")
ADVERBS = word_set(
    "always never also just then again clearly obviously still even only really simply suddenly often usually later"
    " afterwards apparently supposedly constantly typically once twice already soon first finally immediately"
    " quickly quietly politely loudly openly actually basically literally probably perhaps maybe first now today"
)
OPENERS = word_set(
    "instead honestly well so ok okay and but then later afterwards also again anyway sadly actually however"
)

TIMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight morning afternoon evening week"
    " month quarter january february march april may june july august september october november december monday's"
    " tuesday's wednesday's thursday's friday's yesterday's today's last spring summer autumn winter noon lunch"
)
OCCASIONS = word_set(
    "meeting meetings session sessions call calls review reviews demo demos workshop kickoff town-hall townhall hall"
    " stand-up standup retro retrospective presentation lunch breakfast dinner visit all-hands offsite interview"
    " interviews training sync round board conference talk talks committee panel webinar pitch rehearsal project"
    " corridor lift kitchen canteen chat hour weekly one-to-one 1:1 briefing debrief handover planning town row"
)
FILLERS = word_set("same first second third fourth fifth last next previous whole entire")

PAST = word_set(
    """
    kept read said told took talked spoke sat showed sent rolled cut called came brought made let put ran threw wrote
    began chose drew drove gave held hid laid led paid quit rang rose shook shut slept spent stood taught tore turned
    interrupted ignored didn't
    """
)
_IRREGULAR = word_set(
    """
    is was were are am has have had did does do would will could can may might must should became began begun bent bit
    blew bought broke brought built came caught chose cut dealt drank drew drove fell felt fought found forgot froze
    gave got grew heard held hid hit kept knew laid led left lent let lit lost made meant met paid put quit ran rang
    read rode rose said sang sat saw sent set shook shot shut slept spoke spent stood stuck swore taught thought threw
    told took tore understood went woke won wore wrote isn't wasn't weren't hasn't haven't hadn't didn't doesn't don't
    won't wouldn't couldn't can't cannot goes does
    """
)
_ACTIONS = word_set(
    """
    allow announce answer apologise argue arrive ask assume avoid begin bring call cancel change check close come
    complain compliment copy correct cough criticise cut decide dial dismiss drink eat end explain fall finish follow
    forget forward get give greet hang hear help hold ignore insist interrupt introduce invite join joke jump keep
    laugh lead leave lecture let listen look lose make mention miss move mumble mute nod offer open pass pick play
    point praise present press promise pull push put raise react read refuse remember repeat reply roll run say see
    send share show shrug sigh sit skip smile snap speak stand stare start stay stop take talk tell thank think throw
    turn type use wait walk want watch wave whisper write yawn
    """
)
HAPPENED = _IRREGULAR | _ACTIONS | {third_person(verb) for verb in _ACTIONS}
"""Verbs of notes in the forms that do not end in -ed."""
OF_THE_MENTOR = word_set("felt lost forgot froze stopped tried")
"""Without anybody before them these are told of oneself: "Lost my thread."."""

STATES_OF_MIND = word_set(
    "think thinks thought care cares cared believe believes believed hate hates hated like likes love loves enjoy"
    " enjoys respect respects respected want wants know knows understand understands feel feels mean means assume"
    " assumes despise despises trust trusts value values need needs prefer prefers get gets"
)
"""What nobody can see from outside."""
SEEN_STATES = word_set(
    "late early silent quiet absent away there present on in at offline muted not still already out off back busy gone"
    " twenty ten fifteen five thirty minutes half an hour the first last only up down with alone under behind reading"
)
"""What can follow "was" and still be seen."""

JUDGING = re.compile(
    r"\b(?:arrogant|rude|lazy|stupid|selfish|incompetent|unprofessional|disrespectful|ignorant|clueless|careless|"
    r"hopeless|childish|narcissis\w+|toxic|bossy|patroni[sz]ing|condescending|unfair|dishonest|"
    r"(?:(?:is|was|so|very|too|really) )(?:cold|mean|fake|boring|useless|impossible)|"
    r"terrible|awful|horrible|dreadful|ridiculous|pathetic|insensitive|out of touch|a bully|"
    r"a snob|a control freak|dismissive|aggressive|moody|unreliable|disorgani[sz]ed|brilliant|such a wonderful \w+|"
    r"no respect|listens? to (?:nobody|no one)|"
    r"(?:has|have|had|shows?|showed) no (?:respect|interest|manners|clue|idea|patience)|(?:(?:obviously|"
    r"clearly|simply|just|really) )?(?:do(?:es)? not|doesn['’]t|don['’]t|did not|didn['’]t) (?:even )?(?:care|"
    r"listen|respect|value|get it)|(?:(?:obviously|clearly|really|just) )?(?:thinks?|believes?) (?:that )?(?:he|"
    r"she|they)(?:['’]s| is| are)? (?:too good for us|better than \w+|knows? everything|above \w+|always right|the "
    r"best|god))",
    re.IGNORECASE,
)
"""Words about what somebody is or thinks, which nobody saw."""
GENERALISING = re.compile(
    # "He never looked up" is one moment; "he never looks up" is a habit.
    r"\b(?:always|never(?! (?:\w+ed|got|came|said|took|went|gave|told|saw|let|made|sat|spoke|left|sent|once)\b)|"
    r"constantly|every (?:single )?time|all the time|as usual|typical\w*)\b",
    re.IGNORECASE,
)
"""Words that make a habit of one moment; only where the executive is spoken of."""
GUESSING = re.compile(r"\b(?:obviously|clearly|of course)\b", re.IGNORECASE)

REQUEST = re.compile(
    r"^(?:(?:and|but|so|maybe|perhaps|honestly)[ ,]+)*(?:next time\b.*|in future\b.*|(?:i|we)(?:['’]d| would| "
    r"should)(?: really)? (?:like|love|prefer|appreciate|rather|suggest|ask|welcome|be (?:glad|happy|"
    r"grateful))\b.*|(?:i|we) (?:wish|"
    r"want|need|hope|ask for|suggest|propose)\b.*|what i (?:want|need|would like|ask)\b.*|(?:could|can|would|will|"
    r"may|might|shall|should|couldn['’]t|can['’]t) (?:you|he|she|they|we|i|\w+)\b.*\?|(?:could|can|would) (?:you|"
    r"he|she|they|we|i) (?:please |maybe |perhaps )?\w+.*|please\b.*|let['’]s\b.*|(?:it|that) (?:would|might|"
    r"could) (?:help|be (?:good|great|nice|better|helpful|enough))\b.*|my (?:wish|request|ask)\b.*|(?:he|she|they|"
    r"you|we)(?: really)? (?:should|could|ought to)\b(?! have\b).*)$",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence in which the mentor asks for something."""
NOT_REQUEST = re.compile(
    r"^(?:(?:can|could|may|should|shall) i (?:be|ask|say|tell)\b|"
    r"(?:i|we) (?:wanted|needed|hoped|wish(?:ed)? i had|(?:want|need|wish|would like|['’]d like)(?: you)? to "
    r"(?:tell|say|ask|talk|speak))\b|(?:how|could|can|would|should|shall|may) (?:do |can |should )?(?:you|i|we)\b.*"
    r"\b(?:tell|ask|talk to|speak to|say to) (?:him|her|them)\b)",
    re.IGNORECASE,
)
"""What the mentor wants to do, or asks of companion."""
ASKING = re.compile(r"^(?:why|how|what|who|when|where|which|do|does|did|is|am|are)\b.*\?$", re.IGNORECASE | re.DOTALL)
"""A question of the mentor's own."""
LABEL = re.compile(
    r"^(?:(?P<situation>situation|when|where|context)|(?P<behaviour>behaviou?r|observation|what (?:he|she|they) did)|"
    r"(?P<impact>impact|effect|consequence)|(?P<request>request|ask|wish))\s*:\s*",
    re.IGNORECASE,
)
"""Notes of those who know the form: ``Impact: nobody spoke.``"""
MIND_READING = word_set("think thinks believe believes hate hates despise despises assume assumes")

HEARSAY = re.compile(
    r"\b(?:apparently|supposedly|allegedly|rumou?rs?|according to|gossip|word is|(?:i|we)(?: have|['’]ve)? heard "
    r"(?:from|that)|(?:people|everyone|everybody|they all|others|colleagues|some) (?:say|says|think|thinks|tell|"
    r"tells)|(?:somebody|someone|a colleague|a friend|my (?:colleague|friend|manager|team lead|boss)) (?:told|said|"
    r"says|mentioned))\b",
    re.IGNORECASE,
)
TOLD = re.compile(r"\b(?:told (?:me|us)|mentioned|says|said) (?:to me )?(?:that|how|about)\b|\btold (?:me|us)\b", re.I)
"""Hearsay when somebody other than the executive is the one who told."""
SARCASM = re.compile(
    r"\boh,? (?:sure|great|wow|yes|yeah|joy|wonderful|lovely|fantastic|brilliant)\b|\bthanks for nothing\b|"
    r"\byeah,? right\b|\bwhat a (?:delight|joy|treat|surprise|hero|star)\b|\bas if\b(?= (?:he|she|they))|\b(?:big|"
    r"slow) clap\b|\bhow (?:very )?(?:kind|generous|thoughtful|nice) of (?:him|her|them)\b|\bso helpful, not\b|"
    r"(?-i:\bSO\b)",
    re.IGNORECASE,
)

STRONG_IMPACT = re.compile(
    r"\b(?:felt|feel|feeling|lost|froze|made me|makes me|made us|made the|gave up|stopped|afraid|ashamed|confused|"
    r"relieved|proud|embarrassed|demotivated|uncomfortable|small|since|put off|could not|couldn['’]t)\b",
    re.IGNORECASE,
)
SAID_SO_FAR = re.compile(r"^(?:i|we) (?:think|guess|believe|know|suppose|mean|do not know|don['’]t know how)\b", re.I)
"""Opinions of the mentor, and no effect."""

OPENING = re.compile(
    r"^(?:honestly|well|ok(?:ay)?|to be honest|frankly|so|anyway|and|but|then|also)?,?\s*(?:(?:i|we) (?:think|saw|"
    r"noticed|observed|watched|realised|realized)(?: that| how)?|i (?:find|found) that|"
    r"(?:i|we) (?:really )?(?:loved|liked|hated|appreciated|enjoyed)(?: it)? (?:how|that|when|the way)|"
    r"it (?:bothers|bothered|annoys|annoyed|hurts?|surprised|helps|helped|pleased) me (?:that|when|how)|"
    r"it (?:seems|seemed|looked)(?: like| that| as if)?|the problem is that|my impression is that)\s+",
    re.IGNORECASE,
)
"""What stands before the thing itself: ``I noticed that he ...``."""
