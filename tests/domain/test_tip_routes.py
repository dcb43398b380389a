"""Which notes lead to people instead of a tip, and which only sound like it."""

import pytest

from companion.domain.feedback_tips import Routed, Tip, advise
from companion.domain.tip_routes import Route, doubt_about, route_of

UNSAFE = {
    Route.DANGER: [
        "Sometimes I think it would be easier not to be here any more.",
        "He said he will jump off the bridge.",
        "I want to die.",
        "He has a gun in his desk.",
        "She cuts herself.",
        "I do not see a reason to go on living.",
        "He wrote me that he will hurt himself tonight.",
        "She talked about ending her life.",
        "He wants to hurt somebody at work.",
    ],
    Route.HARASSMENT: [
        "He stood so close that I could feel his breath and said I smell nice.",
        "She calls me 'the quota girl' in meetings.",
        "He asked what I wear under my blouse.",
        "He said women are not made for sales.",
        "He showed me a porn clip on his phone.",
        "She told the team that people with my religion are lazy.",
        "He keeps commenting on my body.",
        "He blocked the door and would not let me out.",
        "She laughs at my stutter in front of the others.",
        "He invited me for dinner alone again although I said no twice.",
        "He calls me sweetheart and honey all the time.",
        "He threw a stapler at me.",
        "She screamed at me until I cried.",
        "He sent me a heart emoji at 2 am and asked why I don't answer.",
        "He made a joke about my hijab.",
        "They call him the cripple.",
        "He followed me to my car.",
        "He rested his hand on my thigh during the film.",
        "She told everyone that my country only produces thieves.",
        "He said my hair looks like a mop and that I should straighten it for clients.",
        "He wanted to know if I sleep with my boyfriend.",
        "She keeps asking when I will finally have children.",
        "He stares at my chest.",
        "He whispered that he dreams about me.",
        "He puts his arm around me in every photo although I step away.",
        "She said I only got the job because I am black.",
        "He mimics how I walk with my crutch.",
        "He said a girl should smile more.",
        "He waits for me in the parking lot every Thursday.",
        "A colleague said she was touched against her will.",
        "I was touched by a manager at the party.",
        "I was grabbed from behind at the printer.",
        "She said he forced himself on her.",
        "He exposed himself to an apprentice.",
        "Somebody put something in her drink.",
        "I do not feel safe with him in the lift.",
        "They make monkey noises when I come in.",
        "I have bruises from him.",
    ],
    Route.RETALIATION: [
        "He said if this gets out I can look for another job.",
        "She told me to think twice before I fill in the survey.",
        "Since I raised the overtime he has not spoken to me and cancelled my training.",
        "He said I am finished here.",
        "She wants to have me moved because of my feedback.",
        "He warned me not to tell HR.",
        "He blackmails me with a photo.",
        "She said people who talk do not get far here.",
        "After the survey he gave me the worst shifts.",
        "He told me my reference letter will be short.",
        "My access was removed the day after I told him the truth.",
        "She hinted that my visa could be a problem.",
        "He said I should remember who pays me.",
    ],
    Route.LEGAL: [
        "She asked me to sign for a delivery that never came.",
        "He told me the figures before the results were published and asked me to keep quiet.",
        "He pays a friend's company for work nobody does.",
        "We dump the waste behind the plant at night.",
        "He uses the company card for his holidays.",
        "He told me to lie to the auditor.",
        "She reads the private messages of employees.",
        "We were told not to record the accident.",
        "He asked me to shred the contracts.",
        "He told me to change the numbers in the safety report.",
        "She hires her nephew for every contract.",
        "We got a bag of cash from the client.",
        "They pay the drivers less than the law says.",
        "He deleted the complaint before the inspection.",
        "She copied the customer list to her own laptop before leaving.",
    ],
    Route.HEALTH: [
        "I have not slept for weeks because of these meetings.",
        "She told me that she has cancer.",
        "He has been drinking at work again.",
        "I had to throw up before our session.",
        "My therapist thinks I should stop.",
        "I am pregnant and do not know how to tell her.",
        "I cry every evening after our talks.",
        "He looked confused and forgot my name twice, I think he is ill.",
        "I take pills to get through the day.",
        "He coughed blood and would not see a doctor.",
        "I have been on medication since the reorganisation.",
        "She said she stopped eating because of the stress.",
        "I am off sick since Monday because of this.",
    ],
}
HARMLESS = [
    "I was touched by your words of thanks.",
    "I was touched by the story about the lab.",
    "She was grabbed by the idea at once.",
    "I do not want to hurt him, I want the report on time.",
    "I never feel safe with numbers on the spot.",
    "The team was exposed to criticism in the review.",
    "He laughed at my joke about the printer.",
    "She followed me into the meeting room.",
    "He asked if I am alone responsible for the budget.",
    "We talked about mental load in the team survey.",
    "She threw her hands up.",
    "He shouted at the screen.",
    "The contract with the supplier ends in May.",
    "He cancelled the training for all of us.",
    "I was tired after the session.",
    "My manager was there too.",
    "She asked me to sign the agenda.",
    "He said the project is finished.",
    "He wears a nice tie.",
    "He drinks too much coffee.",
    "He grabbed my laptop and typed himself.",
    "He grabbed the microphone.",
    "She hugged the whole team goodbye.",
    "I nearly died of boredom.",
    "He killed the meeting after ten minutes.",
    "It hurt me that he left.",
    "He dropped the ball.",
    "We looked at the health and safety report.",
    "She came in sick with laughter.",
    "She asked for my private number for the taxi.",
    "He forgot my name twice.",
    "He said the audit went well.",
    "He closed the door while I was talking.",
    "Honey, I shrunk the slides was the title.",
    "He said we will regret the cheap option.",
    "He changed the date of the demo so that the clients could come.",
    "She has three children and told a story about them.",
    "He took the client list of questions and answered them one by one.",
    "His wife's company was mentioned as an example.",
    "She said her heart was not in it.",
    "He cut the budget of my project after my feedback.",
    "My probation talk is next week.",
    "She asked when the baby feature is ready.",
    "He smiled more than usual.",
    "He stared at his screen.",
    "They had a fight about the shift plan and the law of large numbers.",
    "He put his arm on the table and sighed.",
    "He took his own laptop.",
    "She was in hospital mode, he said.",
    "I could not breathe for laughing.",
    "He threw up his hands.",
    "She asked for more pills... sorry, bills.",
    "We lost a lot of time.",
    "He was sick of waiting and told us so.",
    "He corrected the figures of my report in front of everyone.",
    "She was late because her child was ill.",
    "He told the joke about the auditors again.",
    "I was careful what I said.",
    "He said we need a new job title for this.",
    "She looked at my hair-raising slide.",
    "He hurt my feelings when he left.",
    "He shot down my idea.",
    "She sent me to the doctor account instead of the bank account.",
    "He is a dying breed, he joked.",
]


