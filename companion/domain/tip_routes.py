"""Notes that no tip may be made from: detected by words before anything else reads them, answered with fixed text.

Patterns err on the side of caution, and name the words they stumbled over, so that a mentor who meant something
harmless can say it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


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

    def with_contact(self, contact: str, no_contact: str) -> RouteText:
        """The text with the support contact in its place, or `no_contact` where the programme names none."""
        named = f"{(contact.strip() or no_contact).rstrip('.')}."
        return self.model_copy(update={"steps": tuple(step.replace("{contact}", named) for step in self.steps)})


class RouteFile(BaseModel):
    """The texts of all routes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    no_contact: str
    routes: tuple[RouteText, ...]


_WORDS: Mapping[Route, str] = {
    Route.DANGER: (
        r"suicid\w*|self[- ]?harm\w*|(?:kill|hurt|harm|hang|shoot) (?:my|him|her|your)(?:self)|kill themsel\w+|"
        r"(?:kill|murder) (?:me|you|him|her|them|us|somebody|someone)|end (?:my|his|her|their) (?:own )?life|"
        r"(?:not|n['’]t|no longer|never) want(?:s|ed)? to (?:live|be alive|wake up|be here any ?more|go on living)|"
        r"better off (?:dead|without (?:me|him|her))|wish(?:es|ed)? (?:i|he|she) (?:was|were) dead|took an "
        r"overdose|brought a (?:gun|knife|weapon)"
    ),
    Route.HARASSMENT: (
        r"(?:touch(?:es|ed|ing)?|strok(?:es|ed|ing)|rub(?:s|bed|bing)|grab(?:s|bed|bing)?|squeez(?:es|ed|ing)|"
        r"pinch(?:es|ed|ing)?|kiss(?:es|ed|ing)?|hug(?:s|ged|ging)?|slap(?:s|ped)?|hit|shov(?:es|ed)|spat at|"
        r"grop\w+|undress\w*) (?:(?:me|my|myself)|her|him|them)\b(?! (?:when|with an? (?:idea|question)))|"
        r"grop(?:es?|ed|ing)|(?:hands?|arms?) (?:on|around|round|over) (?:my|her|his|their) (?:\w+ )?(?:back|knee|"
        r"leg|thigh|shoulders?|waist|hips?|neck|bottom|bum|body|chest|face|hair)|sexual\w*|sexist|sexism|racis\w*|"
        r"homophob\w*|transphob\w*|islamophob\w*|anti-?semit\w*|xenophob\w*|slurs?|n-word|molest\w*|assault\w*|"
        r"rap(?:ed|ist)|stalk(?:s|ed|ing|er)|bull(?:y|ies|ied|ying)(?! pulpit)|mobbing|discriminat\w*(?! between)|"
        r"harass(?:e[sd]|ment|ing)?(?! by (?:deadlines?|e-?mails?|meetings?|messages|notifications))|(?:hit(?:s|"
        r"ting)?|came|come|coming) on to me|hit(?:s|ting)? on me|flirt\w*|made (?:a pass|advances)|naked|nudes?|"
        r"(?:photos?|pictures?) of (?:himself|herself|themselves) in (?:bed|the shower|underwear)|porn\w*|(?:hotel|"
        r"bed) ?room|(?:if|whether|am|are|that) (?:i|you) (?:am|are|was|were|have|had) (?:\w+ )?(?:alone|single|a "
        r"boyfriend|a girlfriend|married|available)|are you (?:single|alone)|(?:my|her|his|your|that|such a) "
        r"(?:\w+ )?(?:dress|skirt|legs?|breasts?|boobs|figure|cleavage|curves|lips)\b(?! code| rehearsal)|wink(?:s|"
        r"ed|ing)? at me|(?:looked|stared|staring|looks) at (?:my|her) (?:chest|body|breasts|legs)|(?:mock|imitat|"
        r"mimick?|ridicul)(?:s|es|ed|ing|e)? (?:my|her|his|their|our|\w+['’]s) (?:accent|skin|hair|religion|faith|"
        r"disability|wheelchair|stammer|stutter|origin|name|weight|headscarf|hijab)|(?:mock|ridicul|laugh|joke)\w* "
        r"(?:at |about )?(?:where|the way) (?:i|she|he) (?:came? from|comes from|speaks?)|(?:because|since) (?:i|"
        r"she|he|they)(?:['’]m| am|['’]s| is| are) (?:a )?(?:woman|man|girl|black|brown|asian|gay|lesbian|trans|"
        r"muslim|jewish|hindu|christian|pregnant|foreign\w*|disabled|old|young)|(?:insult|humiliat|scream|yell|"
        r"swore|spit)\w* (?:at )?(?:me|her|him|us) (?:again|in front|until|for)|threw (?:a|an|his|her|the) "
        r"[\w ]{1,20} at (?:me|her|him|us|them)|called (?:me|her|him) an? (?:slut|bitch|whore|idiot|retard|cow|pig|"
        r"animal)"
    ),
    Route.RETALIATION: (
        r"retaliat\w*|revenge|reprisals?|(?:will|would|['’]ll|['’]d|going to) regret (?:it|this|that|saying|"
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
        r"(?:afraid|scared) (?:of|for) (?:losing )?my (?:job|contract)"
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
        r"overtime|minimum wage"
    ),
    Route.HEALTH: (
        r"burn(?:t|ed)?[- ]?out|panic attacks?|depress(?:ed|ion)|anxiety|nervous breakdown|breakdown|(?:cannot|"
        r"can['’]t|can not|could not|couldn['’]t|not|hardly|barely) (?:been )?sle(?:ep|pt|eping)\b|insomnia|"
        r"sign(?:ed|s)? (?:me|him|her|us)? ?off (?:sick|work)|sign (?:me|him|her) off|(?:on|off|called in) sick|"
        r"sick (?:leave|note)|(?:my|her|his|a|the) (?:doctor|therapist|psychiatrist|psychologist|gp) (?:says?|said|"
        r"wants?|told|thinks?|advised|prescribed)|in therapy|psychiatr\w*|medication|antidepress\w*|(?:smell(?:s|"
        r"ed|t)?|stank|reek(?:s|ed)?) of (?:alcohol|drink|wine|beer|whisky|weed)|drinking problem|drunk|hung ?over|"
        r"alcohol(?:ic|ism)|drinks too much|drug (?:problem|addict\w*)|addict(?:ed|ion)|overdos\w*|(?:cr(?:y|ies|"
        r"ied|ying)|vomit\w*|threw up) (?:every|each|all|before|in the (?:toilet|bathroom|car))|pregnan\w*(?! "
        r"pause)|miscarr\w*|(?:has|have|had|with|got|of|about (?:my|his|her)) cancer|chemo\w*|tumou?r|diagnosed|"
        r"(?:my|medical|a|cancer) diagnosis|(?:serious|chronic|mental|my|his|her) illness|mental health|mentally "
        r"ill|bipolar|ptsd|trauma(?:tised|tized)?|eating disorder|anorexi\w*|bulimi\w*|heart (?:attack|condition)|"
        r"stroke last|collapsed at|fainted|(?:has|have|had|got) (?:a )?dementia|losing (?:his|her|their) memory|"
        r"slurred (?:his|her|their) words"
    ),
}
_PATTERNS = {route: re.compile(rf"(?<![\w])(?:{words})(?![\w])", re.IGNORECASE) for route, words in _WORDS.items()}


def route_of(note: str) -> tuple[Route, str] | None:
    """Where a note leads and the words that say so, or None when a tip may be made from it."""
    text = " ".join(note.replace("’", "'").split())
    for route, pattern in _PATTERNS.items():
        if match := pattern.search(text):
            return route, match.group()
    return None
