# ruff: noqa: E501  (a broken place is read best as the one line it is)
"""Bad files: one place of the small clinic broken, the code it must give and the words whose line it must name.

Each gives exactly the findings listed: nothing more, nothing twice.
"""

from dataclasses import dataclass

from tests.pathways.language.base import FILES, MORE, PATHWAY, broken


@dataclass(frozen=True)
class Bad:
    """``file`` with ``old`` replaced by ``new`` gives ``codes``, each on the line of the words beside it."""

    name: str
    file: str
    old: str
    new: str
    codes: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The broken file."""
        return broken(
            next(text for name, text in {**FILES, **MORE}.items() if f"/{self.file}." in f"/{name}"), self.old, self.new
        )


def bad(name: str, file: str, old: str, new: str, *codes: str) -> Bad:
    """A case; ``codes`` are ``CPxxx words`` (the words default to what was put in)."""
    pairs = tuple(
        tuple((code + " " + new).split(" ", 1)) if " " not in code else tuple(code.split(" ", 1)) for code in codes
    )
    return Bad(name, file, old, new, tuple((code, words) for code, words in pairs))


NOTE = "  - {id: note, kind: protocol, within: 1d, escalate: {4h: doctor}, then: {timed_out: end unsigned}}\n"
SIGN = (
    "  - {id: sign, kind: signature, of: note, level: qualified, within: 1d, remind: [2h], "
    "then: {timed_out: end unsigned}}\n"
)
GATE = PATHWAY[PATHWAY.index("  - {id: gate,") : PATHWAY.index("  - {id: form,")]
NPS = "  - {id: nps, kind: survey, wait: false, when: 'form.severity > 3', within: 3d}\n"
TALK = "no_show_patient: end away, no_show_doctor: again, technical: again, in_person_needed: leave, timed_out: leave"

READER = [
    bad(
        "unclosed",
        "visit",
        "people: {patient: 18+, payer: patient, doctor: any}",
        "people: {patient: 18+, payer",
        "CP104 emergency: {",
    ),
    bad("tag", "visit", "version: 1", "version: !!int 1", "CP105"),
    bad("anchor", "visit", "care: follow_up", "care: &care follow_up", "CP106"),
    bad("alias", "visit", "emergency: {charge: none}", "emergency: *none", "CP107"),
    bad("merge", "visit", "emergency: {charge: none}", "emergency: {<<: {charge: none}, charge: none}", "CP108"),
    bad(
        "duplicate key",
        "visit",
        "  cancelled: {charge: costs}",
        "  cancelled: {charge: costs}\n  away: {charge: full}",
        "CP109   away: {charge: full}",
    ),
    bad("deep", "visit", "version: 1", "version: " + "[" * 25 + "]" * 25, "CP110"),
    bad("two documents", "visit", "  - {id: labs,", "---\n  - {id: labs,", "CP111 ---"),
    bad("directive", "visit", "pathway: visit", "%YAML 1.1\n---\npathway: visit", "CP112 %YAML"),
    bad("another spelling of true", "therapy", "type: phone, required: true", "type: phone, required: True", "CP113"),
    bad("another spelling of a number", "visit", "times: 2", "times: 0x2", "CP113"),
    bad("no value", "visit", "speciality: therapy", "speciality:", "CP114"),
    bad("null is no value", "visit", "speciality: therapy", "speciality: null", "CP114"),
    bad(
        "a comma in a text",
        "therapy",
        "label: {ru: Адрес, en: Address}",
        "label: {ru: Адрес, дом, en: Address}",
        "CP114",
    ),
    bad("number as key", "visit", "escalate: {4h: doctor}", "escalate: {4: doctor}", "CP115"),
]
SCHEMA = [
    bad("says nothing of itself", "visit", "pathway: visit", "id: visit", "CP201"),
    bad("a form among pathways", "visit", "pathway: visit", "form: visit", "CP201"),
    bad("mistyped key", "visit", "within: 90m", "whithin: 90m", "CP202"),
    bad("unknown key in the header", "visit", "care: follow_up", "care: follow_up\nauthor: me", "CP202 author"),
    bad(
        "unknown key in a form",
        "therapy",
        "type: phone, required: true",
        "type: phone, must: true, required: true",
        "CP202",
    ),
    bad("missing header key", "visit", "speciality: therapy\n", "", "CP203 pathway: visit"),
    bad("emergency without else", "visit", "within: 3m, else: head_doctor", "within: 3m", "CP203"),
    bad("step without kind", "visit", "kind: survey, wait", "wait", "CP203 id: nps"),
    bad(
        "no steps",
        "visit",
        PATHWAY[PATHWAY.index("steps:\n  -") :],
        "",
        "CP203 pathway: visit",
    ),
    bad("kind's key missing", "visit", "form: therapy, takes", "takes", "CP203 id: form"),
    bad("text for a number", "visit", "version: 1", 'version: "1"', "CP204"),
    bad("number for a text", "visit", "pathway: visit", "pathway: 5", "CP204"),
    bad("one for a list", "visit", "choices: [confirmed, not_found]", "choices: confirmed", "CP204"),
    bad("steps are no mapping", "therapy", "facts: [severity]", "facts: severity", "CP204"),
    bad("unknown care", "visit", "care: follow_up", "care: treatment", "CP205"),
    bad("unknown kind", "visit", "kind: survey", "kind: poll", "CP205"),
    bad("internal kind", "visit", "kind: survey", "kind: registration", "CP205"),
    bad("unknown role", "visit", "who: registrar", "who: secretary", "CP205"),
    bad("unknown field type", "therapy", "type: phone", "type: telephone", "CP205"),
    bad("unknown level", "visit", "level: qualified, within: 1d, remind", "level: strong, within: 1d, remind", "CP205"),
    bad("span in another spelling", "visit", "within: 30m", "within: 60m", "CP206"),
    bad("span is no number", "visit", "within: 30m", "within: 30", "CP206"),
    bad("span of working days", "visit", "within: 1h working", "within: 1d working", "CP206"),
    bad("ages", "visit", "patient: 18+", "patient: adults", "CP206"),
    bad("ages the wrong way round", "visit", "patient: 18+", "patient: 18-3", "CP206"),
    bad("no turns", "visit", "times: 2", "times: 0", "CP206"),
    bad("step id with a hyphen", "visit", "id: nps", "id: n-ps", "CP206"),
    bad("step called like a word of CEL", "visit", "id: nps", "id: in", "CP206"),
    bad("a way on that is none", "visit", "unknown: next", "unknown: goto form", "CP206"),
    bad("escalation without unit", "visit", "escalate: {4h: doctor}", "escalate: {4hours: doctor}", "CP206"),
    bad(
        "text missing in a language",
        "visit",
        "title: {ru: Повторный приём, en: Follow-up}",
        "title: {ru: Повторный приём}",
        "CP207",
    ),
    bad(
        "empty text",
        "contract",
        "text: {ru: Текст договора, en: The text of the contract}",
        'text: {ru: Текст договора, en: ""}',
        "CP207",
    ),
    bad("file called otherwise", "visit", "pathway: visit", "pathway: another", "CP208"),
    bad("form called otherwise", "therapy", "form: therapy", "form: therapist", "CP208"),
    bad("two steps of one name", "visit", "id: nps", "id: labs", "CP209 id: labs, kind: survey"),
    bad("two fields of one name", "therapy", "id: complaints", "id: severity", "CP209 id: severity, type: integer"),
    bad(
        "two options of one name",
        "therapy",
        "{id: now, label: {ru: Сейчас, en: Now}}",
        "{id: none, label: {ru: Сейчас, en: Now}}",
        "CP209",
    ),
]
STEPS = [
    bad(
        "outcome without a place",
        "visit",
        "declined: end away, timed_out: end away}}\n  - id: meet",
        "declined: end away}}\n  - id: meet",
        "CP301 id: pay",
    ),
    bad("no then at all", "visit", ", then: {refused: next, timed_out: next}", "", "CP301 id: rx"),
    bad("repeat without exhausted", "visit", "    then: {exhausted: end away}\n", "", "CP301 id: meet"),
    bad(
        "task's own choice without a place",
        "visit",
        "{not_found: end away, timed_out: end away}",
        "{timed_out: end away}",
        "CP301 id: papers",
    ),
    bad("no such outcome", "visit", "refused: next,", "refused: next, lost: next,", "CP302"),
    bad("good outcome in then", "visit", "{not_met: end away,", "{met: next, not_met: end away,", "CP302"),
    bad(
        "wait without deadline",
        "visit",
        "takes: [present_address, callback_phone], within: 1d",
        "takes: [present_address, callback_phone]",
        "CP303",
    ),
    bad("escalation after the deadline", "visit", "escalate: {4h: doctor}", "escalate: {2d: doctor}", "CP304"),
    bad("reminder after the deadline", "visit", "remind: [2h]", "remind: [2h, 1d]", "CP304"),
    bad("plan longer than the deadline", "visit", "plan: 20m", "plan: 2h", "CP304"),
    bad(
        "a meeting left behind",
        "visit",
        f"        within: 90m\n        then: {{{TALK}}}",
        "        wait: false\n        within: 90m",
        "CP305 wait: false",
    ),
    bad(
        "then of a step left behind",
        "visit",
        "wait: false, within: 30d",
        "wait: false, within: 30d, then: {refused: next}",
        "CP306",
    ),
    bad("deadline of a repeat", "visit", "times: 2", "times: 2\n    within: 1d", "CP307 within: 1d\n    then"),
    bad(
        "deadline of an end",
        "visit",
        NPS,
        NPS + "  - {id: out, kind: end, as: away, when: 'form.severity > 9', within: 1d}\n",
        "CP307 id: out",
    ),
]
JUMPS = [
    bad("go nowhere", "visit", "unknown: next", "unknown: go paperz", "CP311"),
    bad("go back", "visit", "refused: next", "refused: go sign", "CP312"),
    bad("go to itself", "visit", "refused: next", "refused: go rx", "CP312"),
    bad("go into a repeat", "visit", "unknown: next", "unknown: go talk", "CP312"),
    bad("again outside of a repeat", "visit", "refused: next", "refused: again", "CP313"),
    bad("leave outside of a repeat", "visit", "refused: next", "refused: leave", "CP313"),
    bad(
        "end in a branch",
        "visit",
        NPS,
        "  - id: both\n    kind: parallel\n    within: 1d\n    then: {timed_out: next}\n    branches:\n      one: [{id: a, kind: task, who: nurse, choices: [yes], within: 1h, then: {timed_out: end away}}]\n      two: [{id: b, kind: task, who: nurse, choices: [yes], within: 1h, then: {timed_out: next}}]\n",
        "CP314 one: [",
    ),
    bad(
        "undeclared end",
        "visit",
        "{refused: next, timed_out: next}",
        "{refused: end refunded, timed_out: next}",
        "CP315",
    ),
    bad(
        "undeclared end of an end",
        "visit",
        NPS,
        NPS + "  - {id: out, kind: end, as: refunded}\n",
        "CP315 id: out",
        "CP322   completed:",
    ),
]
PATHS = [
    bad("unreachable step", "visit", NPS, "  - {id: out, kind: end, as: completed}\n" + NPS, "CP321 id: nps"),
    bad("a jump forward is sound", "visit", "{refused: next, timed_out: next}", "{refused: go nps, timed_out: go nps}"),
    bad(
        "end never reached",
        "visit",
        "  cancelled: {charge: costs}",
        "  cancelled: {charge: costs}\n  refunded: {charge: none}",
        "CP322 refunded",
    ),
    bad("ends after the meeting", "visit", "in_person_needed: leave", "in_person_needed: end away", "CP331"),
    bad(
        "protocol unsigned, and not said",
        "visit",
        "remind: [2h], then: {timed_out: end unsigned}",
        "remind: [2h], then: {timed_out: end away}",
        "CP331",
    ),
    bad(
        "protocol only sometimes",
        "visit",
        "{id: note, kind: protocol,",
        "{id: note, kind: protocol, when: 'talk.outcome == \"done\"',",
        "CP331 id: nps",
    ),
    bad(
        "no doctor",
        "visit",
        PATHWAY[PATHWAY.index("      - {id: line") : PATHWAY.index("      - id: talk")],
        "",
        "CP332 id: talk",
        "CP332 id: note",
        "CP332 id: rx",
    ),
    bad("no gate", "visit", GATE, "", "CP333 id: talk"),
    bad(
        "address not always taken",
        "visit",
        "{id: form, kind: intake,",
        "{id: form, kind: intake, when: 'gate.outcome == \"met\"',",
        "CP334 id: talk",
        "CP402 id: nps",
    ),
]
SAFETY = [
    bad("cancelled not declared", "visit", "  cancelled: {charge: costs}\n", "", "CP341 ends:"),
    bad(
        "unsigned not declared",
        "visit",
        "  unsigned: {charge: none, alarm: head_doctor}\n",
        "",
        "CP341 ends:",
        "CP315 id: note",
        "CP315 id: sign",
    ),
    bad("completed not declared", "visit", "  completed: {charge: full}\n", "", "CP342 ends:"),
    bad("nothing said of money", "visit", "away: {charge: none, offer: rebook}", "away: {offer: rebook}", "CP343"),
    bad(
        "money without payment",
        "visit",
        PATHWAY[PATHWAY.index("  - {id: pay") : PATHWAY.index("  - id: meet")],
        "",
        *[
            f"CP344   {end}"
            for end in ("completed:", "away:", "cancelled:", "cancelled_by_us:", "emergency: {charge", "unsigned:")
        ],
    ),
    bad("prescription above advice", "visit", "care: follow_up", "care: advice", "CP351 id: rx"),
    bad(
        "weak signature of the protocol",
        "visit",
        "level: qualified, within: 1d, remind",
        "level: simple, within: 1d, remind",
        "CP352",
    ),
    bad("weak signature of a prescription", "visit", "level: qualified, when", "level: simple, when", "CP352"),
    bad(
        "takes nothing",
        "visit",
        ", takes: [present_address, callback_phone]",
        "",
        "CP353 pathway: visit",
        "CP334 id: talk",
    ),
    bad(
        "takes half",
        "visit",
        "takes: [present_address, callback_phone]",
        "takes: [callback_phone]",
        "CP353 pathway: visit",
        "CP334 id: talk",
    ),
]
CONDITIONS = [
    bad("does not parse", "visit", "form.severity > 3", "form.severity >", "CP401"),
    bad("compares a number with a text", "visit", "form.severity > 3", 'form.severity > "3"', "CP401"),
    bad("gives no yes or no", "visit", "form.severity > 3", "form.severity", "CP401 id: nps"),
    bad("unknown output", "visit", "form.severity > 3", "form.sevrity > 3", "CP401"),
    bad("unknown step", "visit", "form.severity > 3", "from.severity > 3", "CP401"),
    bad("free text is no output", "visit", "form.severity > 3", 'form.complaints != ""', "CP401"),
    bad("a clock", "visit", "form.severity > 3", "now() > 3", "CP401"),
    bad("has nothing", "visit", "form.severity > 3", "has(form.sevrity)", "CP401"),
    bad("too long", "visit", "form.severity > 3", "form.severity > 3 || " * 40 + "true", "CP401"),
    bad("reads what is later", "visit", "'gate.outcome == \"unknown\"'", "'form.severity > 3'", "CP402"),
    bad("reads what may be skipped", "visit", "form.severity > 3", "size(rx.issued) > 0", "CP402 id: nps"),
    bad("reads what was left behind", "visit", "form.severity > 3", "labs.critical", "CP402 id: nps"),
    bad("reads after another outcome", "visit", "form.severity > 3", 'talk.how == "video"', "CP402 id: nps"),
    bad("guard of another step", "visit", "form.severity > 3", "has(talk.how) && size(rx.issued) > 0", "CP402 id: nps"),
    bad("guard by or", "visit", "form.severity > 3", "has(rx.issued) || size(rx.issued) > 0", "CP402 id: nps"),
    bad(
        "paper that timed out",
        "visit",
        "escalate: {4h: doctor}, then: {timed_out: end unsigned}",
        "escalate: {4h: doctor}, then: {timed_out: next}",
        "CP331 id: nps",
        "CP402 id: rx",
        "CP403 id: sign",
        "CP403 id: rx",
        "CP403 id: labs",
    ),
]
REFERENCES = [
    bad("no such form", "visit", "form: therapy, takes", "form: therapist, takes", "CP501", "CP401 id: nps"),
    bad("no such pool", "visit", "pool: therapists", "pool: dentists", "CP502"),
    bad("pool of another speciality", "visit", "pool: therapists", "pool: surgeons", "CP508"),
    bad("no such service", "visit", "service: visit", "service: visits", "CP503"),
    bad("no such consent", "visit", "documents: [{id: contract, by: payer}]", "documents: [{id: contrakt}]", "CP504"),
    bad("another person accepts", "visit", "{id: contract, by: payer}", "{id: contract}", "CP509"),
    bad("no such text", "visit", "offer: rebook", "offer: clinic_visit", "CP505"),
    bad("no such partner", "visit", "partners: [north]", "partners: [north, east]", "CP506"),
    bad(
        "of nothing",
        "visit",
        "of: note, level: qualified, within: 1d, remind",
        "of: notes, level: qualified, within: 1d, remind",
        "CP507",
        "CP331 id: nps",
    ),
    bad("of a step that is no protocol", "visit", "kind: lab_order, of: note", "kind: lab_order, of: talk", "CP507"),
    bad("of a later step", "visit", NOTE + SIGN, SIGN + NOTE, "CP507 id: sign", "CP331 id: nps"),
]
PAPERS = [
    bad("fact that is no field", "therapy", "facts: [severity]", "facts: [severety]", "CP601"),
    bad("fact in free text", "therapy", "facts: [severity]", "facts: [severity, complaints]", "CP602"),
    bad("fact of the address", "therapy", "facts: [severity]", "facts: [severity, present_address]", "CP602"),
    bad("fact that is optional", "therapy", "facts: [severity]", "facts: [severity, pressure]", "CP603"),
    bad("limits", "therapy", "min: 40, max: 300", "min: 400, max: 300", "CP604"),
    bad("taken name", "therapy", "facts: [severity]", "facts: [severity, outcome]", "CP605"),
    bad("flag that does not parse", "therapy", "'pain == \"now\"'", "'pain = \"now\"'", "CP606"),
    bad("flag of nothing", "therapy", "'pain == \"now\"'", "'pian == \"now\"'", "CP606"),
    bad("flag without guard", "therapy", "has(pressure) && pressure >= 180", "pressure >= 180", "CP606"),
    bad("flag on free text", "therapy", "'pain == \"now\"'", "'complaints.contains(\"боль\")'", "CP606"),
    bad(
        "no such calendar",
        "clinic",
        "speciality: surgery, calendar: office",
        "speciality: surgery, calendar: evenings",
        "CP701",
    ),
    bad(
        "never open",
        "clinic",
        "{mon: [09:00-18:00], tue: [09:00-18:00], wed: [09:00-18:00], thu: [09:00-18:00], fri: [09:00-17:00], sat: [], sun: []}",
        "{mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: []}",
        "CP702 office:",
    ),
    bad("a day forgotten", "clinic", ", sun: []", "", "CP203 week:"),
    bad("hours", "clinic", "fri: [09:00-17:00]", "fri: [17:00-09:00]", "CP206 week:"),
    bad("costs above the price", "clinic", "costs: 20000", "costs: 200000", "CP703"),
    bad("ОГРН", "clinic", '"1177746000013"', '"1177746000012"', "CP206 ogrn"),
    bad("ИНН", "clinic", '"7704001236"', '"7704001235"', "CP206 inn"),
    bad("time zone", "clinic", "zone: Europe/Moscow", "zone: Moscow", "CP206"),
    bad("OID", "clinic", "oid: 1.2.643.5.1.13.13.12.2.77.99999", "oid: 1.02.643.5", "CP206"),
]
FIRST_PAGE = bad(
    "address asked on the second page",
    "therapy",
    "      - {id: callback_phone, type: phone, required: true, label: {ru: Телефон, en: Telephone}}\n",
    "",
)

EVERY = [
    bad("no hour", "watch", "every: 7d at 10:00", "every: 7d", "CP206"),
    bad("no whole days", "watch", "every: 7d at 10:00", "every: 168h at 10:00", "CP206"),
    bad("an hour in another spelling", "watch", "every: 7d at 10:00", "every: 7d at 9:00", "CP206"),
    bad("no such hour", "watch", "every: 7d at 10:00", "every: 7d at 24:00", "CP206"),
    bad("working days", "watch", "every: 7d at 10:00", "every: 7d working at 10:00", "CP206"),
    bad("no day", "watch", "every: 7d at 10:00", "every: 0d at 10:00", "CP206"),
    bad("once in a lifetime", "watch", "every: 7d at 10:00", "every: 800d at 10:00", "CP206"),
    bad("a mapping for a text", "watch", "every: 7d at 10:00", "every: {days: 7, at: 10:00}", "CP206"),
    bad(
        "exhausted where the last turn ends well",
        "watch",
        "    every: 7d at 10:00\n",
        "    every: 7d at 10:00\n    then: {exhausted: end away}\n",
        "CP302     then: {exhausted",
    ),
    bad("a repeat that needs exhausted", "watch", "    every: 7d at 10:00\n", "", "CP301 id: weeks"),
    bad("a turn longer than its time", "watch", "every: 7d at 10:00", "every: 4d at 10:00", "CP308"),
    bad(
        "a turn as long as its time",
        "watch",
        "choices: [sent, bad], within: 2d",
        "choices: [sent, bad], within: 7d",
        "CP308 every: 7d",
    ),
    bad(
        "every of something else",
        "watch",
        "    pool: night\n",
        "    pool: night\n    every: 1d at 10:00\n",
        "CP202     every: 1d",
    ),
    bad("outcome of the repeat around", "watch", "weeks.missed_in_a_row > 1", 'weeks.outcome == "done"', "CP402"),
    bad("no such count", "watch", "weeks.missed_in_a_row > 1", "weeks.missing > 1", "CP401"),
    bad("counts of a repeat that comes later", "watch", "talk.video'", "weeks.count > 1'", "CP402"),
]
KINDS = [
    bad("appointment in no pool", "watch", "pool: night", "pool: dentists", "CP502"),
    bad("appointment in a pool of another speciality", "watch", "pool: night", "pool: surgeons", "CP508"),
    bad("reminder when the step is over", "watch", "remind_before: [1d, 1h]", "remind_before: [1d, 5m]", "CP304"),
    bad("a working reminder", "watch", "remind_before: [1d, 1h]", "remind_before: [1h working]", "CP206"),
    bad("no way when there is no time", "watch", "none_free: end away, ", "", "CP301 id: book"),
    bad(
        "an appointment left behind",
        "watch",
        "within: 14d\n    then: {none_free: end away, declined: end away, timed_out: end away}",
        "within: 14d\n    wait: false",
        "CP305     wait: false",
        "CP332 id: talk",
        "CP332 id: note",
        "CP332 id: face",
        "CP332 id: say",
    ),
    bad("no clock for the doctor", "watch", "    reply: 1h\n", "", "CP203 id: talk"),
    bad("no clock for the patient", "watch", "    silence: 4h\n", "", "CP203 id: talk"),
    bad("an answer after the deadline", "watch", "reply: 1h", "reply: 2d", "CP304"),
    bad("silence after the deadline", "watch", "silence: 4h", "silence: 3d", "CP304"),
    bad("a chat cannot be recorded", "watch", "may: [video]", "may: [record]", "CP205"),
    bad("too many photos", "watch", "may: [video]", "may: [video]\n    photos: 100", "CP206     photos: 100"),
    bad("no way when nobody answers", "watch", "unanswered: end away, ", "", "CP301 id: talk"),
    bad("a chat that met and nothing signed", "watch", "patient_silent: next", "patient_silent: end away", "CP331"),
    bad("a message without words", "watch", "text: hello, then", "text: hallo, then", "CP505"),
    bad("a message to nobody", "watch", "to: doctor", "to: everybody", "CP205"),
    bad("a message to an auditor", "watch", "to: doctor", "to: auditor", "CP510"),
    bad("a message nobody got", "watch", ", then: {undelivered: next}", "", "CP301 id: say"),
    bad(
        "a message to a doctor who is not there yet",
        "watch",
        "  - id: book\n",
        "  - {id: early, kind: notify, to: doctor, text: hello, then: {undelivered: next}}\n  - id: book\n",
        "CP332 id: early",
    ),
    bad("recording nobody agreed to", "watch", ", {id: recording}]", "]", "CP355 may: [record"),
    bad("a guest who is none", "watch", "invited: [relative, interpreter]", "invited: [neighbour]", "CP205"),
    bad("a task of an auditor", "watch", "who: nurse", "who: auditor", "CP510"),
    bad("a task of all representatives", "watch", "who: patient", "who: representative", "CP510"),
    bad("called back by a guest", "watch", "else: head_doctor", "else: invited", "CP510"),
    bad("an end that alarms a patient", "watch", "{alarm: head_doctor}", "{alarm: patient}", "CP510"),
    bad(
        "an escalation to an outside system",
        "visit",
        "escalate: {4h: doctor}",
        "escalate: {4h: integration}",
        "CP510",
    ),
    bad(
        "a queue after the appointment lets its doctor go",
        "watch",
        "  - id: talk\n    kind: chat",
        "  - {id: line, kind: queue, pool: night, within: 1h, then: {timed_out: next, closed: next, left: next}}\n"
        "  - id: talk\n    kind: chat",
        "CP332 id: talk",
        "CP332 id: note",
        "CP332 id: face",
        "CP332 id: say",
    ),
    bad("a name longer than its children's could be", "visit", "id: nps", "id: " + "n" * 41, "CP206"),
]

CASES = [*EVERY, *KINDS, *READER, *SCHEMA, *STEPS, *JUMPS, *PATHS, *SAFETY, *CONDITIONS, *REFERENCES, *PAPERS]