@pytest.mark.parametrize(("route", "note"), [(route, note) for route, notes in UNSAFE.items() for note in notes])
def test_what_is_said_in_many_ways_leads_to_the_right_people(route: Route, note: str) -> None:
    assert (found := route_of(note)) is not None
    assert found[0] is route


@pytest.mark.parametrize("note", HARMLESS)
def test_what_only_sounds_like_it_does_not(note: str) -> None:
    assert route_of(note) is None


@pytest.mark.parametrize(
    ("note", "route"),
    [
        ("He does not want to live any more.", Route.DANGER),
        ("He said he’d kill himself.", Route.DANGER),
        ("She put her hand on my knee.", Route.HARASSMENT),
        ("He made a racist joke.", Route.HARASSMENT),
        ("He said I would regret it.", Route.RETALIATION),
        ("My promotion depends on it, he said.", Route.RETALIATION),
        ("He asked me to back-date the invoice.", Route.LEGAL),
        ("Delete the mails\nbefore the auditors come, he said.", Route.LEGAL),
        ("I have panic attacks before our sessions.", Route.HEALTH),
        ("RESPECT! HE SMELLED OF ALCOHOL", Route.HEALTH),
    ],
)
def test_some_notes_lead_to_people(note: str, route: Route) -> None:
    made = advise(f"In the review Laurent left. {note}")
    assert isinstance(made, Routed)
    assert made.route is route


@pytest.mark.parametrize(
    "note",
    [
        "I was sick of slides by then.",
        "It was a healthy debate.",
        "The pilot was killed.",
        "He stole my idea.",
        "We ran a stress test and a fire drill.",
        "He hit send too early.",
        "The legal department was there.",
        "My contract draft is ready.",
        "He touched on my topic.",
        "I like her dress code mail.",
        "We were not invited to the meeting.",
        "His position on the contract is clear.",
        "He discriminates between two designs.",
        "I was harassed by deadlines.",
    ],
)
def test_harmless_words_do_not(note: str) -> None:
    assert route_of(note) is None


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("She said my prayer breaks are a joke.", "prayer"),
        ("He asked how much I weigh.", "weigh"),
        ("She told me to shut up.", "shut up"),
        ("He asked me to pretend that the test had passed.", "pretend"),
        ("I feel so anxious before our calls.", "anxious"),
    ],
)
def test_a_doubtful_note_gets_a_tip_with_a_caution(note: str, words: str) -> None:
    made = advise(note)
    assert isinstance(made, Tip)
    assert f"“{words}”: is this more than a habit?" in made.not_now[0]


@pytest.mark.parametrize("note", ["He left after the migration. I stopped.", "He laughed at my slide. I went red."])
def test_an_ordinary_note_gets_none(note: str) -> None:
    assert doubt_about(note) is None
