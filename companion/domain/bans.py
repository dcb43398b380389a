"""What must not be said about people, and what touches them so closely that no model may word it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from companion.domain.words import stems

_JUDGEMENT = re.compile(
    r"\b(?:apprais\w+|underperform\w*|(?:performance|annual) (?:review|rating|appraisal)s?|ratings?|"
    r"(?:low|high|top|poor|weak|strong|under)[- ]?(?:performers?|performing|performance)|"
    r"promotion|promotions|promotable|get(?:ting)? promoted|promot(?:e|ed|ing) (?:him|her|them|you|me)|"
    r"pay rise|salary review|bonus(?:es)?|disciplinary|incompeten\w+|lazy|stupid|"
    r"rat(?:e|es|ing) (?:his|her|their|your|my|him|you|them|\w+['’]s)\b|"
    r"(?:fire|sack|dismiss) (?:him|her|them|you)|(?:bad|weak|poor) (?:boss|manager|leader|executive|mentor)s?|"
    r"not good enough|career prospects)\b",
    re.IGNORECASE,
)
_AGE_GROUP = (
    r"(?:millennials?|boomers?|zoomers?|gen(?:eration)?[- ]?[xyz](?:ers?)?|digital natives?|"
    r"(?:young|younger|old|older) (?:people|employees|workers|colleagues|staff|leaders|managers|folk|folks|ones))"
)
_AGES = r"(?:\d\d|twenty|thirty|forty|fifty|sixty)"
_GENERATIONS = re.compile(
    rf"\b(?:as an? (?:{_AGE_GROUP}|young(?:er)? person|old(?:er)? person)|"
    r"(?:your|my|our|their|his|her|this|that) (?:own )?generation|(?:people|somebody|someone) (?:of )?your age|"
    r"at (?:your|my|their) age|kids (?:these days|today)|"
    r"youngsters?|old guard|oldies|old[- ]?timers?|"
    rf"(?:people|colleagues|employees|staff|workers|leaders|managers|everyone|everybody|anyone|those) "
    rf"(?:under|over|below|above) {_AGES}|(?:under|over)[- ]{_AGES}s|"
    r"ok(?:ay)?,? boomer|digital natives?|"
    rf"(?:you|we|us|typical|those|all) {_AGE_GROUP}|"
    rf"{_AGE_GROUP} (?:are|is|all|always|never|only|just|do not|don['’]t|can['’]t|cannot|won['’]t|tend to|lack|love|"
    r"hate|struggle|expect|prefer|resist|fear|want|need))\b",
    re.IGNORECASE,
)

_PEOPLE = (
    r"(?:people|persons?|colleagues?|employees?|staff|workers?|wom[ae]n|m[ae]n|customers?|leaders?|managers?|"
    r"communit(?:y|ies)|backgrounds?)"
)
_SENSITIVE = {
    # English first, then the obvious French, German and Spanish words; accents are taken off before comparing.
    "health": (
        r"disab\w*|blind(?![ -]?spots?\b|ly\b)\w*|deaf\w*|hard of hearing|hearing (?:impair\w*|loss|aids?)|sight loss|"
        r"(?:visually|partially|hearing|sight)[ -](?:impaired|sighted)|impair\w*|sign language|wheelchairs?|"
        r"(?:in)?accessib\w*|special needs|a11y|neuro\w*|autis\w*|asperger\w*|adhd|dyslex\w*|dysprax\w*|dyscalcul\w*|"
        r"tourette\w*|health\w*|ill|illness\w*|sick\w*|diseas\w*|medic\w*|diagnos\w*|cancer|chronic\w*|diabet\w*|"
        r"epilep\w*|hiv|covid|menopaus\w*|menstrua\w*|surger\w*|pain|obes\w*|"
        r"mental\w*|depress\w*|anxi\w*|burn[ -]?(?:out|t out)|burned out|stress\w*|well[ -]?being|therap\w*|"
        r"psych(?!ologically safe)\w*|suicid\w*|trauma\w*|ptsd|bipolar|grie[fv]\w*|bereave\w*|eating disorders?|"
        r"addict\w*|alcohol\w*|drugs?|drink(?:s|ing)?|gambl\w*|substance abuse|sober|"
        r"handicap\w*|aveugles?|malvoyant\w*|sourde?s?|malade?s?|maladie?s?|sante|neuroatypi\w*|toxicoman\w*|drogues?|"
        r"alcool\w*|\w*behinder\w*|gehorlos\w*|taub\w*|\w*krank\w*|gesund\w*|sucht\w*|alkohol\w*|"
        r"discapaci\w*|minusvali\w*|cieg[oa]s?|sord[oa]s?|enferm\w*|salud|adicc?i\w*|depresi\w*"
    ),
    "ethnicity": (
        r"ethni\w*|rac(?:e|es|ial\w*|ialised|ialized|ism|ists?)|skin|blacks?|whites?|whiteness|"
        rf"brown {_PEOPLE}|asians?|africans?|afro\w*|arabs?|arabic|latin[aox]s?|latine|hispanics?|caribbeans?|"
        r"indigenous|aborigin\w*|roma|romani|minorit\w*|colou?r|colou?red|bame|bipoc|poc|global majority|"
        r"under[ -]?represented|marginali[sz]ed|discriminat\w*|diversity|dei|edi|"
        r"peau|noire?s?|couleur|antiracis\w*|\w*rass(?:e|en|is\w*)|hautfarb\w*|herkunft|schwarze[nr]?|"
        r"raza|razas|etni\w*|piel|negr[oa]s?"
    ),
    "religion": (
        r"relig\w*|faiths?|believers?|muslims?|islam\w*|christian\w*|catholic\w*|protestant\w*|evangelical\w*|jews?|"
        r"jewish|judaism|antisemit\w*|anti-semit\w*|hindu\w*|buddh\w*|sikh\w*|atheis\w*|church\w*|mosques?|synagog\w*|"
        r"pray\w*|ramadan|eid|diwali|christmas|easter|sabbath|halal|kosher|hijab\w*|headscar\w+|veils?|bible|quran|"
        r"koran|god|secular\w*|spiritual\w*|musulman\w*|juifs?|juives?|chretien\w*|foi|laicite|glaube\w*|glaubig\w*|"
        r"judisch\w*|juden|christlich\w*|kirch\w*|judi[oa]s?|cristian\w*|iglesia"
    ),
    "gender": (
        r"gender\w*|cisgender\w*|sex|sexes|sexual\w*|sexis\w*|sexuell\w*|same-sex|wom[ae]n\w*|m[ae]n|females?|males?|"
        r"girls?|boys?|lad(?:y|ies)|gentlem[ae]n|femin\w*|masculin\w*|misogyn\w*|patriarch\w*|lgbt\w*|lgb|queer\w*|"
        r"gays?|lesbian\w*|bisexual\w*|homo(?:sexu|phob)\w*|hetero\w*|trans|trans(?:gend|sex|phob|genr)\w*|non-?binary|"
        r"nonbinaire\w*|intersex\w*|asexual\w*|pronouns?|orientation|coming out|pride|"
        r"femmes?|hommes?|genre|sexe|sexuel\w*|lesbienne\w*|frau\w*|manner\w*|mannlich\w*|weiblich\w*|\w*geschlecht\w*|"
        r"schwul\w*|lesbisch\w*|divers|mujer\w*|hombres?|genero|sexo"
    ),
    "age": (
        r"ages?|aged|ageing|aging|ageis\w*|agis\w*|generation\w*|intergeneration\w*|multigeneration\w*|gens?[ -]?[xyz]|"
        r"gen alpha|millennials?|boomers?|zoomers?|digital natives?|young\w*|youth\w*|teens?|teenage\w*|adolescen\w*|"
        rf"older|oldest|old {_PEOPLE}|elder\w*|seniority|retire\w*|pension\w*|(?:under|over|below|above)[ -]?\d\ds?|"
        r"[2-7]0-?somethings?|\w+ty-?somethings?|(?:in (?:my|your|their|his|her) )(?:\w+ties|\d0s)|years old|"
        r"jeunes?|jeunesse|vieux|vieil\w*|retraite\w*|altere[nrs]?|alters\w*|jung(?:e[nrs]?|ere[nrs]?)?|jugend\w*|"
        r"rente\w*|rentner\w*|edad|edades|joven\w*|juvent\w*|generacion\w*|jubila\w*"
    ),
    "parenthood": (
        r"pregnan\w*|matern\w*|patern\w*|parent\w*|mothers?|mums?|moms?|fathers?|dads?|child|child-?free|childless|"
        r"children\w*|child-?care|kids?|bab(?:y|ies)|famil(?:y|ies)|carers?|caring|care-?giv\w*|care[ -]?tak\w*|"
        r"breast-?feed\w*|ivf|fertility|infertil\w*|miscarr\w*|adopti(?:ve|ng) \w+|married|marriage|divorc\w*|widow\w*|"
        r"grossesses?|enceintes?|maman\w*|peres|meres|enfants?|famill\w*|aidants?|schwanger\w*|mutter\w*|vater\w*|"
        r"\w*eltern\w*|kinder\w*|pflege\w*|familie\w*|embaraz\w*|madres?|padres?|hij[oa]s?|familiar(?:es)|cuidador\w*"
    ),
    "nationality": (
        r"nationalit\w*|national origin|\w*migra(?:nt|tion|te|torio)\w*|refugees?|asylum|visas?|citizen\w*|passports?|"
        r"work permits?|foreign\w*|expat\w*|(?:non-?)?native speakers?|mother tongue|accents?|xenophob\w*|"
        r"deport\w*|(?:african|american|british|chinese|dutch|french|german|greek|indian|irish|italian|japanese|"
        rf"mexican|moroccan|nigerian|pakistani|polish|portuguese|romanian|russian|spanish|syrian|turkish|ukrainian) "
        rf"{_PEOPLE}|etranger\w*|immigre\w*|refugie\w*|auslander\w*|auslandisch\w*|staatsangehorig\w*|gefluchtet\w*|"
        r"fluchtling\w*|nacionalidad\w*|extranjer\w*|refugiad\w*"
    ),
    "politics": (
        r"politi\w*|elections?|voters?|votes?|voted|voting|conservatives?|liberals?|socialis\w*|"
        r"communis\w*|fascis\w*|(?:left|right)[ -]wing|far[ -](?:left|right)|republicans?|democrats?|populis\w*|"
        r"activis\w*|brexit|parliament\w*|partei\w*|wahlen|elecciones|syndic\w*|unions?|unioni[sz]\w*|"
        r"work(?:s|ers'?) councils?|on strike|"
        r"strike action|collective bargaining|shop stewards?|greve\w*|gewerkschaft\w*|betriebsrat\w*|streiks?|"
        r"sindica\w*|huelga\w*"
    ),
}
"""What a person may be wronged by: law calls these special or protected; the mentor's and the executive's to raise."""
_SENSITIVE_PATTERNS = {
    kind: re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])") for kind, alternatives in _SENSITIVE.items()
}


def touches_sensitive(text: str, known: str = "") -> str | None:
    """The first words of a text about an attribute that is somebody's own to raise, lower-cased without accents.

    That is health and disability, ethnicity, religion, gender and orientation, age, parenthood and caring,
    nationality, politics and union. A kind that `known` touches as well is passed over. It errs on the side of
    finding too much ("race condition"): what is found is only left in the words people wrote.
    """
    plain, before = _unaccented(text), _unaccented(known)
    for pattern in _SENSITIVE_PATTERNS.values():
        match = pattern.search(plain)
        if match is not None and not pattern.search(before):
            return match.group()
    return None


def _unaccented(text: str) -> str:
    """Lower-case, without accents and invisible characters, and with every kind of hyphen and space made plain."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    shown = (c for c in letters if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join("".join("-" if unicodedata.category(c) == "Pd" else c for c in shown).split())


