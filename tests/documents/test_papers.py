"""Papers are what a clinic would sign: whole, legible, the same bytes on every try."""

import io
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from documents.papers import (
    AnyPaper,
    LabOrderPaper,
    PrescriptionPaper,
    ProtocolPaper,
    ReferralPaper,
    SignatureMark,
)
from documents.pdf import print_paper
from documents.press import Press
from domain.protocol import Medicine, Prescription, ProtocolContent, Referral
from tests.documents.samples import BISOPROLOL, FIRST_CONTACT, FOLLOW_UP, HEADS, PERINDOPRIL

NUMBER = "K7QF-2M9D-XR4T"
A6 = (297.6, 419.5)
A4 = (595.3, 841.9)
PROTOCOL = ProtocolPaper(
    number=NUMBER,
    content=FOLLOW_UP,
    held_from=datetime(2026, 11, 25, 12, 30, tzinfo=UTC),
    held_until=datetime(2026, 11, 25, 12, 45, tzinfo=UTC),
    **HEADS,
)
PAPERS: list[AnyPaper] = [
    PROTOCOL,
    PrescriptionPaper(number=NUMBER, content=FOLLOW_UP, **HEADS),
    ReferralPaper(number=NUMBER, content=FOLLOW_UP, **HEADS),
    LabOrderPaper(number=NUMBER, content=FOLLOW_UP, **HEADS),
]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All words, with line breaks and soft hyphens undone."""
    pages = " ".join(page.extract_text() for page in read(pdf).pages)
    return " ".join(pages.replace("-\n", "").replace("\u00ad", "").replace("\u2010\n", "").split())


def prescription(**changes: object) -> PrescriptionPaper:
    content = FOLLOW_UP.model_copy(update={"prescriptions": (Prescription(**changes),)})
    return PrescriptionPaper(number=NUMBER, content=content, **HEADS)


def test_the_protocol_tells_the_follow_up_whole() -> None:
    text = text_of(print_paper(PROTOCOL))
    for words in (
        "МЕДИЦИНСКОЕ ЗАКЛЮЧЕНИЕ",
        "по результатам консультации",
        "Л041-01137-77/00346575",
        "Сельченков Михаил Владимирович",
        "17.02.1960 (66 лет), мужской",
        "25.11.2026, 15:30–15:45",
        "I11.9",
        "ГБ II стадии",
        "H35.0",
        "одышка при минимальной физической нагрузке",
        "200/120",
        "Бисопролол",
        "1005495",
        "Электрокардиография",
        "Стол № 10",
        "Смирнов А. И.",
    ):
        assert words in text.replace("\xa0", " "), words


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.template)
def test_the_same_paper_is_the_same_bytes(paper: AnyPaper) -> None:
    assert print_paper(paper) == print_paper(paper)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.template)
def test_a_paper_says_that_it_is_pdf_a_3b(paper: AnyPaper) -> None:
    pdf = print_paper(paper)
    metadata = read(pdf).xmp_metadata
    assert metadata is not None
    assert metadata.pdfaid_part == "3"
    assert metadata.pdfaid_conformance == "B"
    assert metadata.dc_title


async def test_another_process_prints_the_same_bytes() -> None:
    press = Press()
    try:
        assert await press.print(PROTOCOL) == print_paper(PROTOCOL)
    finally:
        await press.close()


def test_a_prescription_is_a6_with_two_sides() -> None:
    pages = read(print_paper(PAPERS[1])).pages
    assert len(pages) == 2
    for page in pages:
        assert (round(float(page.mediabox.width), 1), round(float(page.mediabox.height), 1)) == pytest.approx(
            A6, abs=0.2
        )
    assert "Приготовил" in pages[1].extract_text()


def test_the_form_names_what_the_order_asks_for() -> None:
    text = text_of(print_paper(PAPERS[1])).replace("\xa0", " ")
    assert "РЕЦЕПТ" in text.replace(" ", "")
    for words in (
        "Министерство здравоохранения",
        "Форма N 107-1/у",
        "Tab. Bisoprololi 5 mg № 30",
        "D. S. Внутрь по 1 таблетке",
        "Бисопролол",
        "до 1 года (6 мес.)",
        "Пациенту с хроническим заболеванием",
        "М.П.",
        NUMBER,
    ):
        assert words in text, words


def test_three_medicines_with_the_longest_texts_stay_on_one_side() -> None:
    long = Medicine(
        inn="Амоксициллин и клавулановая кислота, " * 3,
        latin="Amoxycillini cum acido clavulanico (et alia multa verba)",
        form="Tab. obd.",
        strength="875 mg + 125 mg",
        quantity=28,
        signa=("Внутрь по 1 таблетке 2 раза в день во время еды, запивая стаканом воды; " * 3)[:200],
        days=14,
    )
    paper = prescription(medicines=(long, long, long), months=12, dispensing="ежемесячно")
    pages = read(print_paper(paper)).pages
    assert len(pages) == 2
    assert "Рецепт действителен" in pages[0].extract_text()


def test_the_qr_code_has_words_for_whoever_cannot_see_it() -> None:
    from documents.pdf import html_of

    html = html_of(PAPERS[1])
    assert "<title>QR-код проверки рецепта</title>" in html
    # It names the form, never a person.
    assert "Сельченков" not in html.split("<svg")[1].split("</svg>")[0]


def test_a_childs_prescription_is_underlined_as_one() -> None:
    from documents.pdf import html_of

    paper = PrescriptionPaper(number=NUMBER, content=FOLLOW_UP, child=True, **HEADS)
    assert "<b>детский</b>" in html_of(paper)


def test_long_texts_run_over_many_pages_and_lose_nothing() -> None:
    words = " ".join(f"слово{n}" for n in range(1800))
    content = FOLLOW_UP.model_copy(update={"history": words, "recommendations": "Х" * 3000})
    pdf = print_paper(PROTOCOL.model_copy(update={"content": content}))
    pages = read(pdf).pages
    assert len(pages) > 4
    for page in pages:
        assert (round(float(page.mediabox.width), 1), round(float(page.mediabox.height), 1)) == pytest.approx(
            A4, abs=0.2
        )
    text = text_of(pdf).replace(" ", "").replace("\u200b", "")
    assert "слово0" in text
    assert "слово1799" in text
    assert text.count("Х") >= 3000
    assert f"Стр. {len(pages)} из {len(pages)}".replace(" ", "") in text


def test_control_characters_and_strange_signs_do_not_reach_the_page() -> None:
    typed = "Боль\x07 в груди\x00, NFC й, стрелка ↑, 中文, zero\u200bwidth"
    pdf = print_paper(PROTOCOL.model_copy(update={"content": ProtocolContent(complaints=typed)}))
    text = text_of(pdf)
    assert "Боль в груди, NFC й, стрелка ↑" in text
    assert "中" not in text
    # Every sign has a glyph: number 0 is the missing one, and one makes the file invalid.
    assert b"\x07" not in text.encode()


def test_what_a_person_types_is_never_markup() -> None:
    typed = "<b>жирно</b> <img src='file:///etc/passwd'> {{ 7 * 7 }} & <script>"
    pdf = print_paper(PROTOCOL.model_copy(update={"content": ProtocolContent(complaints=typed)}))
    text = text_of(pdf)
    assert "<b>жирно</b>" in text
    assert "{{ 7 * 7 }}" in text


def test_a_first_contact_has_no_diagnosis_on_paper_and_says_why() -> None:
    paper = ProtocolPaper(number=NUMBER, content=FIRST_CONTACT, **HEADS)
    text = text_of(print_paper(paper)).replace("\xa0", " ")
    assert "ДИАГНОЗ" not in text
    assert "323-ФЗ, ст. 36.2" in text


def test_the_mark_of_a_signature_shows_certificate_owner_and_validity() -> None:
    mark = SignatureMark(
        certificate="045A7C2100B2AF3E",
        owner="Смирнов Александр Игоревич",
        valid_from=date(2026, 1, 1),
        valid_until=date(2027, 4, 1),
    )
    text = text_of(print_paper(PROTOCOL.model_copy(update={"mark": mark})))
    for words in ("Сертификат 045A7C2100B2AF3E", "Владелец Смирнов", "с 01.01.2026 по 01.04.2027"):
        assert words in text


def test_no_words_of_the_paper_stand_in_the_clear_metadata() -> None:
    pdf = print_paper(PROTOCOL)
    assert "Сельченков" not in str(read(pdf).metadata)


def test_vague_signatures_and_crowded_forms_are_refused() -> None:
    with pytest.raises(ValidationError):
        BISOPROLOL.model_validate({**BISOPROLOL.model_dump(), "signa": "Внутреннее"})
    with pytest.raises(ValidationError):
        Prescription(medicines=(BISOPROLOL,) * 4)
    with pytest.raises(ValidationError):
        Prescription(medicines=(BISOPROLOL, PERINDOPRIL.model_copy(update={"atc": "N06AB04"})))


def test_a_referral_names_where_and_why() -> None:
    content = FOLLOW_UP.model_copy(
        update={"referrals": (Referral(to="cardio", name="Кардиолог", goal="Осмотр", urgent=True),)}
    )
    text = text_of(print_paper(ReferralPaper(number=NUMBER, content=content, **HEADS)))
    for words in ("НАПРАВЛЕНИЕ", "Кардиолог", "Осмотр", "срочно", "I11.9"):
        assert words in text
