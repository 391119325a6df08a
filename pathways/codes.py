"""The codes of the reader and of the strict models: the first two stages, the same for every file of a clinic."""

from pathways.findings import BOOK, Finding, declare


def finding(code: str, file: str, line: int, column: int, what: str, mend: str | None = None) -> Finding:
    """A finding; its mend is the book's unless this one knows better."""
    return Finding(code=code, file=file, line=line, column=column, what=what, mend=mend or BOOK[code].mend)


UNREADABLE = declare(
    "CP101",
    "The file cannot be read",
    why="A file that is not there, or not ours to read, cannot be checked.",
    mend="Check the path and its permissions.",
    example="carepath check no-such-file.yaml",
)
TOO_LARGE = declare(
    "CP102",
    "The file is too large",
    why="A clinic's file is a few kilobytes; a megabyte is a mistake or an attack.",
    mend="Split the file; pictures and papers do not belong into it.",
    example="(a file of 5 MB)",
)
NOT_UTF8 = declare(
    "CP103",
    "The file is not UTF-8",
    why="In another encoding Russian letters would be read as other letters.",
    mend="Save the file as UTF-8.",
    example="title: {ru: <bytes of Windows-1251>, en: Consultation}",
)
NOT_YAML = declare(
    "CP104",
    "The file is not YAML",
    why="Brackets, quotes or indents do not fit together, so nothing after this place can be trusted.",
    mend="Look at this line and the one above it: an unclosed bracket or quote, a tab, or a wrong indent.",
    example="people: {patient: 18+",
)
TAG = declare(
    "CP105",
    "Tags are not part of the language",
    why="A tag changes what a value is without showing it.",
    mend="Remove the tag; quote the value where it should be a text.",
    example="version: !!str 3",
)
ANCHOR = declare(
    "CP106",
    "Anchors are not part of the language",
    why="A pathway must be readable aloud from top to bottom.",
    mend="Remove the anchor and write the value where it is needed.",
    example="emergency: &plan {call_back: head_doctor, within: 3m, else: head_doctor}",
)
ALIAS = declare(
    "CP107",
    "Aliases are not part of the language",
    why="A pathway must be readable aloud from top to bottom; nested aliases can also grow without end.",
    mend="Write the value itself here.",
    example="emergency: *plan",
)
MERGE = declare(
    "CP108",
    "Merge keys are not part of the language",
    why="What a step is would depend on another place of the file.",
    mend="Write the keys themselves here.",
    example="- {<<: *common, id: note, kind: protocol}",
)
DUPLICATE = declare(
    "CP109",
    "A key stands twice",
    why="Only one of the two values could count, and nobody could say which.",
    mend="Remove one of the two.",
    example="ends: {completed: {charge: full}, completed: {charge: none}}",
)
TOO_DEEP = declare(
    "CP110",
    "The file nests too deeply",
    why="Twenty levels are more than anybody can read.",
    mend="Make the structure flatter.",
    example="[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]",
)
DOCUMENTS = declare(
    "CP111",
    "One file holds one document",
    why="The second document would be overlooked.",
    mend="Put what follows '---' into a file of its own.",
    example="pathway: one\n---\npathway: two",
)
DIRECTIVE = declare(
    "CP112",
    "Directives are not part of the language",
    why="In YAML 1.1 'on' is true, '20:00' is 1200 and 'NO' is false.",
    mend="Remove the line that begins with '%'.",
    example="%YAML 1.1",
)
SPELLING = declare(
    "CP113",
    "A value has one spelling",
    why="Two spellings of one value are read as two values by people, and sometimes by programs.",
    mend="Write true, false, 15 or 1.5; quote the value where it is a text, like a licence number.",
    example="reuse: True",
)
NO_VALUE = declare(
    "CP114",
    "A value is missing",
    why="A key without a value is most often a line that was not finished.",
    mend="Write the value or remove the key; inside {...} quote a text that holds a comma.",
    example="speciality:",
)
KEY = declare(
    "CP115",
    "A key is a word",
    why="Numbers, lists and nothing cannot name anything in our files.",
    mend="Write a word, or quote it.",
    example="escalate: {15: shift_supervisor}",
)
EMPTY = declare(
    "CP116",
    "The file is empty",
    why="An empty file says nothing; a clinic that has it means it to say something.",
    mend="Begin it with the word of what it is: pathway, form, consent, text or clinic.",
    example="(an empty file)",
)

WHAT_FILE = declare(
    "CP201",
    "The file does not say what it is",
    why="Every file begins with its word and its name: 'pathway: therapist-follow-up'.",
    mend="Begin with one of: pathway, form, consent, text, clinic.",
    example="id: therapist-follow-up",
)
UNKNOWN_KEY = declare(
    "CP202",
    "Unknown key",
    why="A mistyped key would silently not count.",
    mend="Correct the word or remove the line.",
    example="- {id: note, kind: protocol, whithin: 1d}",
)
MISSING_KEY = declare(
    "CP203",
    "A key is missing",
    why="Without it the file does not say what is to happen.",
    mend="Add the key.",
    example="emergency: {call_back: head_doctor, within: 3m}",
)
WRONG_TYPE = declare(
    "CP204",
    "Wrong type of value",
    why="A text where a number belongs is never guessed at.",
    mend="Write the type of value that is asked for.",
    example='version: "3"',
)
NOT_ONE_OF = declare(
    "CP205",
    "Not one of the words known here",
    why="The list is closed; another word has no meaning.",
    mend="Use one of the words named.",
    example="care: treatment",
)
BAD_VALUE = declare(
    "CP206",
    "The value is outside of what is allowed",
    why="The value has the right type but cannot be meant.",
    mend="Correct the value.",
    example="- {id: meet, kind: repeat, times: 0}",
)
MISSING_LANGUAGE = declare(
    "CP207",
    "A text is missing in a language",
    why="Patients and doctors read Russian or English; a missing one would show as a hole.",
    mend="Write the text in both: {ru: ..., en: ...}.",
    example="title: {ru: Консультация}",
)
FILE_NAME = declare(
    "CP208",
    "The file is not called like what it holds",
    why="Whoever looks for a form by its name must find it.",
    mend="Rename the file, or correct the name in its first line.",
    example="forms/therapy.yaml: 'form: therapist'",
)
TWICE = declare(
    "CP209",
    "Two things have one name",
    why="A name that means two things means nothing.",
    mend="Rename one of the two.",
    example="two steps with 'id: talk'",
)
NO_CLINIC = declare(
    "CP210",
    "There is no clinic.yaml",
    why="A pathway is checked against the pools, services and partners of its clinic.",
    mend="Put clinic.yaml into this folder or one above it.",
    example="carepath check lonely.yaml",
)
