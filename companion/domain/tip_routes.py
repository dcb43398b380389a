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
        """The text with the support contact in its place, or with what to do when there is none."""
        named = f"{contact.rstrip('.')}." if contact.strip() else f"whoever runs the programme. {no_contact}"
        return self.model_copy(update={"steps": tuple(step.replace("{contact}", named) for step in self.steps)})


class RouteFile(BaseModel):
    """The texts of all routes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    no_contact: str
    routes: tuple[RouteText, ...]


_ME = r"(?:me|my|myself)"
_MINE = r"(?:my|her|his|their|our|\w+['’]s)"
_WHO = r"(?:i|he|she|they|you|we|\w+)"
_WORDS: Mapping[Route, str] = {
    Route.DANGER: (
        r"suicid\w*|self[- ]?harm\w*|(?:kill|hurt|harm|hang|shoot) (?:my|him|her|your)(?:self)|kill themsel\w+|"
        r"(?:kill|murder) (?:me|you|him|her|them|us|somebody|someone)|end (?:my|his|her|their) (?:own )?life|"
        r"(?:not|n['’]t|no longer|never) want(?:s|ed)? to (?:live|be alive|wake up|be here any ?more|go on living)|"
        r"better off (?:dead|without (?:me|him|her))|wish(?:es|ed)? (?:i|he|she) (?:was|were) dead|"
        r"took an overdose|brought a (?:gun|knife|weapon)"
    ),
    Route.HARASSMENT: (
        rf"(?:touch(?:es|ed|ing)?|strok(?:es|ed|ing)|rub(?:s|bed|bing)|grab(?:s|bed|bing)?|squeez(?:es|ed|ing)|"
        rf"pinch(?:es|ed|ing)?|kiss(?:es|ed|ing)?|hug(?:s|ged|ging)?|slap(?:s|ped)?|hit|shov(?:es|ed)|spat at|grop\w+|"
        rf"undress\w*) (?:{_ME}|her|him|them)\b(?! (?:when|with an? (?:idea|question)))|grop(?:es?|ed|ing)|"
        r"(?:hands?|arms?) (?:on|around|round|over) (?:my|her|his|their) (?:\w+ )?"
        r"(?:back|knee|leg|thigh|shoulders?|waist|hips?|neck|bottom|bum|body|chest|face|hair)|"
        r"sexual\w*|sexist|sexism|racis\w*|homophob\w*|transphob\w*|islamophob\w*|anti-?semit\w*|xenophob\w*|slurs?|"
        r"n-word|molest\w*|assault\w*|rap(?:ed|ist)|stalk(?:s|ed|ing|er)|bull(?:y|ies|ied|ying)(?! pulpit)|mobbing|"
        r"discriminat\w*(?! between)|harass(?:e[sd]|ment|ing)?(?! by (?:deadlines?|e-?mails?|meetings?|messages|notifications))|"
        r"(?:hit(?:s|ting)?|came|come|coming) on to me|hit(?:s|ting)? on me|flirt\w*|made (?:a pass|advances)|"
        r"naked|nudes?|(?:photos?|pictures?) of (?:himself|herself|themselves) in (?:bed|the shower|underwear)|porn\w*|"
        rf"(?:hotel|bed) ?room|(?:if|whether|am|are|that) (?:i|you) (?:am|are|was|were|have|had) "
        rf"(?:\w+ )?(?:alone|single|a boyfriend|a girlfriend|married|available)|are you (?:single|alone)|"
        r"(?:my|her|his|your|that|such a) (?:\w+ )?(?:dress|skirt|legs?|breasts?|boobs|figure|cleavage|curves|lips)\b(?! code| rehearsal)|"
        r"wink(?:s|ed|ing)? at me|(?:looked|stared|staring|looks) at (?:my|her) (?:chest|body|breasts|legs)|"
        rf"(?:mock|imitat|mimick?|ridicul)(?:s|es|ed|ing|e)? {_MINE} "
        r"(?:accent|skin|hair|religion|faith|disability|wheelchair|stammer|stutter|origin|name|weight|headscarf|hijab)|"
        r"(?:mock|ridicul|laugh|joke)\w* (?:at |about )?(?:where|the way) (?:i|she|he) (?:came? from|comes from|speaks?)|"
        r"(?:because|since) (?:i|she|he|they)(?:['’]m| am|['’]s| is| are) (?:a )?(?:woman|man|girl|black|brown|asian|gay|"
        r"lesbian|trans|muslim|jewish|hindu|christian|pregnant|foreign\w*|disabled|old|young)|"
        r"(?:insult|humiliat|scream|yell|swore|spit)\w* (?:at )?(?:me|her|him|us) (?:again|in front|until|for)|"
        r"threw (?:a|an|his|her|the) [\w ]{1,20} at (?:me|her|him|us|them)|called (?:me|her|him) an? (?:slut|bitch|whore|"
        r"idiot|retard|cow|pig|animal)"
    ),
    Route.RETALIATION: (
        r"retaliat\w*|revenge|reprisals?|(?:will|would|['’]ll|['’]d|going to) regret (?:it|this|that|saying|speaking|my)|"
        r"(?:threaten(?:s|ed|ing)?) (?:me|us|him|her|them|to|my|that|with)|a threat (?:to|against) (?:me|my|us)|"
        r"(?:my|her|his) (?:contract|job|position|promotion|bonus|raise|visa|reference|career|place) "
        r"(?:\w+ ){0,2}?(?:depends|depended|runs? out|ran out|ends?|is over|was over|at risk|in danger|is gone|was gone|"
        r"could end|might end|would end|will not be|won['’]t be|would not be|is finished)|"
        r"(?:lost?|losing|cost) (?:me )?(?:my|their) (?:job|contract|promotion|bonus)|"
        rf"(?:punish|penali[sz])(?:es|ed|s)? (?:me|us|her|him|them|for)|being punished|"
        r"(?:taken|took (?:me|her|him)|kicked|thrown|removed|pulled) (?:off|from|out of) (?:the|my|his|her|this) "
        r"(?:\w+ )?(?:project|team|account|list|group|rota)|demot(?:ed|ion)|"
        r"(?:have|get|got|had) me (?:fired|sacked|moved|transferred)|(?:fired|sacked|transferred) (?:me|for)|"
        r"(?:no longer|not|never|n['’]t) (?:been )?invited (?:\w+ ){0,4}(?:any ?more|since)|"
        r"since (?:then|i (?:said|spoke|told|complained|raised|criticised|criticized)) (?:i|he|she|they)\b[^.!?]{0,40}"
        r"\b(?:ignor\w+|exclud\w+|not invited|no longer|left out|stopped greeting)|"
        r"speaking up was a mistake|who my friends are|(?:pay|paid|paying) for (?:it|this|that|what i said|speaking)|"
        r"(?:told|complained to|warned) my (?:manager|boss|team lead|line manager)[^.!?]{0,40}"
        r"\b(?:not loyal|disloyal|difficult|troublemaker|not a team player)|make my life (?:hell|difficult)|"
        r"(?:not|n['’]t) dare to (?:be honest|say|speak|answer)|(?:afraid|scared) (?:of|for) (?:losing )?my (?:job|contract)"
    ),
    Route.LEGAL: (
        r"fraud\w*|brib\w*|kick-?backs?|back-?dat(?:e|es|ed|ing)|illegal\w*|unlawful\w*|against the law|"
        r"break(?:s|ing)? the law|broke the law|launder\w*|embezzl\w*|insider (?:trading|information|tip)|"
        r"(?:buy|sell|bought|sold) (?:\w+ )?(?:shares|stock)\b|(?:takeover|merger|results)[^.!?]{0,40}before (?:it|they) "
        r"(?:was|were|is|are) (?:announced|public)|forg(?:ed?|ing) (?:a |the |my |his |her )?(?:signature|document|report)s?|"
        r"falsif\w*|(?:fake|faked|made-up|invented) (?:invoices?|receipts?|reports?|figures|numbers|hours|signatures?)|"
        r"cook(?:s|ed|ing)? the books|off the books|tax evasion|evad\w+ tax\w*|price[- ]fixing|cartel|"
        r"(?:delet|destroy|shred|hid|hide)\w* (?:the |all |those |these |any |some |my )?(?:e-?)?"
        r"(?:mails?|messages|documents?|records?|evidence|logs?|files?)\b[^.!?]{0,60}\b(?:before|audit\w*|so that|because|"
        r"from|regulator|court|investigat\w*)|(?:hide|hid|keep|kept|conceal\w*) (?:it|this|that|them|something) from (?:the "
        r")?(?:auditors?|regulators?|works council|customers?|authorities)|lie to (?:the )?(?:auditors?|regulators?|police)|"
        r"corruption|corrupt (?:official|manager|politician|deal)s?|theft|steal(?:s|ing)? (?:from|money|company)|"
        r"stole (?:money|from)|a crime|criminal\w*|police|prosecut\w*|lawsuits?|(?:sue|sued|suing) (?:me|us|him|her|them|"
        r"the)|data breach|leak(?:s|ed|ing) (?:customer|personal|confidential|the)\w* ?(?:data|list|records|files)?|"
        r"whistle-?blow\w*|(?:switched|turned) off the (?:alarm|safety|guard)\w*|without (?:a )?(?:licen[cs]e|permit|"
        r"helmets?|protective)|safety (?:rules|checks?) (?:were |was )?(?:ignored|skipped|broken)|"
        r"work(?:ing)? without (?:pay|a contract)|unpaid overtime|minimum wage"
    ),
    Route.HEALTH: (
        r"burn(?:t|ed)?[- ]?out|panic attacks?|depress(?:ed|ion)|anxiety|nervous breakdown|breakdown|"
        r"(?:cannot|can['’]t|can not|could not|couldn['’]t|not|hardly|barely) (?:been )?sle(?:ep|pt|eping)\b|insomnia|"
        r"sign(?:ed|s)? (?:me|him|her|us)? ?off (?:sick|work)|sign (?:me|him|her) off|(?:on|off|called in) sick|sick (?:leave|note)|"
        r"(?:my|her|his|a|the) (?:doctor|therapist|psychiatrist|psychologist|gp) "
        r"(?:says?|said|wants?|told|thinks?|advised|prescribed)|in therapy|psychiatr\w*|medication|antidepress\w*|"
        r"(?:smell(?:s|ed|t)?|stank|reek(?:s|ed)?) of (?:alcohol|drink|wine|beer|whisky|weed)|drinking problem|drunk|"
        r"hung ?over|alcohol(?:ic|ism)|drinks too much|drug (?:problem|addict\w*)|addict(?:ed|ion)|overdos\w*|"
        r"(?:cr(?:y|ies|ied|ying)|vomit\w*|threw up) (?:every|each|all|before|in the (?:toilet|bathroom|car))|"
        r"pregnan\w*(?! pause)|miscarr\w*|(?:has|have|had|with|got|of|about (?:my|his|her)) cancer|chemo\w*|tumou?r|diagnosed|(?:my|medical|a|cancer) diagnosis|"
        r"(?:serious|chronic|mental|my|his|her) illness|mental health|mentally ill|bipolar|ptsd|trauma(?:tised|tized)?|"
        r"eating disorder|anorexi\w*|bulimi\w*|heart (?:attack|condition)|stroke last|collapsed at|fainted|"
        r"(?:has|have|had|got) (?:a )?dementia|losing (?:his|her|their) memory|slurred (?:his|her|their) words"
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
