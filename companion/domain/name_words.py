"""Names that are ordinary words as well, and the small words inside names."""

from __future__ import annotations

from companion.domain.words import word_set

ALSO_WORDS = word_set(
    """
    amber angel april art august autumn baker banks barber bell berg best bill bishop black blanche bloom blue bond
    book brook brooks brown bush butler carpenter chance chase christian church clay clement close coach cole
    constance cook cooper cross crystal curt daisy dale day dean dell design desire dick drew duke earl east ernest
    eve ever faith farmer felicity field fischer fisher flora florence ford forest foster frank gene glass gold good
    grace grand grant gray green guy hall hand harmony harper hart hazel heather henna hill holly honor hope hunter
    iris ivy jack jade jean jewel joy june justice justus key kind king knight lake lane law lee lily lin long luck
    luna major marine mark marks marshall mason may melody mercy merit mike miles miller mills min moon moss nelly
    nick noble north olive page paris park pat patience pearl penny pepper petit pierre piper pool poole porter post
    potter powers price prince prudence queen ram randy ray read reed rich rob robin rock roman rose ross ruby rush
    rusty sage sandy savage scout sharp shepherd short silver singer skip sky small smith snow song spring star stark
    stone storm story street strong sue summer sunny swift taylor temple terry tiffany trinity turner urban van victor
    viola violet walker wall ward waters webb wells west white will winter wise wolf wood woods worth wright young
    """
)
"""Names that are ordinary words as well: counted with a capital inside a sentence, or beside another name."""
NOUNS_WITH_A_CAPITAL = word_set(
    """
    bach bauer baum berg braun brunner engel falk feld fuchs graf gross hahn hammer hase herz hirsch hof jager kaiser
    klein koch konig kraft kramer krieg kurz lang lehmann licht lowe mai maurer meister muller neumann pfeffer post
    richter ritter roth sanger sauer schafer schmied schneider schreiber schuh schulz schwarz sommer stark stein stern
    sturm tag vogel vogt wagner wald weber weiss winkler winter wolf zimmermann
    """
)
"""German writes these with a capital anyway: counted beside another name only."""
PARTICLES = word_set(
    "al bin da das de del den der di do dos du el la las le les los mac san ten ter van von zu zum zur"
)
