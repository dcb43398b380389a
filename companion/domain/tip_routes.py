"""Notes that no tip may be made from: detected by words before anything else reads them, answered with fixed text.

Patterns err on the side of caution, and name the words they stumbled over, so that a mentor who meant something
harmless can say it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.bans import touches_sensitive


class Route(StrEnum):
    """Where such a note leads, the most urgent first."""

    DANGER = "danger"
    HARASSMENT = "harassment"
    RETALIATION = "retaliation"
    LEGAL = "legal"
    HEALTH = "health"


class RouteText(BaseModel):
    """What the mentor reads; written by people, shown word for word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Route
    title: str = Field(min_length=5)
    text: str = Field(min_length=20)
    steps: tuple[str, ...] = Field(min_length=2)
    """``{contact}`` stands for the programme's support contact."""
    card_id: str = Field(pattern=r"^RM-\d{3}$")

    def with_contact(self, contact: str) -> RouteText:
        """The text with the support contact in its place."""
        return self.model_copy(update={"steps": tuple(_named(step, contact) for step in self.steps)})


class RouteFile(BaseModel):
    """The texts of all routes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    no_contact: str
    no_contact_briefly: str
    always: str
    """Under every tip and rehearsal, because no list of words finds everything; with ``{contact}``."""
    routes: tuple[RouteText, ...]

    def text_of(self, route: Route, contact: str) -> RouteText:
        """The text of a route with the programme's support contact, which may be empty."""
        return next(one for one in self.routes if one.id is route).with_contact(contact.strip() or self.no_contact)

    def always_said(self, contact: str) -> str:
        """When not to look for words alone, and whom to turn to."""
        return _named(self.always, contact.strip() or self.no_contact_briefly)


def _named(text: str, contact: str) -> str:
    return text.replace("{contact}", f"{contact.rstrip('.')}.")


