"""Recognise column names as people and HR systems write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from companion.domain.imports import RowProblem
from companion.importing.consent import ATTRIBUTES, PREFIX, is_about_use
from companion.importing.objections import objection_in, words_of
from companion.importing.values import plain

# For each field its names, squeezed to letters and digits, the most telling first. They follow the exports of
# Workday, SAP SuccessFactors, BambooHR, Personio, HiBob and ADP, and common German and French ones.
_SYNONYMS: dict[str, str] = {
    "id": "id employeeid personid participantid workerid associateid staffid memberid employeenumber employeeno"
    " employeenr employee# employeecode empid empno empcode"
    " personnelnumber personnelno personnelid staffnumber workernumber userid userssysid"
    " personidexternal globalid internalid uniqueid uid personalnummer mitarbeiternummer mitarbeiterid matricule"
    " numeroemploye",
    "name": "name fullname displayname workername employeename participantname worker employee participant person"
    " legalname firstandlastname firstnamelastname namevollstandig nomcomplet nometprenom",
    "preferred_name": "preferredname preferredfullname knownas callname preferredfirstname displayfirstname"
    " nickname rufname prenomusuel",
    "first_name": "firstname givenname forename legalfirstname vorname prenom",
    "last_name": "lastname surname familyname legallastname preferredlastname nachname familienname nomdefamille nom",
    "email": "workemail emailwork workemailaddress businessemail email companyemail corporateemail emailaddress"
    " primaryworkemail emailprimarywork primaryemail officeemail mail emailid emailaddresswork userprincipalname upn"
    " emailgeschaftlich mailprofessionnel courriel adresseemail",
    "role": "programmerole programrole mentoringrole roleinprogramme roleinprogram roleintheprogramme"
    " roleintheprogram matchingrole participantrole participationrole mentorormentee mentormentee rolle role",
    "title": "jobtitle businesstitle title position positiontitle jobrole jobname jobprofile workertitle designation"
    " currenttitle stelle stellenbezeichnung jobbezeichnung berufsbezeichnung poste intituleduposte fonction cargo",
    "department": "department departmentname dept deptname division businessunit team orgunit organisationalunit"
    " organizationalunit organisation organization supervisoryorganization supervisoryorganisation function costcenter"
    " costcentre costcentername abteilung bereich kostenstelle service departement direction departamento",
    "location": "location worklocation office officelocation locationname primaryworklocation primarylocation site"
    " workplace city worksite basedin standort buro arbeitsort lieu lieudetravail ville bureau",
    "time_zone": "timezone tz ianatimezone worktimezone localtimezone timezoneid zeitzone fuseauhoraire",
    "languages": "languages language languagesspoken spokenlanguages workinglanguages languageskills sprachen sprache"
    " langues langue idiomas",
    "manager_id": "managerid manageremployeeid manageremployeenumber managernumber managerno managerworkerid"
    " manageruserid managerpersonid supervisorid linemanagerid reportstoid supervisoremployeeid mgrid"
    " vorgesetztenid managerpersonalnummer",
    "manager_email": "manageremail managerworkemail manageremailaddress linemanageremail supervisoremail"
    " reportstoemail mgremail managersemail",
    "manager_name": "managername linemanagername supervisorname reportstoname managerfullname manager linemanager"
    " mgr supervisor reportsto reportingto reportingmanager directmanager boss workersmanager managersname"
    " vorgesetzter vorgesetzte fuhrungskraft superieur responsable superieurhierarchique",
    "tenure_years": "tenureyears tenure yearsofservice lengthofservice serviceyears yearsincompany yearsatcompany"
    " yearswithcompany seniorityyears betriebszugehorigkeit anciennete",
    "hire_date": "hiredate originalhiredate dateofhire hiredon startdate employmentstartdate dateofjoining joiningdate"
    " joindate datejoined companystartdate continuousservicedate eintrittsdatum eintritt datedembauche dateentree"
    " datedentree",
    "capacity": "capacity maxpairings numberofpairings maxmatches maxmentees maxpartners numberofmentees places"
    " kapazitat capacite",
    "availability": "availability available availabletimes availableslots timeslots preferredtimes preferredslots"
    " verfugbarkeit disponibilite disponibilites",
    "need": "needs need learningneeds learninggoals wanttolearn whatiwanttolearn iwanttolearn topicstolearn"
    " developmentneeds learningobjectives lernziele bedarf besoins",
    "offer": "offers offer skills skill expertise canteach whaticanteach icanteach strengths topicsicanteach"
    " cangiveback canoffer whaticanoffer kompetenzen fahigkeiten angebote competences offres",
    "gain": "gains gain wanttogain hopetogain whatiwanttogain expectedgains whatihopetogain expectations"
    " motivation erwartungen attentes",
    "interest": "interests interest hobbies personalinterests interessen interets centresdinteret",
    "off_limits": "offlimits offlimit offlimitstopics offlimitstopic topicstoavoid avoidtopics nogo nogos nogotopics"
    " notopics tabus tabou sujetsaeviter",
    "level": "level joblevel grade jobgrade careerlevel levelgrade gradelevel managementlevel hierarchylevel"
    " paygrade stufe karrierestufe hierarchiestufe hierarchieebene ebene niveau niveauhierarchique"
    " echelon",
    "region": "region regionname worldregion geography geo workregion businessregion weltregion regionmonde",
    "work_style": "workstyle workingstyle styleofwork waysofworking arbeitsstil arbeitsweise styledetravail",
    "opted_out": "optout optedout optoutofmatching optsout optedoutofmatching doesnottakepart withdrawn abgemeldet"
    " nimmtnichtteil neparticipepas desinscrit",
    "local_only": "localmodelonly localonly noremotemodel noremoteai nocloudai nothingtoamodelelsewhere aioptout"
    " optoutofai nurlokalesmodell keinecloudki modelelocalseulement",
    "opted_in": "optin optedin optintomatching takespart takepart participates nimmtteil participe",
    "not_with": "notwith notpairedwith notpairwith donotpair donotpairwith donotmatch donotmatchwith notmatchedwith"
    " avoidpairingwith nopairingwith nichtmit nichtzusammenmit pasavec",
    **{PREFIX + attribute: names for attribute, names in ATTRIBUTES.items()},
}
FIELD_OF: Mapping[str, str] = {name: field for field, names in _SYNONYMS.items() for name in names.split()}
RANK: Mapping[str, int] = {name: place for names in _SYNONYMS.values() for place, name in enumerate(names.split())}
REPEATABLE = frozenset({"need", "offer", "gain", "interest", "off_limits", "languages", "not_with"})
"""Fields that may be spread over several columns, such as "Need 1" and "Need 2"."""

_OFTEN_TWICE = frozenset({"name", "role", "title", "department", "location", "manager_name"})
"""Exports often hold several columns of these kinds (division beside department), so nothing is said of it."""

_WISHES = frozenset({"opted_out", "opted_in", "local_only", "not_with", "off_limits"})
"""What people want to be respected: worth more than a passing word where it was not read."""

_CANONICAL = {
    "id": "Employee ID",
    "first_name": "First name",
    "last_name": "Last name",
    "preferred_name": "Preferred name",
    "role": "Programme role",
    "title": "Job title",
    "time_zone": "Time zone",
    "manager_id": "Manager ID",
    "manager_email": "Manager e-mail",
    "manager_name": "Manager",
    "tenure_years": "Tenure",
    "hire_date": "Hire date",
    "need": "Needs",
    "offer": "Offers",
    "gain": "Gains",
    "interest": "Interests",
    "off_limits": "Off-limits",
    "work_style": "Work style",
    "opted_out": "Opt-out",
    "local_only": "Local model only",
    "opted_in": "Opt-in",
    "not_with": "Not with",
}


@dataclass(frozen=True)
class Columns:
    """Which columns hold which field."""

    header: tuple[str, ...]
    """The names as the file writes them."""
    places: Mapping[str, tuple[int, ...]]
    """0-based column numbers by field; more than one only for repeatable fields."""
    problems: tuple[RowProblem, ...] = ()

    def name_of(self, field: str) -> str:
        """The header a field is read from; empty when there is none."""
        places = self.places.get(field, ())
        return self.header[places[0]] if places else ""

    @cached_property
    def taken(self) -> tuple[int, ...]:
        """The numbers of all columns that are read, in the order of the file."""
        return tuple(sorted(place for places in self.places.values() for place in places))

    @property
    def used(self) -> tuple[str, ...]:
        """The headers that are read, in the order of the file."""
        return tuple(self.header[place] for place in self.taken)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers that are not read, in the order of the file."""
        return tuple(name for place, name in enumerate(self.header) if name and place not in self.taken)

    def moved(self, source: str, target: str) -> Columns:
        """The same columns, with those of one field given to another, which had none."""
        places = {field: where for field, where in self.places.items() if field != source}
        return Columns(self.header, {**places, target: self.places[source]}, self.problems)


