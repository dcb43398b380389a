"""The words by which a note is read: what opens a request, who acts, what judges, what is only heard."""

from __future__ import annotations

import re

from companion.domain.words import word_set

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
OPENERS = word_set("honestly well so ok okay and but then later afterwards also again anyway sadly actually however")

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

HAPPENED = word_set(
    """
    is was were are am has have had did does do would will could can may might must should became began begun bent bit
    blew bought broke brought built came caught chose cut dealt drank drew drove fell felt fought found forgot froze
    gave got grew heard held hid hit kept knew laid lay led left lent let lit lost made meant met paid put quit ran rang
    read rode rose said sang sat saw sent set shook shot shut slept spoke spent stood stole stuck swore taught thought
    threw told took tore turned understood went woke won wore wrote isn't wasn't weren't hasn't haven't hadn't didn't
    doesn't don't won't wouldn't couldn't can't cannot makes make goes go says say asks ask looks look talks talk takes
    take leaves leave checks check gets get gives give interrupts interrupt answers answer keeps keep reads types type
    skips skip cuts cut comes come sends send tells tell starts start stops stop laughs laugh nods nod sits sit shows
    show stay stays lose loses feel feels stayed end ends closes close opens open forgets forget cancels cancel moves
    move arrives arrive explains explain repeats repeat uses use calls call promises promise dials joins join
    """
)
"""Verbs that do not end in -ed, and the present of those that notes are full of."""

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

_JUDGING = (
    r"arrogant|rude|lazy|stupid|selfish|incompetent|unprofessional|disrespectful|ignorant|clueless|careless|hopeless|"
    r"useless|impossible|childish|narcissis\w+|toxic|bossy|patroni[sz]ing|condescending|cold|mean|unfair|dishonest|fake|"
    r"boring|terrible|awful|horrible|dreadful|ridiculous|pathetic|insensitive|out of touch|a bully|a snob|a control freak|"
    r"dismissive|aggressive|moody|unreliable|disorgani[sz]ed|brilliant|such a wonderful \w+|no respect"
)
JUDGING = re.compile(
    rf"\b(?:{_JUDGING}|(?:has|have|had|shows?|showed) no (?:respect|interest|manners|clue|idea|patience)|"
    r"(?:(?:obviously|clearly|simply|just|really) )?(?:do(?:es)? not|doesn['’]t|don['’]t|did not|didn['’]t) "
    r"(?:even )?(?:care|listen|respect|value|get it)|"
    r"(?:(?:obviously|clearly|really|just) )?(?:thinks?|believes?) (?:that )?(?:he|she|they)(?:['’]s| is| are)? "
    r"(?:too good for us|better than \w+|knows? everything|above \w+|always right|the best|god))",
    re.IGNORECASE,
)
"""Words about what somebody is or thinks, which nobody saw."""
GENERALISING = re.compile(r"\b(?:always|never|constantly|every (?:single )?time|all the time|as usual|typical\w*)\b", re.I)
"""Words that make a habit of one moment; only where the executive is spoken of."""
GUESSING = re.compile(r"\b(?:obviously|clearly|of course)\b", re.IGNORECASE)

REQUEST = re.compile(
    r"^(?:(?:and|but|so|maybe|perhaps|honestly)[ ,]+)*(?:next time\b.*|in future\b.*|"
    r"(?:i|we)(?:['’]d| would| should)(?: really)? (?:like|love|prefer|appreciate|rather|be (?:glad|happy|grateful))\b.*|"
    r"(?:i|we) (?:wish|want|need|hope|ask for|suggest|propose)\b.*|what i (?:want|need|would like|ask)\b.*|"
    r"(?:could|can|would|will|may|might|shall|should|couldn['’]t|can['’]t) (?:you|he|she|they|we|i|\w+)\b.*\?|"
    r"(?:could|can|would) (?:you|he|she|they|we|i) (?:please |maybe |perhaps )?\w+.*|"
    r"please\b.*|let['’]s\b.*|(?:it|that) (?:would|might|could) (?:help|be (?:good|great|nice|better|helpful|enough))\b.*|"
    r"my (?:wish|request|ask)\b.*|(?:he|she|they|you|we)(?: really)? (?:should|could|ought to)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence in which the mentor asks for something."""
NOT_REQUEST = re.compile(r"^(?:i|we) (?:wanted|needed|hoped|wish(?:ed)? i had|want to (?:tell|say))\b", re.IGNORECASE)

HEARSAY = re.compile(
    r"\b(?:apparently|supposedly|allegedly|rumou?rs?|according to|gossip|word is|(?:i|we)(?: have|['’]ve)? heard (?:from|that)|"
    r"(?:people|everyone|everybody|they all|others|colleagues|some) (?:say|says|think|thinks|tell|tells)|"
    r"(?:somebody|someone|a colleague|a friend|my (?:colleague|friend|manager|team lead|boss)) (?:told|said|says|mentioned))\b",
    re.IGNORECASE,
)
TOLD = re.compile(r"\b(?:told (?:me|us)|mentioned|says|said) (?:to me )?(?:that|how|about)\b|\btold (?:me|us)\b", re.I)
"""Hearsay when somebody other than the executive is the one who told."""
SARCASM = re.compile(
    r"\boh,? (?:sure|great|wow|yes|yeah|joy|wonderful|lovely|fantastic|brilliant)\b|\bthanks for nothing\b|"
    r"\byeah,? right\b|\bwhat a (?:delight|joy|treat|surprise|hero|star)\b|\bas if\b(?= (?:he|she|they))|"
    r"\b(?:big|slow) clap\b|\bhow (?:very )?(?:kind|generous|thoughtful|nice) of (?:him|her|them)\b|\bso helpful, not\b|"
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
    r"^(?:honestly|well|ok(?:ay)?|to be honest|frankly|so|anyway|and|but|then|also)?,?\s*"
    r"(?:(?:i|we) (?:think|saw|noticed|observed|watched|realised|realized)(?: that| how)?|i (?:find|found) that|"
    r"it (?:seems|seemed|looked)(?: like| that| as if)?|the problem is that|my impression is that)\s+",
    re.IGNORECASE,
)
"""What stands before the thing itself: ``I noticed that he ...``."""
