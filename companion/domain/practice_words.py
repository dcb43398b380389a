"""The words by which a mentor's turn in a rehearsal is read; every pattern looks at one sentence unless it says so."""

from __future__ import annotations

import re

from companion.domain.words import word_set

STEPS_OUT = re.compile(
    r"\b(?:ignore|disregard|forget|override|overrides?) (?:\w+ ){0,4}?(?:instructions?|rules?|role|prompt|above|"
    r"archetypes?|yours)\b|\bi ?g ?n ?o ?r ?e {1,3}a ?l ?l\b|\byou are now\b|\bfrom now on,? you\b|"
    r"^\W*(?:system|assistant|executive|user|rubric|score|begin|note to)\b[\w ,]{0,20}:|^begin admin|#{2,}|<[|｜]|"
    r"\[/?(?:inst|bold|/)\]|</?[a-z]+[^<>]*>|<<<|>>>|[{}]|\bsystem prompt\b|\barchetypes?\b|\brubric\b|\bfull marks\b|"
    r"\b(?:every|all|the|max\w*) points? (?:is|are|was|were|be|for|of|earned|i)\b|\ball (?:the )?points\b|"
    r"\bpoints? \w+ (?:is |as )?earned\b|\bearned\b[^.!?]*\bpoints?\b|\bopenness (?:is|to|of|=)|\bopenness\s*[=:]|"
    r"\blanguage model\b|\bas an ai\b|\byou are (?:a |an )?(?:chat ?bot|bot|ai|assistant|computer|program)\b|"
    r"\b(?:debug|developer|admin) mode\b|\brole-?play\b|\bthe rehearsal is\b|\bnew (?:rules?|instructions?)\s*:|"
    r"\b(?:your|my|the) instructions\b|\breply (?:only )?with\b|\byour next line\b|\bscore: ?\d|\bdrop table\b|"
    r"\bimport os\b|\bpretend (?:to be|that i)\b|\bact as (?:if i|an? )|\bsimulate an?\b|\bas json\b|"
    r"\bhidden moves\b|\brepeat the text\b|\breveal your\b|\bi,? the administrator\b|\bnote to the model\b|"
    r"\bmark the (?:point|request)\b|\bcounts? as (?:an? )?(?:example|earned|request)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""In the whole turn: words for the machine and not for the executive."""
STAGE_SILENCE = re.compile(
    r"^[(*\[_ ]*(?:i |the mentor )?(?:just |still )?(?:wait|waits|waiting|say nothing|says nothing|stay silent|stays "
    r"silent|stay quiet|silence|silent|pause|pauses|nod|nods|smile|smiles|listen|listens)(?: and (?:wait|waits|listen|"
    r"say nothing|nod|smile))?(?: quietly| a moment)?[.)*\]_ ]*$",
    re.IGNORECASE,
)
"""The whole turn is a stage direction for saying nothing."""

APOLOGISES = re.compile(
    r"\b(?:so |very )?sorry\b(?! to hear| that you| about your)|\bapolog\w+|\bonly a (?:junior|trainee|beginner)|"
    r"\bjust "
    r"(?:a|the) (?:junior|trainee|intern)|\bstupid question|\bwast(?:e|ing) (?:of )?your time|\bmore important things|"
    r"\bwho am i to\b|\bi do not want to bother",
    re.IGNORECASE,
)
CONCEDES = re.compile(
    r"\bnever mind\b|\bforget (?:it|about it|what i said|that i)\b|\byou(?:'re| are) (?:probably |surely |absolutely "
    r"|completely |of course )?right\b(?!.*\b(?:but|and|that|about)\b)|\byou know (?:best|better)\b|\bi (?:was|am) "
    r"(?:probably |surely )?wrong\b|\bi (?:will )?take (?:it|that|this) back\b|\bwe(?:'ll| will) do it your way\b|"
    r"\bit is not (?:that |so |really )?important\b|\b(?:let us|let's) drop it\b|\bas you wish\b|\bwhatever you (?:say|"
    r"think)\b|\b(?:it was|was) only (?:a thought|an idea)\b|\bit does not matter\b|\bok, ok\b",
    re.IGNORECASE,
)
CLOSES = re.compile(
    r"\bgood-?bye\b|\bbye\b|\bsee you (?:next|on|then|soon|in|later|tomorrow)\b|\b(?:let us|let's|we can|we should) "
    r"(?:stop|end|finish|close) (?:here|there|for today|now)\b|\bi (?:have|need) to go\b|\bi must go\b|\bthat is all "
    r"(?:from me|for today|for now|i)\b|\bthank(?:s| you)(?: \w+){0,2} for (?:your time|the talk|the conversation|"
    r"today|listening)\b|\bhave a (?:good|nice) (?:day|evening|weekend|week)\b",
    re.IGNORECASE,
)
ATTACKS = re.compile(
    r"\byou(?:'re| are)(?: \w+){0,4}? (?:arrogant|rude|lazy|stupid|selfish|incompetent|unprofessional|disrespectful|"
    r"ignorant|clueless|careless|hopeless|childish|toxic|bossy|patroni[sz]ing|condescending|unfair|dishonest|useless|"
    r"impossible|terrible|awful|horrible|ridiculous|pathetic|insensitive|inconsiderate|out of touch|dismissive|"
    r"aggressive|unreliable|a (?:\w+ )?(?:bully|snob|control freak|fraud|liar|idiot|fool|coward|hypocrite|"
    r"joke|bad boss|bad leader|dinosaur))\b|\byou (?:always|never) (?:listen|take|care|think|help|answer|read|come|"
    r"interrupt|forget|say|talk|do|let|keep|change|ask|show|understand|know|make|cancel|want)\b|\byou (?:do not|don't) "
    r"(?:even )?(?:care|listen|get it|respect|have a clue)\b|\b(?:idiots?|morons?|liars?|shut up|hypocrites?|bullshit|"
    r"go to hell|you suck)\b|\bhow dare you\b|\bwhat is wrong with you\b|\bas a (?:boss|leader|manager) you are\b",
    re.IGNORECASE,
)
SMALL_TALK = re.compile(
    r"\bweather\b|\b(?:the|that) (?:match|game)\b|\bfootball\b|\b(?:your|the) (?:holidays?|weekend|vacation|kids|"
    r"children|dog|cat|garden|car|flight|trip)\b|\bskiing\b|\bgreat coffee\b|\bnice (?:office|view|tie|shoes|room)\b|"
    r"\bhow are you\b|\bhow is (?:life|the family)\b|\bgood (?:morning|afternoon|evening)\b[.!]?$|^(?:hi|hello|hey)\b"
    r"[\w ,]{0,20}[.!]?$",
    re.IGNORECASE,
)
RETURNS = re.compile(
    r"\b(?:minutes?|hour|time) (?:are |is )?left\b|\bthere (?:are|is) \w+ minutes? left\b|\b(?:bring|come|go|get|take|"
    r"lead) (?:us )?back to\b|^(?:so,? )?back to\b|\bstay with (?:the|what|that|this)\b|\b(?:let us|let's|can we|may "
    r"i|could we) (?:return|stay|go back|come back)\b|\bis the part (?:that )?i (?:need|want|came for)\b|\bthe (?:one "
    r")?thing i came for\b|\bto return to\b|\bmay i (?:stop|interrupt|pause) you\b",
    re.IGNORECASE,
)
PERMISSION = re.compile(
    r"\b(?:may|can|could|shall|should|might) i (?:\w+ ){0,2}?(?:tell|say|share|show|give|be|ask|add|offer|speak|point|"
    r"try|describe|read|play|put|raise|mention|explain|bring you|suggest)\b|\b(?:do|would) you mind if i\b|\bwould "
    r"it be "
    r"(?:all right|alright|ok|okay|fine|useful|helpful) if i\b|\bis it (?:all right|alright|ok|okay|fine) (?:if|for "
    r"me)|"
    r"\bare you (?:ok|okay|open|ready) (?:to hear|for|with me)\b|\bmind if i\b|\bif i may\b|\bwith your permission\b|"
    r"\bdo you want (?:to hear|me to (?:tell|show|say))\b|\bwould you like (?:to hear|me to (?:tell|show|say))\b",
    re.IGNORECASE,
)
REQUEST = re.compile(
    r"\b(?:could|can|would|will|might) you\b(?! (?:tell|say more|explain|describe|walk|mind if|like|want|help me "
    r"understand|give me an example|mean|imagine|remember|expect|do if|have (?:done|said)|see|hear|call it|say "
    r"(?:is|was|"
    r"are)))|\bwould you be (?:willing|ready|open|up for|prepared)\b|\bi(?:'d| would) (?:really )?(?:like|love|want|"
    r"need|prefer) you to\b|\bi (?:want|need|ask|wish|am asking) (?:that )?(?:you|for)\b|\bi(?:'d| would) ask\b|"
    r"\bwhat i "
    r"(?:would |'d )?(?:like|ask|want|need)\b|\bmy (?:request|ask|wish) is\b|^(?:and )?next time,? (?:please|could|"
    r"would|can|i)\b|\bplease (?:put|try|let|tell|send|give|wait|ask|answer|stop|start|keep|leave|come|read|write|"
    r"show|take|say|close|open|turn|look|join|make|do|use|let us|bring)\b|^how about \w+ing\b|\bwhat if you\b|"
    r"\b(?:let us|"
    r"let's) (?:try|agree|test)\b|\bwould it be possible\b|\b(?:could|can|shall) we (?:try|agree|start|make|set|do|"
    r"keep|"
    r"use|drop|move|test)\b|\bwould you (?:try|let|be|read|come|send|write|cut|give|spend|wait|leave|join|answer)\b",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"\bwalk me through\b|\b(?:tell|show) me (?:more |a bit more |how|what|why|about)|\bi(?:'d| would) (?:love|"
    r"like) to "
    r"(?:hear|know|understand|learn)\b|\bi(?: am|'m) curious\b|\bi wonder (?:how|what|why|if|whether|who)\b|\bhelp me "
    r"understand\b|\bsay more\b|\bgo on\b|\bgive me an example\b",
    re.IGNORECASE,
)
"""Asking without a question mark."""
TEACHES = re.compile(
    r"\b(?:you|leaders|executives|managers) (?:really |simply |just |also )?(?:should|must|need to|have to|ought to|"
    r"cannot|can't)\b|\blet me explain\b|\bfirst of all\b|\bhow (?:this|it|that) works\b",
    re.IGNORECASE,
)
ACKNOWLEDGES = re.compile(
    r"\bi (?:do |can |now )?(?:see|understand|hear you|get that|appreciate|realise|realize)\b|\bmakes sense\b|"
    r"\bthank(?:s| you)\b|\bgood point\b|^(?:that is |that's )?(?:a )?fair\b|^fair enough\b|\bso what you are saying\b|"
    r"\bif i (?:understand|hear|heard|understood) (?:you|it|this)\b|\bthat must (?:have|be)\b|\bi had not (?:seen|"
    r"thought|known|looked)\b|\bthat(?: is|'s) (?:really |very )?(?:helpful|useful|interesting|clear)\b|^got it\b|"
    r"\bso you (?:mean|are saying|feel|felt)\b|\bthat sounds (?:hard|difficult|tiring)\b",
    re.IGNORECASE,
)

_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|"
    r"winter)"
)
_MEETING = (
    r"(?:meeting|session|call|review|demo|workshop|kick-?off|town[- ]?hall|stand-?up|retro|retrospective|presentation|"
    r"all-hands|offsite|interview|sync|round|board|conference|talk|pitch|lunch|breakfast|dinner|visit)"
)
WHEN = re.compile(
    rf"\b(?:(?:on |last |this )?{_DAY}(?:'s)?(?: (?:morning|afternoon|evening|night))?|(?:in |last |this )+{_MONTH}|"
    r"yesterday(?:'s)?|this morning(?:'s)?|last (?:week|month|night|year|time|quarter)(?:'s)?|\w+ (?:days?|weeks?|"
    r"months?|"
    rf"hours?) ago|on the \d{{1,2}}(?:st|nd|rd|th)?|(?:in|at|during|after|before) (?:the|our|your|my|that|this)"
    rf"(?: \w+){{0,3}} {_MEETING}\b|at {_MEETING}\b|in {_DAY}'s \w+)(?!\w)",
    re.IGNORECASE,
)
"""A moment that has passed, or may have."""
COMING = re.compile(r"\b(?:next|by|until|tomorrow|from now|this coming)\b", re.IGNORECASE)
FOR_EXAMPLE = re.compile(r"\b(?:for example|for instance|an example|to give you one case)\b", re.IGNORECASE)
ACTED = re.compile(
    r"\bwhen (?:i|we|you|he|she|they|the \w+|a \w+) (?:\w+ ){0,1}?(?:\w+ed|sent|met|spoke|said|came|went|told|gave|"
    r"showed|wrote|took|left|made|had|got|began|read)\b",
    re.IGNORECASE,
)
"""A moment named by what happened in it."""
PAST = re.compile(
    r"\b(?:was|were|had|did|didn't|wasn't|weren't|went|said|told|came|took|gave|got|made|left|lay|cut|saw|sent|met|"
    r"wrote|spoke|read|kept|put|sat|stood|heard|found|lost|felt|began|asked|could not|couldn't|rang|ran|brought|"
    r"bought|thought|knew|understood|forgot|held|led|let|fell|broke|built|chose|drew|drove|paid|showed|shut|slept|"
    r"spent|stuck|taught|threw|woke|won|"
    r"(?!(?:need|speed|feed|indeed|bed|red|shed|led|embed|exceed|proceed|succeed)\b)\w{2,}ed)\b",
    re.IGNORECASE,
)
IMPACT = re.compile(
    r"\b(?:after that|because of (?:that|this|it)|since then|ever since|as a result|the (?:effect|result|consequence)|"
    r"what (?:it|this|that) led to|(?:it|that|this|which) (?:led|leads) to|(?:it|that|this|which) cost|(?:it|that|this|"
    r"which) (?:made|makes|left|leaves) (?:me|us|the|people|them|everybody|everyone|two|three|some))\b|\bi (?:lost|"
    r"felt|"
    r"froze|gave up|went quiet|stopped|no longer|have not|did not|do not|now)\b(?=.*\b(?:thread|small|stopp?ed|quiet|"
    r"again|since|drafts?|ideas?|up|longer|reading|asking|working|useless|foolish|invisible|ashamed|afraid|any "
    r"?more)\b)|"
    r"\b(?:we|they|people|colleagues|interns?|others|both|team|\w+ of (?:us|them|my team)|two people) (?:\w+ "
    r"){0,3}?(?:stopped|gave up|lost|guessed|went quiet|left|built the wrong|worked on the wrong|did not (?:ask|"
    r"dare))\b|\bnobody (?:\w+ ){0,2}?(?:asked|said|spoke|answered|dared|tried|came|wrote|has)\b|\b(?:have|has) not "
    r"(?:\w+ ){1,4}?since\b|\b(?:asked|told) (?:me|us) afterwards\b|\bafterwards\b|\bi (?:gave up|lost my thread)\b|"
    r"\btwo days\b.*\blost\b",
    re.IGNORECASE,
)
"""What something led to; "nobody reads" is a habit, "nobody asked" came of something."""
PEOPLE_ACT = re.compile(
    r"^(?:and |so |then |but |both times )*(?:i|we|they|nobody|no one|people|everybody|everyone|\w+ (?:people|"
    r"colleagues|of us|of them|others)|the (?:team|interns?|others|trainees?|analysts?)|[A-Z][a-z]+)\b"
)
"""Somebody other than the executive is the one who acts."""

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