def squeeze(header: str) -> str:
    """A header without case, accents, spaces and punctuation: ``E-Mail address`` becomes ``emailaddress``."""
    return re.sub(r"[^\w#]|_", "", plain(header))


def field_of(header: str) -> tuple[str, int] | None:
    """The field a header stands for and how telling it is (0 is best), or None when it is not known."""
    without_brackets = re.sub(r"[(\[].*?[)\]]", " ", header)
    for squeezed in (squeeze(header), squeeze(without_brackets)):
        if squeezed in FIELD_OF:
            return FIELD_OF[squeezed], RANK[squeezed]
        numbered = FIELD_OF.get(squeezed.rstrip("0123456789"))
        if numbered in REPEATABLE:
            return numbered, RANK[squeezed.rstrip("0123456789")]
    return ("consent", 0) if is_about_use(words_of(header)) else None


def known_count(cells: Sequence[str]) -> int:
    """How many different fields a row names: what makes it likely to be the header."""
    return len({found[0] for cell in cells if (found := field_of(cell))})


def match_columns(header: Sequence[str], file: str, line: int) -> Columns:
    """Give each column its field; say which names look misspelt and which two columns mean the same."""
    names = tuple(" ".join(name.split()) for name in header)
    claims: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(names):
        if found := field_of(name):
            claims.setdefault(found[0], []).append((found[1], place))
    problems: list[RowProblem] = []
    places: dict[str, tuple[int, ...]] = {}
    for field, claimed in claims.items():
        if field in REPEATABLE:
            places[field] = tuple(place for _, place in claimed)
            continue
        best = min(claimed)[1]
        places[field] = (best,)
        others = [] if field in _OFTEN_TWICE else [place for _, place in claimed if place != best]
        problems.extend(_same_meaning(names[best], names[other], file, line) for other in others)
    problems.extend(_without_consent(names, places, file, line))
    problems.extend(_misspelt(names, places, file, line))
    return Columns(names, places, tuple(problems))


