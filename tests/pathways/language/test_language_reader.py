"""The reader: what clinics may write, what they may not, and that nothing in a file makes it fall over."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.reader import LARGEST, read, read_bytes
from tests.pathways.language.base import FILES, PATHWAY, clinic, compiled


def codes(raw: bytes) -> list[str]:
    return [finding.code for finding in read_bytes(raw, "file").findings]


def value(text: str) -> object:
    source = read_bytes(text.encode(), "file")
    assert source.findings == []
    assert source.root is not None
    return source.root.plain()


def test_words_of_yaml_1_1_are_the_texts_they_look_like() -> None:
    assert value("on: 20:00\nNO: NO\nyes: off\nday: 2026-11-25\nsum: 1_000") == {
        "on": "20:00",
        "NO": "NO",
        "yes": "off",
        "day": "2026-11-25",
        "sum": "1_000",
    }


def test_plain_numbers_and_truth_are_values_and_quoted_ones_are_texts() -> None:
    assert value("[true, false, 0, -7, 1.5, '1', \"true\"]") == [True, False, 0, -7, 1.5, "1", "true"]


def test_every_node_knows_its_place() -> None:
    source = read_bytes(b"a: 1\nb:\n  - {c: x, d: 'y'}\n", "file")
    assert source.root is not None
    node = source.root.at("b", 0, "d")
    assert (node.line, node.column, node.value) == (3, 15, "y")
    assert source.root.at("b", 0, "d").place_in(1, 1) == (3, 16)


@pytest.mark.parametrize(
    "spelling", ["True", "TRUE", "0x1F", "0o17", "007", "+5", "1e3", ".5", "5.", ".inf", ".nan", "~"]
)
def test_a_value_has_one_spelling(spelling: str) -> None:
    assert codes(f"a: {spelling}".encode()) == ["CP113"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("ключ: значение".encode("cp1251"), "CP103"),
        (b"a: \xff\xfe", "CP103"),
        (b"a: b\x00", "CP104"),
        (b'a: "\\ud800"', "CP104"),
        (b'a: "\\U99999999"', "CP104"),
        (b"a:\n\t- b", "CP104"),
        (b"", "CP116"),
        (b"# only a comment\n", "CP116"),
        (b"a: 1\n---\nb: 1\n", "CP111"),
        (b"%TAG ! tag:example.org,2000:\n---\na: 1", "CP112"),
        (b"a: &a [*a]", "CP106"),
    ],
)
def test_what_is_no_file_of_ours_is_told(raw: bytes, code: str) -> None:
    assert codes(raw)[0] == code


def test_a_file_of_five_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: " + b"x" * 5_000_000)
    assert path.stat().st_size > LARGEST
    assert [finding.code for finding in read(path).findings] == ["CP102"]


def test_a_bomb_of_aliases_is_not_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{name}: &{name} [*{last}, *{last}]\n" for last, name in pairwise("abcdefghi"))
    assert set(codes(bomb.encode())) == {"CP106", "CP107"}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert [finding.code for finding in read(tmp_path / "none.yaml").findings] == ["CP101"]
    assert [finding.code for finding in read(tmp_path).findings] == ["CP101"]


def test_several_errors_of_one_file_are_told_at_once_each_once(tmp_path: Path) -> None:
    text = (
        PATHWAY.replace("version: 1", 'version: "1"')
        .replace("care: follow_up", "care: &c follow_up")
        .replace("service: visit", "service: visits")
        .replace("refused: next", "refused: again")
        .replace("id: nps", "id: in")
    )
    assert sorted(f.code for f in compiled(tmp_path, visit=text).findings) == [
        "CP106",
        "CP204",
        "CP206",
        "CP313",
        "CP503",
    ]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall_over(raw: bytes) -> None:
    source = read_bytes(raw, "file")
    assert source.root is not None or source.findings


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-{}[],'\"\\|>&*!%#? \n\t0~<", max_size=60))
def test_no_yaml_makes_the_reader_fall_over(text: str) -> None:
    source = read_bytes(text.encode(), "file")
    assert source.root is not None or source.findings


@pytest.mark.parametrize("seed", range(30))
def test_no_damage_to_a_clinic_makes_the_checker_fall_over(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    name = chance.choice(sorted(FILES))
    lines = FILES[name].splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        line = lines[place]
        cut = chance.randrange(max(1, len(line)))
        lines[place] = chance.choice(
            [
                "",
                line[:cut] + line[cut + chance.randint(1, 8) :],
                line[:cut] + chance.choice(["[]", "{}", "5", "x", ": ", "null", '"', ", "]) + line[cut:],
                line + line,
                chance.choice(lines),
            ]
        )
    compiled(tmp_path, **{Path(name).stem: "".join(lines)})


def test_a_folder_without_clinic_yaml_is_told(tmp_path: Path) -> None:
    clinic(tmp_path)
    (tmp_path / "clinic.yaml").unlink()
    from pathways.compile import compile_folder

    assert [f.code for f in compile_folder(tmp_path).findings] == ["CP210"]