_WORDS: Mapping[Route, str] = {
    Route.DANGER: (
        r"suicid\w*|self[- ]?harm\w*|(?:kill|hurt|harm|hang|shoot)(?:s|ed|ing)? (?:my|him|her|your)(?:self)|"
        r"kill themsel\w+|"
        r"(?:kill|murder) (?:me|you|him|her|them|us|somebody|someone)|end (?:my|his|her|their) (?:own )?life|"
        r"(?:not|n['’]t|no longer|never) want(?:s|ed)? to (?:live|be alive|wake up|be here any ?more|go on living)|"
        r"better off (?:dead|without (?:me|him|her))|wish(?:es|ed)? (?:i|he|she) (?:was|were) dead|took an "
        r"overdose|brought a (?:gun|knife|weapon)|(?:easier|better|rather) not (?:to )?be here|not (?:to )?be here "
        r"any ?more|(?:want|wants|wanted) to die\b|(?:i|he|she|they) (?:wants?|plans?) "
        r"to (?:hurt|harm|shoot|stab) (?:some(?:one|body)|people|every(?:one|body)|them|him|her)|"
        r"rather be dead|jump(?:s|ed)? (?:off|from|in front of)|(?:has|"
        r"have|had|carries|brought|bought|owns|keeps) a (?:gun|knife|weapon|pistol)|cut(?:s|ting)? (?:herself|"
        r"himself|myself|themselves)|no (?:reason to live|way out)|end(?:ed|ing)? it all|goodbye letter|(?:no|any|"
        r"see a) reason to (?:go on|live|be alive)|(?:end|ending|ended|take|taking|took) (?:her|his|my|their) "
        r"(?:own )?(?:life|lives)\b|not want to be alive"
    ),
    Route.HARASSMENT: (
        r"(?:touch(?:es|ed|ing)?|strok(?:es|ed|ing)|rub(?:s|bed|bing)|grab(?:s|bed|bing)?|squeez(?:es|ed|ing)|"
        r"pinch(?:es|ed|ing)?|kiss(?:es|ed|ing)?|hug(?:s|ged|ging)?|slap(?:s|ped)?|hit|punch(?:es|ed)|chok(?:es|ed|"
        r"ing)|spat at|grop\w+|undress\w*) (?:me|myself|her|him|them)\b(?! (?:when|with an? (?:idea|question)))|"
        r"(?:touch|strok|rubb|grabb?|squeez|pinch|kiss|smell)\w* (?:my|her|his) (?:\w+ )?(?:arms?|hands?|back|"
        r"knees?|legs?|thighs?|shoulders?|waist|hips?|neck|bottom|bum|body|chest|face|hair|cheeks?|breasts?|lips|"
        r"ears?)|grop(?:es?|ed|ing)|(?:hands?|arms?) (?:on|around|round|over) (?:my|her|his|their) (?:\w+ "
        r")?(?:back|knee|leg|thigh|shoulders?|waist|hips?|neck|bottom|bum|body|chest|face|hair)|sexual\w*|sexist|"
        r"sexism|racis\w*|homophob\w*|transphob\w*|islamophob\w*|anti-?semit\w*|xenophob\w*|slurs?|n-word|"
        r"molest\w*|assault\w*|rap(?:ed|ist)|stalk(?:s|ed|ing|er)|bull(?:y|ies|ied|ying)(?! pulpit)|mobbing|"
        r"discriminat\w*(?! between)|harass(?:e[sd]|ment|ing)?(?! by (?:deadlines?|e-?mails?|meetings?|messages|"
        r"notifications))|(?:hit(?:s|ting)?|came|come|coming) on to me|hit(?:s|ting)? on me|flirt\w*|made (?:a "
        r"pass|advances)|naked|nudes?|(?:photos?|pictures?) of (?:himself|herself|themselves) in (?:bed|the shower|"
        r"underwear)|porn\w*|(?:hotel|bed) ?room|(?:if|whether|am|are|that) (?:i|you) (?:am|are|was|were|have|had) "
        r"(?:\w+ )?(?:alone|single|a boyfriend|a girlfriend|married|available)(?! (?:responsible|in charge))|are "
        r"you (?:single|alone)|(?:my|her|his|your|that|such a) (?:\w+ )?(?:dress|skirt|legs?|breasts?|boobs|figure|"
        r"cleavage|curves|lips)\b(?! code| rehearsal)|wink(?:s|ed|ing)? at me|(?:looked|stared|staring|looks) at "
        r"(?:my|her) (?:chest|body|breasts|legs)|(?:mock|imitat|mimick?|ridicul)(?:s|es|ed|ing|e)? (?:my|her|his|"
        r"their|our|\w+['’]s) (?:accent|skin|hair|religion|faith|disability|wheelchair|stammer|stutter|origin|name|"
        r"weight|headscarf|hijab)|(?:mock|ridicul|laugh|joke)\w* (?:at |about )?(?:where|the way) (?:i|she|he) "
        r"(?:came? from|comes from|speaks?)|(?:because|since) (?:i|she|he|they)(?:['’]m| am|['’]s| is| are) (?:a "
        r")?(?:woman|man|girl|black|brown|asian|gay|lesbian|trans|muslim|jewish|hindu|christian|pregnant|"
        r"foreign\w*|disabled|old|young)|(?:insult|humiliat|scream|yell|swore|spit)\w* (?:at )?(?:me|her|him|us) "
        r"(?:again|in front|until|for)|threw (?:a|an|his|her|the) [\w ]{1,20} at (?:me|her|him|us|them)|called "
        r"(?:me|her|him) an? (?:slut|bitch|whore|idiot|retard|cow|pig|animal)|smells? (?:so )?(?:nice|good|sexy)|"
        r"feel (?:his|her) breath|quota (?:girl|woman|hire|man)|(?:wear|wearing|have on) under(?:neath)?|blouse|"
        r"bra\b|underwear|lingerie|bikini|(?:women|men|girls|boys|foreigners|immigrants|refugees|muslims|jews|"
        r"christians|black people|gays|lesbians|people (?:like (?:him|her)|with (?:my|her|his) (?:religion|skin|"
        r"accent)|from (?:my|her|his) country)) (?:are|is|do|can|should) (?:not|n't|too|all|just|lazy|bad|worse|"
        r"stupid|dirty|dangerous|emotional|weak|cannot|stay)|people with (?:my|her|his) (?:religion|skin|faith|"
        r"accent|background)|(?:jok|comment|remark|laugh|insult|mock|tease|teasing|tick|star)\w*[^.!?]{0,25} (?:on|"
        r"about|at|of) (?:my|her|his) (?:religion|faith|skin|hijab|headscarf|turban|race|ethnicity|sexuality|"
        r"orientation|gender|stutter|stammer|disability|wheelchair|body|looks|legs|weight|figure|accent|hair|age|"
        r"nationality|country|name)|(?:would|did) ?(?:not|n't) let (?:me|her) (?:out|leave|go\b)|blocked (?:the "
        r"door|my way)|cornered (?:me|her)|locked (?:me|the door)|(?:although|even though|though|after|but) i "
        r"(?:had |have |already )*said no\b|told (?:him|her) to stop|asked (?:him|her) to stop|would ?(?:not|n't) "
        r"(?:stop|take no)|(?:dinner|drinks?|weekend|(?:his|her) (?:place|flat|home|room))[^.!?]{0,20} (?:just the "
        r"two|only the two|alone\b)|call(?:s|ed)? (?:me|her) (?:his |her |my )?\W?(?:sweetheart|sweetie|honey|"
        r"darling|babe|baby|girl|doll|sexy|sugar|princess|beautiful|love\b)|(?:heart|kiss)(?:es)? emojis?|sent me "
        r"(?:hearts?|kisses|a heart)|cripples?|retard\w*|spastic|faggots?|tranny|dykes?|chinks?|paki|sluts?|"
        r"whores?|bitch\w*|cunts?|followed (?:me|her) (?:home|to (?:my|her|the) (?:car|house|home|hotel|room|flat|"
        r"toilet)|after work)|(?:push|shov|kick)(?:ed|es|ing) (?:me|her|him) (?:against|away|down|into|over)|(?:my|"
        r"her) (?:hair|chest|body|thighs?|legs|hips|lips|breasts?|skin|boyfriend|girlfriend|love life|sex "
        r"life)(?!-)|(?:sleep|slept|sleeping) with (?:my|me|him|her|you)\b|dream(?:s|t|ed|ing)? (?:about|of) me|"
        r"(?:have|having|want) (?:children|babies|a baby)|arms? (?:around|round) (?:me|her|him)\b|star(?:es|ed|"
        r"ing) at (?:me|my|her)\b|crutch\w*|a (?:girl|woman|man|lady) (?:should|must|cannot|can['’]t|does not|"
        r"belongs)|(?:smile|smiling) more|wait(?:s|ed|ing) for me (?:in|at|outside|by) (?:the|my) (?:parking|car "
        r"park|car|garage|house|home|door|flat)|(?:my|her|his) (?:country|people|kind|religion|culture) (?:only|"
        r"just|all|is|are|produces?|steals?|cannot|can['’]t)|the job (?:only |just )?because (?:i|she|he)|you "
        r"people|your kind|go back to (?:my|your|her|his)|against (?:my|her|his|their) will|"
        r"(?:was|were|been|being|got) (?:touched|stroked) (?:inappropriately|without|in a way|on (?:the|my|her|his)|"
        r"by (?:a|my|her|his) (?:boss|"
        r"manager|colleague|director|client|customer))|(?:was|were|been|being|got) (?:grabbed|kissed|pinched|slapped|"
        r"punched|beaten up|spat (?:at|on))\b(?! by (?:the|this|that|your) )|forc(?:ed|es|ing) (?:himself|herself|"
        r"themselves) (?:on|upon)|expos(?:ed|es|ing) (?:himself|herself)\b(?! to (?:criticism|questions?|risks?))|"
        r"something in (?:my|her|his) (?:drink|glass)|private parts|(?:not|n['’]t|never) feel safe (?:with|around|"
        r"near) "
        r"(?:him|her|them|my)\b|(?:monkey|animal|ape) (?:noises|sounds)|(?:have|has|had|with) (?:bruises|a bruise|"
        r"a black eye)"
    ),
    Route.RETALIATION: (
        r"retaliat\w*|blackmail\w*|"
        r"revenge|reprisals?|(?:will|would|['’]ll|['’]d|going to) regret (?:it|this|that|saying|"
        r"speaking|my)|(?:threaten(?:s|ed|ing)?) (?:me|us|him|her|them|to|my|that|with)|a threat (?:to|against) "
        r"(?:me|my|us)|(?:my|her|his) (?:contract|job|position|promotion|bonus|raise|visa|reference|career|place) "
        r"(?:\w+ ){0,2}?(?:depends|depended|runs? out|ran out|ends?|is over|was over|at risk|in danger|is gone|was "
        r"gone|could end|might end|would end|will not be|won['’]t be|would not be|is finished)|(?:lost?|losing|"
        r"cost) (?:me )?(?:my|their) (?:job|contract|promotion|bonus)|(?:punish|penali[sz])(?:es|ed|s)? (?:me|us|"
        r"her|him|them|for)|being punished|(?:taken|took (?:me|her|him)|kicked|thrown|removed|pulled) (?:off|from|"
        r"out of) (?:the|my|his|her|this) (?:\w+ )?(?:project|team|account|list|group|rota)|demot(?:ed|ion)|"
        r"(?:have|get|got|had) me (?:fired|sacked|moved|transferred)|(?:fired|sacked|transferred) (?:me|for)|(?:no "
        r"longer|not|never|n['’]t) (?:been )?invited (?:\w+ ){0,4}(?:any ?more|since)|since (?:then|i (?:said|"
        r"spoke|told|complained|raised|criticised|criticized)) (?:i|he|she|they)\b[^.!?]{0,40}\b(?:ignor\w+|"
        r"exclud\w+|not invited|no longer|left out|stopped greeting)|speaking up was a mistake|who my friends are|"
        r"(?:pay|paid|paying) for (?:it|this|that|what i said|speaking)|(?:told|complained to|warned) my "
        r"(?:manager|boss|team lead|line manager)[^.!?]{0,40}\b(?:not loyal|disloyal|difficult|troublemaker|not a "
        r"team player)|make my life (?:hell|difficult)|(?:not|n['’]t) dare to (?:be honest|say|speak|answer)|"
        r"(?:afraid|scared) (?:of|for) (?:losing )?my (?:job|contract)|(?:look for|find|need|want) (?:another|a "
        r"new|a different) job(?! (?:title|description|ad|post))|think twice (?:before|about|if)|(?:i am|i'm|i was|"
        r"you are|you're) finished|finished here|warned (?:me|us|her|him)|(?:told|asked|advised|ordered) (?:me|us) "
        r"not to (?:tell|talk to|speak to|go to|report|contact|involve|say anything)|not to tell (?:hr|anyone|"
        r"anybody|the programme|my manager)|(?:since|after|because|ever since) i (?:\w+ )?(?:raised|reported|"
        r"complained|spoke up|criticised|criticized|refused|said no|gave (?:him|her) feedback|"
        r"told)[^.!?]{0,70}\b(?:(?:not|n't|hardly|barely) (?:spoken|talked|greeted|spoke|answered)|cancell?ed my|"
        r"taken|ignor\w+|exclud\w+|left out|no longer|moved me|worse (?:shifts|tasks)|ice.cold)|because of my "
        r"(?:feedback|complaint|report|comment|honesty|answers?)|for (?:my honesty|being honest|speaking up)|(?:my|"
        r"a|your) future (?:here|in this (?:company|team))|if (?:i|you) want to (?:stay|keep (?:my|your) job)|keep "
        r"(?:my|your) mouth shut|(?:be|been|more) careful (?:what|with what|whom) i|watch (?:my|your) (?:back|"
        r"step)|blacklist\w*|bad reference|there (?:will|would) be consequences|consequences for me|(?:not|n['’]t|"
        r"never) get (?:far|anywhere)|worst (?:shifts?|tasks?|jobs?|rota)|remember who (?:pays|signs|hired|"
        r"decides)|who pays me|my (?:visa|reference|access|contract|promotion|bonus|probation|"
        r"permit)\b[^.!?]{0,40}\b(?:could|might|would|will|was|is|has been) (?:be |have been )?(?:a problem|short|"
        r"removed|delayed|withdrawn|cancelled|gone|blocked|reviewed|in doubt|difficult)|(?:after|since) (?:the "
        r"survey|my (?:feedback|answers?|complaint|comments?)|i (?:told|said|gave|wrote))[^.!?]{0,50}(?:gave me "
        r"the worst|took (?:me|my)|removed (?:me|my)|moved me|cut my|cancelled my|stopped talking to me|was "
        r"removed)|the day after i (?:told|said|complained|spoke)"
    ),
    Route.LEGAL: (
        r"fraud\w*|brib\w*|kick-?backs?|back-?dat(?:e|es|ed|ing)|illegal\w*|unlawful\w*|against the law|break(?:s|"
        r"ing)? the law|broke the law|launder\w*|embezzl\w*|insider (?:trading|information|tip)|(?:buy|sell|bought|"
        r"sold) (?:\w+ )?(?:shares|stock)\b|(?:takeover|merger|results)[^.!?]{0,40}before (?:it|they) (?:was|were|"
        r"is|are) (?:announced|public)|forg(?:ed?|ing) (?:a |the |my |his |her )?(?:signature|document|report)s?|"
        r"falsif\w*|(?:fake|faked|made-up|invented) (?:invoices?|receipts?|reports?|figures|numbers|hours|"
        r"signatures?)|cook(?:s|ed|ing)? the books|off the books|tax evasion|evad\w+ tax\w*|price[- ]fixing|cartel|"
        r"(?:delet|destroy|shred|hid|hide)\w* (?:the |all |those |these |any |some |my )?(?:e-?)?(?:mails?|"
        r"messages|documents?|records?|evidence|logs?|files?)\b[^.!?]{0,60}\b(?:before|audit\w*|so that|because|"
        r"from|regulator|court|investigat\w*)|(?:hide|hid|keep|kept|conceal\w*) (?:it|this|that|them|something) "
        r"from (?:the )?(?:auditors?|regulators?|works council|customers?|authorities)|lie to (?:the "
        r")?(?:auditors?|regulators?|police)|corruption|corrupt (?:official|manager|politician|deal)s?|theft|"
        r"steal(?:s|ing)? (?:from|money|company)|stole (?:money|from)|a crime|criminal\w*|police|prosecut\w*|"
        r"lawsuits?|(?:sue|sued|suing) (?:me|us|him|her|them|the)|data breach|leak(?:s|ed|ing) (?:customer|"
        r"personal|confidential|the)\w* ?(?:data|list|records|files)?|whistle-?blow\w*|(?:switched|turned) off the "
        r"(?:alarm|safety|guard)\w*|without (?:a )?(?:licen[cs]e|permit|helmets?|protective)|safety (?:rules|"
        r"checks?) (?:were |was )?(?:ignored|skipped|broken)|work(?:ing)? without (?:pay|a contract)|unpaid "
        r"overtime|minimum wage|sign(?:ed|ing)? (?:for |off )?[^.!?]{0,40}\b(?:that never|which never|although it|"
        r"never came|never happened|not (?:true|delivered|done))|(?:figures|results|numbers) before "
        r"[^.!?]{0,25}(?:published|announced|public|released)|keep (?:it |this |that )?(?:quiet|secret|between "
        r"us)[^.!?]{0,30}(?:figures|results|deal|money|accident|customer|law)|asked me to keep quiet|for work "
        r"(?:that )?(?:nobody|no one|was never)|never delivered|dump(?:s|ed|ing)? (?:the |our |toxic )*(?:waste|"
        r"oil|chemicals)|toxic waste|pollut\w*|company (?:card|money|funds|account)[^.!?]{0,40}(?:private|"
        r"holidays?|personal|family|wife|husband|himself|herself|home)|(?:read|reads|reading|check|checks|opened|"
        r"opens) (?:the |my |our |their )?private (?:messages|e?-?mails?|chats?|post)|sp(?:y|ies|ied|ying) on|"
        r"secretly record\w*|hidden camera|(?:not to|n't|never) (?:record|report|document|log|register|mention|"
        r"write down) (?:the |this |that |an |any )?(?:accident|incident|injury|defect|breach)s?|shred(?:s|ded|"
        r"ding)? (?:the|all|those|some|my|our)|cover(?:s|ed|ing)? (?:it |this |that )?up\b|cover-up|conflict of "
        r"interest|black money|cash in (?:an|the) envelope|paid in cash|(?:gifts?|money|holiday|trip) from (?:the|"
        r"a|our) (?:supplier|vendor|customer)|lie(?:s|d)? (?:to|in) (?:the )?(?:auditor|audit|regulator|court|tax)|"
        r"(?:chang|alter|edit)\w* the (?:numbers|figures|data|results) (?:in|so)\b|nepotism|hir\w* (?:his|her) "
        r"(?:own )?(?:nephew|niece|cousin|brother|sister|son|daughter|wife|husband)|(?:bag|envelope|bundle) of "
        r"(?:cash|money)|less than the law|(?:what )?the law (?:says|allows|requires|forbids)|delet\w* (?:the |a |"
        r"all )?(?:complaints?|warnings?|log|entries|entry)|before the (?:inspection|inspectors?|audit|auditors?|"
        r"controls?)|(?:cop|sen|took|tak)\w* (?:the |our |all )?(?:customer|client|patient|personnel|employee) "
        r"(?:list|data|files?|records?)(?! of)"
    ),
    Route.HEALTH: (
        r"burn(?:t|ed)?[- ]?out|panic attacks?|depress(?:ed|ion)|anxiety|nervous breakdown|breakdown|(?:cannot|"
        r"can['’]t|can not|could not|couldn['’]t|not|hardly|barely) (?:been )?sle(?:ep|pt|eping)\b|insomnia|"
        r"sign(?:ed|s)? (?:me|him|her|us)? ?off (?:sick|work)|sign (?:me|him|her) off|(?:on|off|called in) sick|"
        r"sick (?:leave|note)|(?:my|her|his|a|the) (?:doctor|therapist|psychiatrist|psychologist|gp) (?:says?|said|"
        r"wants?|told|thinks?|advised|prescribed)|in therapy|psychiatr\w*|medication|antidepress\w*|(?:smell(?:s|"
        r"ed|t)?|stank|reek(?:s|ed)?) of (?:alcohol|drink|wine|beer|whisky|weed)|drinking problem|drunk|hung ?over|"
        r"alcohol(?:ic|ism)|drinks too much(?! (?:coffee|tea|water))|drug (?:problem|addict\w*)|addict(?:ed|ion)|"
        r"overdos\w*|(?:cr(?:y|ies|ied|ying)|vomit\w*|threw up) (?:every|each|all|before|in the (?:toilet|bathroom|"
        r"car))|pregnan\w*(?! pause)|miscarr\w*|(?:has|have|had|with|got|of) cancer|chemo\w*|tumou?r|diagnosed|"
        r"(?:my|medical|a|cancer) diagnosis|(?:serious|chronic|mental|my|his|her) illness|mental health|mentally "
        r"ill|bipolar|ptsd|trauma(?:tised|tized)?|eating disorder|anorexi\w*|bulimi\w*|heart (?:attack|condition)|"
        r"stroke last|collapsed at|fainted|(?:has|have|had|got) (?:a )?dementia|losing (?:his|her|their) memory|"
        r"slurred (?:his|her|their) words|(?:been|was|is|starts?|started) drinking\b(?! (?:coffee|tea|water))|"
        r"drink(?:s|ing) at work|drinking again|threw up(?! (?:his|her|their|my) hands)|throw(?:ing)? up|vomit\w*|"
        r"(?:he|she|i)(?:['’]s| is| am|['’]m| was| looked| looks) (?:seriously |very |really |so )?(?:ill|"
        r"unwell)\b|(?:i think (?:he|she) is|i am|i['’]m) sick\b(?! of)|(?:tak\w+|took|need\w*) (?:\w+ )?pills|"
        r"sleeping tablets|takes? drugs|on drugs|(?:cannot|can['’]t|could not|couldn['’]t) (?:cope|go on|breathe|"
        r"eat)\b(?! (?:for|with))|hands? (?:shake|shook|were shaking|tremble\w*)|heart (?:is )?(?:races|racing|"
        r"pounding)|in hospital(?! \w+)|hospitali[sz]ed|(?:cough\w*|vomit\w*|spit\w*) blood|see a doctor|stopped "
        r"eating|(?:not|n['’]t|never) eat(?:en|ing)?\b|lost (?:a lot of |so much )?weight|(?:my|his|her) "
        r"(?:depression|anxiety|cancer|diagnosis|therapy|operation|surgery)\b"
    ),
}
_DOUBTFUL = re.compile(
    r"\b(?:fired|sacked|(?:my|her|his) (?:job|contract|bonus|promotion|career)|this industry|leave the company|hr|"
    r"human resources|troublemakers?|warning letter|shut up|threat\w*|regret\w*|pretend\w*|lied|lying|cheat\w*|"
    r"fak(?:e|ed|es|ing)|"
    r"steal\w*|for a fee|bribe\w*|the law|safety|accidents?|police|knife|knives|guns?|weapons?|kill\w*|dying|die|blood|"
    r"rubb(?:ed|ing)|kiss\w*|weigh|fat|ugly|cute|sexy|swimsuit|body|insult\w*|humiliat\w*|scream\w*|yell\w*|shout\w*|"
    r"afraid|scared|cried|crying|medicines?|shake|shaking|overtime|without pay)\b",
    re.IGNORECASE,
)
"""Words that may be harmless: a tip is made, with a caution."""
_MOVED_DATA = re.compile(r"\bmigrations?\b", re.IGNORECASE)
"""At work it is systems that migrate."""
_PATTERNS = {route: re.compile(rf"(?<![\w])(?:{words})(?![\w])", re.IGNORECASE) for route, words in _WORDS.items()}


def route_of(note: str) -> tuple[Route, str] | None:
    """Where a note leads and the words that say so, or None when a tip may be made from it."""
    text = " ".join(note.replace("’", "'").split())
    for route, pattern in _PATTERNS.items():
        if match := pattern.search(text):
            return route, match.group()
    return None


def doubt_about(note: str) -> str | None:
    """Words for which the mentor should ask themselves whether this is a matter for feedback; None without any."""
    if found := _DOUBTFUL.search(note):
        return found.group()
    return touches_sensitive(_MOVED_DATA.sub("", note))