def judgement_of_a_person(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that appraise a person or touch pay and promotion; None when there are none.

    `stated` are texts of the two people themselves, such as a goal "how promotions are decided here": a subject they
    named may be spoken about.
    """
    return _found(_JUDGEMENT, text, stated)


def idea_about_a_generation(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that say what an age group is like; None when there are none. A group may be named as a subject."""
    return _found(_GENERATIONS, text, stated)


_NAMES_WANTED = re.compile(
    r"\bwho (?:else )?(?:in|on|of|from|among) (?:your|the|our|his|her|their) (?:\w+ )?"
    r"(?:team|department|board|staff|group|unit|people|office|company)(?: most| mainly)? "
    r"(?!could|would|might|should|can|will|may|needs?|wants?|knows?|has to|benefits?)\w+|"
    r"\bwho (?:exactly |really )?"
    r"(?:said|told|complain\w*|blame[sd]?|leaked|reported|criticis\w+|criticiz\w+|resists?)\b|"
    r"\bwhich (?:of your )?(?:person|people|colleagues?|managers?|directors?)\b[^?.]*\b"
    r"(?:complain\w*|weak\w*|worst|difficult|resist\w*|block\w*|slow\w*)",
    re.IGNORECASE,
)
_FEELINGS = (
    r"(?:anxious|afraid|nervous|angry|annoyed|stressed|sad|upset|insecure|defensive|frustrated|scared|worried|"
    r"embarrassed|overwhelmed|jealous|bored|lonely|unhappy|intimidated|threatened)"
)
_FEELINGS_READ = re.compile(
    rf"\byou (?:\w+ )?(?:look|seem|sound|appear|feel|get|are|were) (?:so |very |a bit |quite |rather )?{_FEELINGS}\b|"
    rf"\bwhat are you (?:so )?(?:afraid|scared|frightened|nervous) (?:of|about)\b|\bwhy are you (?:so )?{_FEELINGS}\b",
    re.IGNORECASE,
)
_GREAT = (
    r"(?:brilliant|amazing|inspiring|outstanding|wonderful|visionary|fantastic|extraordinary|incredible|exceptional)"
)
_FLATTERY = re.compile(
    rf"\b(?:the )?(?:most|so|truly|such an?|an? (?:truly|really)) {_GREAT} "
    r"(?:leader|executive|person|boss|manager|mind|director|human being)s?\b|"
    r"\b(?:the|our) (?:best|greatest) (?:leader|executive|boss|manager|director|mentor|mentee)\b|"
    rf"\b(?:you|he|she|they) (?:are|is) (?:so |truly |really |just )*(?:{_GREAT}|a genius)\b",
    re.IGNORECASE,
)
_GROUPS = (
    r"(?:women|men|mothers|parents|foreigners|immigrants|migrants|muslims|christians|jews|asians|africans|"
    r"black people|white people|gay people|disabled people|people of colou?r|minorities)"
)
_ONE_FOR_ALL = re.compile(
    r"\b(?:people|somebody|someone|women|men|others) like (?:you|me|him|her)\b|\byou people\b|\byour kind\b|"
    r"\bon behalf of (?:all|every|the other|your)\b|\bspeak(?:ing)? for (?:all|every|your)\b|"
    rf"\b(?:what|how|why) do {_GROUPS}\b|"
    r"\b(?:as an?|speaking as an?) (?:woman|man|mother|father|foreigner|immigrant|muslim|christian|jew|"
    r"(?:black|white|gay|disabled|asian|african) (?:woman|man|person))\b",
    re.IGNORECASE,
)


def request_for_names(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that ask who said or did something; None when there are none."""
    return _found(_NAMES_WANTED, text, stated)


def feelings_read_into_a_person(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that tell somebody how they feel; None when there are none."""
    return _found(_FEELINGS_READ, text, stated)


def flattery(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that praise a person without saying for what; None when there are none."""
    return _found(_FLATTERY, text, stated)


def one_for_a_group(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that make one person speak for a group; None when there are none."""
    return _found(_ONE_FOR_ALL, text, stated)


def _found(pattern: re.Pattern[str], text: str, stated: Iterable[str]) -> str | None:
    known = [set(stems(own)) for own in stated]
    for match in pattern.finditer(text):
        if not any(set(stems(match.group())) <= own for own in known):
            return match.group()
    return None
