"""What the people of the later stories write and say. Invented patients; each case is one plausible one."""

from typing import Any

from dev.stories.content import BEFORE_FOLLOW_UP, FOLLOW_UP

Json = Any

BEFORE_CHECK_UP: dict[str, Json] = {
    **BEFORE_FOLLOW_UP,
    "complaints": "Давление дома 130-135/85, голова не болит, лекарства пью каждый день.",
    "severity": 2,
    "pulse": 78,
}

CHECK_UP: dict[str, Json] = {
    "visit": "repeat",
    "condition": "satisfactory",
    "complaints": "Жалоб нет.",
    "history": (
        "Гипертоническая болезнь, диагноз установлен на очном приёме две недели назад, лечение назначено. Дома АД "
        "130-135/85 мм рт. ст., лекарства принимает, переносит хорошо."
    ),
    "allergies": FOLLOW_UP["allergies"],
    "observed": "По видеосвязи: сознание ясное, речь свободная, дыхание ровное, видимых отёков нет.",
    "measures": [
        {"name": "АД систолическое", "value": "132", "unit": "мм рт. ст."},
        {"name": "АД диастолическое", "value": "85", "unit": "мм рт. ст."},
        {"name": "Пульс", "value": "78", "unit": "1/мин"},
    ],
    "diagnosis": [{"kind": "main", "code": "I11.9", "wording": "Гипертоническая болезнь II стадии. Риск 3 (высокий)."}],
    "conclusion": "Лечение переносится хорошо, целевое АД почти достигнуто.",
    "treatment": {"change": "keep", "text": "Назначенное на очном приёме лечение продолжать."},
    "recommendations": (
        "Измерять АД и пульс утром и вечером, вести дневник. При боли в груди или АД выше 180/110 мм рт. ст. звонить "
        "103. Очный приём через месяц."
    ),
}
"""A follow-up at which nothing has to be changed: no prescription, no tests."""

BY_A_COLLEAGUE: dict[str, Json] = {
    name: text for name, text in CHECK_UP.items() if name not in ("diagnosis", "treatment")
}
"""The same, written by a colleague of the doctor who saw the patient in person: advice is all he may give."""

BEFORE_ON_CALL: dict[str, Json] = {
    "callback_phone": "+79990000004",
    "alarming": ["none"],
    "complaints": "С вечера тошнота, дважды рвота, слабость; ел в кафе. Живот не болит, температуры нет.",
    "since": "today",
    "severity": 5,
    "temperature": 36.9,
    "as_prescribed": True,
    "allergies": "нет",
    "pregnancy": "no",
}

ON_CALL: dict[str, Json] = {
    "visit": "first",
    "complaints": "Тошнота, рвота дважды, слабость.",
    "history": "Заболел вчера вечером, через четыре часа после еды в кафе. Пьёт, мочится, стул обычный.",
    "allergies": "Не отмечает.",
    "observed": "По видеосвязи: сознание ясное, кожа не бледна, язык влажный, в пространстве ориентирован.",
    "conclusion": "Признаков обезвоживания и угрожающего состояния по видеосвязи нет.",
    "recommendations": (
        "Пить часто по глотку раствор для регидратации, щадящее питание, измерять температуру. Если рвота не "
        "прекратится за 12 часов, появятся боль в животе, кровь, температура выше 38,5 или пить не получится, звонить "
        "103. Если завтра лучше не станет, очный приём терапевта."
    ),
}
"""What the doctor on call may write of a patient whom nobody has seen in person: advice."""

BEFORE_MONITORING: dict[str, Json] = {
    "callback_phone": "+79990000001",
    "symptoms": ["none"],
    "complaints": "Жалоб нет, хочу держать давление под контролем.",
    "systolic": 136,
    "diastolic": 86,
    "pulse": 72,
    "monitor": "upper_arm",
    "usual": "130-135/85, самое высокое за месяц 150/95",
    "medicines": "Бисопролол 5 мг, бендазол 20 мг",
    "as_prescribed": True,
    "allergies": "Пищевая аллергия: зуд",
    "pregnancy": "no",
}