def _without_consent(
    names: Sequence[str], places: dict[str, tuple[int, ...]], file: str, line: int
) -> list[RowProblem]:
    """Take out what people declared when no column says what they allow; it is not even looked at."""
    if "consent" in places:
        return []
    return [
        RowProblem(
            file=file,
            line=line,
            column=names[places.pop(field)[0]],
            reason="The column was not read: no column says what people consented to.",
            hint="Add a column 'Consent to use' with no, report or match, as each person answered.",
            severity="warning",
        )
        for field in [field for field in places if field.startswith(PREFIX)]
    ]


def _same_meaning(used: str, other: str, file: str, line: int) -> RowProblem:
    return RowProblem(
        file=file,
        line=line,
        column=other,
        reason=f"This column means the same as '{used}', which was read instead.",
        hint="Rename or remove the one that should not be read.",
        severity="warning",
    )


def _misspelt(names: Sequence[str], places: Mapping[str, tuple[int, ...]], file: str, line: int) -> list[RowProblem]:
    free = [
        name
        for name, field in FIELD_OF.items()
        if len(name) > 3 and (field not in places or field in REPEATABLE) and not field.startswith(PREFIX)
    ]
    problems = []
    for name in names:
        if not name or field_of(name) or objection_in(name):
            continue
        close = get_close_matches(squeeze(name), free, n=1, cutoff=0.84)
        if close:
            field = FIELD_OF[close[0]]
            meant = _CANONICAL.get(field, field.capitalize())
            problems.append(
                RowProblem(
                    file=file,
                    line=line,
                    column=name,
                    reason="The column is not known and was not read.",
                    hint=f"Did you mean '{meant}'? Then rename it.",
                    severity="warning",
                    objection=field in _WISHES,
                )
            )
    return problems