MONITORING: dict[str, Json] = {
    **CHECK_UP,
    "conclusion": "Показано дистанционное наблюдение за АД: восемь недель, измерение раз в неделю по часам.",
    "recommendations": (
        "Показал, как измерять: сидя, после пяти минут покоя, манжета на уровне сердца, второе измерение через минуту. "
        "Раз в неделю в 10:00 вносить показания. Дозы самому не менять. При боли в груди, слабости в руке или ноге, "
        "нарушении речи звонить 103."
    ),
}
"""The protocol with which the doctor who saw the patient in person sets the monitoring."""


def reading(systolic: int, diastolic: int, pulse: int = 70, **more: Json) -> dict[str, Json]:
    """One week's reading."""
    return {
        "callback_phone": "+79990000001",
        "symptoms": ["none"],
        "systolic": systolic,
        "diastolic": diastolic,
        "pulse": pulse,
        "as_prescribed": "yes",
        **more,
    }


BEFORE_DERMATOLOGY: dict[str, Json] = {
    "callback_phone": "+79990000008",
    "alarming": ["none"],
    "complaints": "Две недели на локтях красные шелушащиеся пятна, зудят, понемногу растут.",
    "since": "weeks",
    "place": ["arms"],
    "severity": 4,
    "mole": ["none"],
    "tried": "Детский крем, не помог",
    "medicines": "нет",
    "chronic": "У отца псориаз",
    "allergies": "нет",
    "pregnancy": "no",
    "seen_before": False,
}

DERMATOLOGY: dict[str, Json] = {
    "visit": "first",
    "complaints": "Красные шелушащиеся зудящие пятна на локтях.",
    "history": "Больна две недели, пятна медленно растут; увлажняющий крем без эффекта. У отца псориаз.",
    "allergies": "Не отмечает.",
    "observed": (
        "По двум фотографиям: на разгибательной поверхности обоих локтей розовые бляшки до 3 см с чёткими краями и "
        "серебристыми чешуйками, кожа вокруг не изменена, мокнутия и корок нет."
    ),
    "conclusion": "Для диагноза и лечения нужен очный осмотр дерматовенеролога с дерматоскопией.",
    "recommendations": (
        "Эмолент дважды в день, не соскабливать чешуйки, не тереть мочалкой. Очный приём в течение двух недель. Если "
        "появятся температура, гнойники или боль в суставах, обратиться раньше."
    ),
    "referrals": [
        {"to": "dermatology", "name": "Приём дерматовенеролога очный", "goal": "Осмотр, дерматоскопия, диагноз"}
    ],
}

BEFORE_CHILD: dict[str, Json] = {
    "callback_phone": "+79990000002",
    "alarming": ["none"],
    "age": "older",
    "weight": 29.5,
    "complaints": "Кашель после бронхита ещё держится, по ночам реже. Температуры нет, пьёт и ест хорошо.",
    "since": "weeks",
    "temperature": 36.7,
    "drinks": "usual",
    "breast_fed": False,
    "medicines": "Ингаляции с физраствором дважды в день",
    "allergies": "нет",
    "vaccinated": "yes",
    "interpreter": True,
}

CHILD: dict[str, Json] = {
    "visit": "repeat",
    "complaints": "Остаточный кашель.",
    "history": (
        "Две недели назад осмотрен очно педиатром, острый бронхит. Кашель стал реже, влажный, ночью почти не будит. "
        "Температура нормальная, пьёт и ест хорошо. Вес 29,5 кг. Разговор через переводчика."
    ),
    "allergies": "Не отмечает.",
    "observed": "По видеосвязи: активен, дыхание свободное, втяжений межреберий нет, губы розовые, говорит фразами.",
    "conclusion": "Состояние с улучшением. Решение о лечении за врачом, который осматривал ребёнка очно.",
    "recommendations": (
        "Обильное питьё, проветривать и увлажнять комнату, ингаляции с физраствором ещё неделю. При одышке, вялости, "
        "отказе от питья, температуре выше 38,5 звонить 103. Контрольный очный осмотр через неделю."
    ),
}
"""Written by the colleague who took over: advice, for he has not seen the child in person."""
