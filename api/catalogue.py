"""Every problem the facade may answer with: status, title and mend, in Russian and English.

The one file above 300 lines that is not generated: it is a table, and a table split in two is read twice.

The core's refusals stand here too, one row a code; a test finds a code without a row.
"""

from dataclasses import dataclass

from domain.base import Text


@dataclass(frozen=True)
class Entry:
    """One problem. ``retry_after`` (seconds) is set where sending again may help; who raises it may know better."""

    status: int
    title: Text
    mend: Text
    retry_after: int | None = None

    @staticmethod
    def both(ru: str, en: str) -> Text:
        """A text in both languages."""
        return Text(ru=ru, en=en)


def _row(status: int, ru: str, en: str, mend_ru: str, mend_en: str, retry_after: int | None = None) -> Entry:
    return Entry(status, Text(ru=ru, en=en), Text(ru=mend_ru, en=mend_en), retry_after)


_REFRESH = ("Запросите состояние консультации ещё раз.", "Ask for the consultation's state again.")
_SCHEMA = ("Исправьте запрос по схеме /openapi.json.", "Mend the request by the schema in /openapi.json.")
_OTHER = ("Обратитесь к администратору клиники.", "Ask the clinic's administrator.")
_AGAIN = (
    "Безопасно отправить ещё раз с тем же ключом.",
    "It is safe to send again with the same key.",
)
_LOGIN = ("Войдите ещё раз.", "Log in again.")
_KEY = (
    "Передайте заголовок Idempotency-Key: 8-128 печатных знаков, новый для каждого действия.",
    "Send the header Idempotency-Key: 8-128 printable characters, new for every action.",
)

CATALOGUE: dict[str, Entry] = {
    # the request
    "not_well_formed": _row(422, "Запрос составлен неверно", "The request is not well-formed", *_SCHEMA),
    "bad_body": _row(422, "Тело действия составлено неверно", "The action's body is not well-formed", *_SCHEMA),
    "bad_answers": _row(
        422,
        "Ответы анкеты нужно поправить",
        "Some answers must be corrected",
        "Исправьте названные поля.",
        "Correct the fields named.",
    ),
    "key_needed": _row(400, "Нет ключа идемпотентности", "The idempotency key is missing", *_KEY),
    "key_reused": _row(422, "Этот ключ уже использован с другим телом", "This key was used with another body", *_KEY),
    "too_large": _row(
        413,
        "Запрос слишком большой",
        "The request is too large",
        "Уменьшите тело запроса.",
        "Make the body smaller.",
    ),
    "method_not_allowed": _row(405, "Так этот адрес не отвечает", "This address does not answer that method", *_SCHEMA),
    "not_found": _row(
        404,
        "Не найдено",
        "Not found",
        "Проверьте адрес и от чьего имени выполняется запрос.",
        "Check the address and on whose behalf you ask.",
    ),
    "rate_limited": _row(
        429,
        "Слишком много запросов",
        "Too many requests",
        "Подождите и отправьте ещё раз.",
        "Wait, then send again.",
        30,
    ),
    # who and may
    "unauthenticated": _row(401, "Вход не выполнен", "Not logged in", *_LOGIN),
    "login_failed": _row(
        401,
        "Войти не удалось",
        "The login failed",
        "Проверьте введённое или запросите новый код.",
        "Check what you entered or ask for a new code.",
    ),
    "clinic_needed": _row(
        400,
        "Не указана клиника",
        "No clinic was named",
        "Передайте заголовок Carepath-Clinic или войдите с указанием клиники.",
        "Send the header Carepath-Clinic or name the clinic when logging in.",
    ),
    "not_of_clinic": _row(403, "Вы не связаны с этой клиникой", "You do not belong to this clinic", *_OTHER),
    "not_for_patient": _row(
        403,
        "Вы не можете действовать за этого пациента",
        "You may not act for this patient",
        "Проверьте заголовок Carepath-Patient.",
        "Check the header Carepath-Patient.",
    ),
    "patient_needed": _row(
        400,
        "Не указан пациент",
        "No patient was named",
        "Передайте заголовок Carepath-Patient с номером пациента.",
        "Send the header Carepath-Patient with the patient's id.",
    ),
    "forbidden": _row(403, "Ваша роль этого не позволяет", "Your role does not allow this", *_OTHER),
    "not_yours": _row(403, "Это не ваше задание", "This task is not yours", *_REFRESH),
    "identity_needed": _row(
        403,
        "Нужна подтверждённая личность",
        "A confirmed identity is needed",
        "Подтвердите личность через Госуслуги или в регистратуре.",
        "Confirm your identity with the provider or at the registry desk.",
    ),
    # the process
    "no_such_task": _row(404, "Такого открытого задания нет", "There is no such open task", *_REFRESH),
    "no_such_action": _row(404, "Такого действия у задания нет", "The task has no such action", *_REFRESH),
    "no_such_consultation": _row(
        404,
        "Такой консультации нет",
        "There is no such consultation",
        "Проверьте адрес.",
        "Check the address.",
    ),
    "no_such_pathway": _row(
        404,
        "Такой услуги нет",
        "There is no such pathway",
        "Выберите услугу из списка /pathways.",
        "Choose one of /pathways.",
    ),
    "expired": _row(503, "Действие пришло слишком поздно", "The action came too late", *_AGAIN, 1),
    "not_confirmed": _row(503, "Действие не подтверждено", "The action is not confirmed", *_AGAIN, 2),
    "too_late": _row(
        409,
        "Это действие уже выполнено или его срок прошёл",
        "This was done already, or its time is over",
        "Запросите состояние консультации: оно покажет, что можно сделать теперь.",
        "Ask for the consultation's state: it shows what can be done now.",
    ),
    "closed": _row(409, "Консультация завершена", "The consultation is closed", *_REFRESH),
    "paused": _row(409, "Консультация приостановлена", "The consultation is paused", *_REFRESH),
    "taken": _row(409, "Коллега принял этого пациента", "A colleague has taken this patient", *_REFRESH),
    "colleague_taking": _row(
        409,
        "Коллега принимает этого пациента",
        "A colleague is taking this patient",
        "Подождите несколько секунд: заявка вернётся, если коллега не примет.",
        "Wait some seconds: the offer rings again if the colleague does not take it.",
        10,
    ),
    "no_seat": _row(
        409,
        "У вас уже идёт приём",
        "You already have a patient",
        "Завершите текущий приём.",
        "Finish the one you have first.",
    ),
    "not_on_duty": _row(409, "Вы не на дежурстве", "You are not on duty", "Начните дежурство.", "Go on duty first."),
    "not_the_doctor_who_met": _row(
        403,
        "Это может только врач, который вёл приём",
        "Only the doctor who met the patient may do this",
        *_REFRESH,
    ),
    "no_doctor": _row(409, "Врач ещё не назначен", "No doctor is assigned yet", *_REFRESH),
    "finish_first": _row(
        409,
        "После приёма отменить нельзя: завершите его",
        "After the meeting it cannot be cancelled: finish it",
        "Завершите приём протоколом.",
        "Finish with the protocol.",
    ),
    "law": _row(
        403,
        "Закон этого не позволяет",
        "The law does not allow this",
        "Предложите очный приём.",
        "Offer a visit in person.",
    ),
    "room_not_open": _row(
        409,
        "Комната ещё не открыта",
        "The room is not open yet",
        "Подождите и попросите билет ещё раз.",
        "Wait, then ask for a ticket again.",
        2,
    ),
    "refused": _row(409, "Действие отклонено", "The action was refused", *_REFRESH),
    "claimed_by_other": _row(
        409,
        "Задание взял другой сотрудник",
        "A colleague has taken this task",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "already_ending": _row(
        409,
        "Консультация уже завершается",
        "The consultation is ending already",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "already_flagged": _row(
        409,
        "Тревога уже поднята: вам перезвонят",
        "Help is already called: you will be called back",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "not_of_the_pool": _row(
        403,
        "Вы не из этой группы врачей",
        "You do not belong to this pool",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "own_consultation": _row(
        403,
        "Нельзя принимать самого себя",
        "You may not take your own consultation",
        "Оставьте эту консультацию коллеге.",
        "Leave this consultation to a colleague.",
    ),
    "not_met": _row(
        409,
        "Врач и пациент ещё не встретились",
        "Doctor and patient have not met yet",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "met": _row(
        409,
        "Встреча уже состоялась",
        "The meeting has taken place",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "too_early": _row(
        409,
        "Подождите ещё немного",
        "It is too early for this",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "you_did_not_come": _row(
        409,
        "Вы сами ещё не входили в комнату",
        "You have not been in the room yourself",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "they_are_here": _row(
        409,
        "Другая сторона в комнате",
        "The other side is in the room",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "phone_not_allowed": _row(
        403,
        "Телефон здесь не предусмотрен",
        "This pathway does not go on by phone",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "busy": _row(
        409,
        "Предыдущее действие ещё выполняется",
        "The former action is still being carried out",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "wrong_documents": _row(
        409,
        "Показаны другие документы",
        "Other documents were shown",
        "Запросите /consent/texts ещё раз и примите именно эти документы.",
        "Ask /consent/texts again and accept exactly those documents.",
    ),
    "bad_facts": _row(
        422,
        "Ответы не подходят к анкете",
        "The answers do not fit the form",
        "Исправьте ответ, названный в field, по форме задания.",
        "Mend the answer named in field by the task's form.",
    ),
    "no_such_choice": _row(
        422,
        "Такого решения нет",
        "There is no such choice",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "evidence_not_asked": _row(
        422,
        "Здесь подтверждение не нужно",
        "No evidence is asked for here",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "evidence_needed": _row(
        422,
        "Нужны сведения об очном визите",
        "Evidence of the visit in person is needed",
        "Передайте в evidence сведения о визите: их показывает документ, который предъявил пациент.",
        "Send in evidence what the paper that the patient showed says of the visit.",
    ),
    "bad_evidence": _row(
        422,
        "Сведения об очном визите не подходят",
        "The evidence of the visit does not fit",
        "Запросите состояние консультации ещё раз.",
        "Ask for the consultation's state again.",
    ),
    "no_such_partner": _row(
        422,
        "Такой лаборатории нет",
        "There is no such laboratory",
        "Выберите лабораторию из тех, что предлагает задание.",
        "Choose one of the laboratories that the task offers.",
    ),
    "patient_age": _row(
        403,
        "Услуга не для этого возраста",
        "The pathway is not for this age",
        "Выберите услугу для этого возраста: GET /pathways.",
        "Choose a pathway for this age: GET /pathways.",
    ),
    "broken_folder": _row(
        422,
        "В папке клиники есть ошибки",
        "The clinic's folder has findings",
        "Исправьте файлы, названные в errors.",
        "Mend the files named in errors.",
    ),
    "version_taken": _row(
        409,
        "Эта версия уже опубликована с другим содержанием",
        "This version is published with another content",
        "Увеличьте version услуги и пришлите папку ещё раз.",
        "Raise the pathway's version and put the folder up again.",
    ),
    "pathway_retired": _row(
        409,
        "Услуга больше не оказывается",
        "The pathway is retired",
        "Выберите другую услугу: GET /pathways.",
        "Choose another pathway: GET /pathways.",
    ),
    "other_clinic": _row(
        422,
        "Это папка другой клиники",
        "This is another clinic's folder",
        "Проверьте clinic в clinic.yaml.",
        "Look at clinic in clinic.yaml.",
    ),
    "no_such_clinic": _row(
        404,
        "Такой клиники нет",
        "There is no such clinic",
        "Проверьте номер клиники.",
        "Check the clinic's id.",
    ),
    "no_such_draft": _row(
        404,
        "Такого черновика нет",
        "There is no such draft",
        "Посмотрите, не опубликован ли он и не отозван ли: GET /pathways?all=true.",
        "See whether it was published or withdrawn: GET /pathways?all=true.",
    ),
    "draft_taken": _row(
        409,
        "Это черновик другого автора",
        "The draft is another author's",
        "Увеличьте version услуги или попросите автора отозвать черновик.",
        "Raise the pathway's version, or ask the author to withdraw the draft.",
    ),
    "draft_changed": _row(
        409,
        "Черновик с тех пор изменился",
        "The draft has changed since",
        "Посмотрите черновик ещё раз и опубликуйте то, что увидели.",
        "Look at the draft again and publish what you saw.",
    ),
    "draft_outdated": _row(
        409,
        "Файлы черновика теперь значат другое",
        "The draft's files mean something else by now",
        "Попросите автора прислать папку ещё раз.",
        "Ask the author to put the folder up again.",
    ),
    "own_draft": _row(
        403,
        "Свой черновик публикует другой человек",
        "A draft is published by somebody other than its author",
        "Попросите главного врача посмотреть черновик.",
        "Ask a head doctor to look at the draft.",
    ),
    "clinic_changed": _row(
        409,
        "С тех пор изменилась сама клиника (clinic.yaml)",
        "The clinic itself (clinic.yaml) has changed since",
        "Внесите её изменения в папку и пришлите папку ещё раз.",
        "Take its changes into the folder and put the folder up again.",
    ),
    "still_needed": _row(
        409,
        "Действующей услуге нужно то, чего в клинике больше не будет",
        "A pathway on offer needs what the clinic would have no more",
        "Оставьте названное в clinic.yaml или сначала снимите услугу.",
        "Keep in clinic.yaml what is named, or retire that pathway first.",
    ),
    "bad_cursor": _row(
        422, "Страница не найдена", "There is no such page", "Начните с первой страницы.", "Begin with the first page."
    ),
    "bad_content": _row(409, "Содержание отличается от указанного", "The content is not the one named", *_OTHER),
    # talking: appointment, chat, guests, recording
    "no_such_slot": _row(
        409,
        "Это время уже занято",
        "This time is no longer free",
        "Запросите свободное время ещё раз и выберите другое.",
        "Ask for the free times again and choose another.",
    ),
    "after_the_deadline": _row(
        409,
        "Это время позже срока записи",
        "This time is after the deadline",
        "Выберите более раннее время.",
        "Choose an earlier time.",
    ),
    "empty_message": _row(
        422,
        "Сообщение пустое",
        "The message is empty",
        "Напишите текст или приложите фотографию.",
        "Write something or add a photo.",
    ),
    "too_many_photos": _row(
        422,
        "Слишком много фотографий в одном сообщении",
        "Too many photos in one message",
        "Разделите их на несколько сообщений: most - сколько можно в одном.",
        "Send them in several messages: most is how many one may have.",
    ),
    "no_such_photo": _row(
        422,
        "Такой неотправленной фотографии у вас нет",
        "You have no such photo that was not sent yet",
        "Загрузите фотографию ещё раз и отправьте её с сообщением.",
        "Send the photo up again and send it with a message.",
    ),
    "not_an_image": _row(
        422,
        "Это не фотография",
        "This is not a photo",
        "Пришлите байты файла JPEG, PNG или WebP с его Content-Type.",
        "Send the bytes of a JPEG, PNG or WebP file with its Content-Type.",
    ),
    "image_unsupported": _row(
        415,
        "Такой вид изображения не принимается",
        "This kind of image is not taken",
        "Пришлите JPEG, PNG или WebP; HEIC сначала сохраните как JPEG.",
        "Send JPEG, PNG or WebP; save HEIC as JPEG first.",
    ),
    "image_too_large": _row(
        413,
        "Фотография слишком большая",
        "The photo is too large",
        "Уменьшите фотографию: до 10 МБ и 64 мегапикселей.",
        "Make the photo smaller: at most 10 MB and 64 megapixels.",
    ),
    "video_not_allowed": _row(403, "Видео здесь не предусмотрено", "This pathway does not go on by video", *_REFRESH),
    "guest_not_allowed": _row(
        403,
        "Такого гостя здесь пригласить нельзя",
        "Such a guest may not be invited here",
        "Кого можно пригласить, говорит may_invite в задании.",
        "The task's may_invite says who may be invited.",
    ),
    "already_invited": _row(409, "Этот гость уже приглашён", "This guest is invited already", *_REFRESH),
    "too_many_guests": _row(
        409,
        "Приглашено слишком много гостей",
        "Too many guests are invited",
        "Дождитесь тех, кто уже приглашён.",
        "Wait for those who are invited already.",
    ),
    "no_such_invitation": _row(
        404,
        "Приглашение не действует",
        "The invitation does not hold",
        "Попросите того, кто вас пригласил, прислать новое.",
        "Ask whoever invited you for a new one.",
    ),
    "recording_not_allowed": _row(403, "Запись здесь не предусмотрена", "Nothing is recorded here", *_REFRESH),
    "no_consent": _row(
        409,
        "На запись нет согласия пациента",
        "The patient has not consented to be recorded",
        "Без согласия запись не ведётся.",
        "Without the consent nothing is recorded.",
    ),
    # colleagues and those who answer for how consultations go
    "no_such_colleague": _row(
        422,
        "Такой сотрудник здесь сегодня не работает",
        "No such colleague works here today",
        "Выберите из списка /consultations/{workflow}/colleagues.",
        "Choose one of /consultations/{workflow}/colleagues.",
    ),
    "same_doctor": _row(422, "Это тот же врач", "This is the same doctor", "Выберите другого.", "Choose another."),
    "already_offered": _row(
        409,
        "Консультация уже предложена коллеге",
        "The consultation is offered to a colleague already",
        "Дождитесь его ответа.",
        "Wait for his answer.",
    ),
    "hand_over_not_allowed": _row(
        403, "Передать консультацию сейчас нельзя", "It cannot be handed over now", *_REFRESH
    ),
    "already_asked": _row(
        409,
        "Этого коллегу уже спросили",
        "This colleague is asked already",
        "Дождитесь его ответа.",
        "Wait for his answer.",
    ),
    "consult_not_allowed": _row(403, "Спросить коллегу сейчас нельзя", "A colleague cannot be asked now", *_REFRESH),
    "not_their_task": _row(
        422,
        "Это задание не для этого сотрудника",
        "This task is not for this employee",
        "Назовите того, у кого есть нужная роль.",
        "Name somebody who has the role it is for.",
    ),
    "not_paused": _row(409, "Консультация не приостановлена", "The consultation is not paused", *_REFRESH),
    "call_is_live": _row(
        409,
        "Идёт приём: его не прерывают",
        "A meeting is going on: it is not interrupted",
        "Дождитесь его окончания.",
        "Wait until it is over.",
    ),
    "emergency_open": _row(
        409,
        "Открыта тревога: сначала помогите пациенту",
        "An emergency is open: help the patient first",
        "Запишите, что сделано, в задании перезвонить.",
        "Write what was done in the task to call back.",
    ),
    "not_in_the_future": _row(
        422,
        "Это время уже прошло",
        "This time is in the past",
        "Укажите время впереди.",
        "Name a time that lies ahead.",
    ),
    "too_far": _row(
        422,
        "Слишком далёкий срок",
        "The time is too far away",
        "Укажите срок ближе: days - самое большее.",
        "Name a nearer time: days is the most.",
    ),
    "no_such_step": _row(409, "Этот этап сейчас не открыт", "This step is not open now", *_REFRESH),
    "no_deadline": _row(409, "У этапа нет срока", "The step has no deadline", *_REFRESH),
    "not_skippable": _row(403, "Этот этап пропустить нельзя", "This step may not be skipped", *_REFRESH),
    "step_is_read": _row(
        403,
        "Этап пропустить нельзя: от него зависит дальнейшее",
        "The step may not be skipped: what follows depends on it",
        *_REFRESH,
    ),
    # signatures
    "malformed": _row(
        422,
        "Подпись не разобрана",
        "The signature cannot be read",
        "Пришлите открепленную CMS-подпись в base64.",
        "Send a detached CMS signature in base64.",
    ),
    "wrong_bytes": _row(
        422,
        "Подпись не от этого документа",
        "The signature is not of this document",
        "Подпишите именно те байты, что выданы по адресу документа.",
        "Sign exactly the bytes given at the document's address.",
    ),
    "wrong_document": _row(409, "Документ уже другой", "The document has changed", *_REFRESH),
    "untrusted": _row(
        422,
        "Издателю сертификата не доверяют",
        "The certificate's issuer is not trusted",
        "Подпишите сертификатом доверенного центра.",
        "Sign with a trusted authority's certificate.",
    ),
    "certificate_expired": _row(
        422,
        "Сертификат недействителен по сроку",
        "The certificate is out of date",
        "Обновите сертификат.",
        "Renew the certificate.",
    ),
    "revoked": _row(
        422,
        "Сертификат отозван",
        "The certificate is revoked",
        "Обновите сертификат.",
        "Renew the certificate.",
    ),
    "not_signer": _row(
        403,
        "Подпись другого человека",
        "Another person's signature",
        "Подпишите своим сертификатом.",
        "Sign with your own certificate.",
    ),
    "level_too_low": _row(
        422,
        "Нужна подпись более высокого уровня",
        "A higher level of signature is needed",
        "Подпишите усиленной подписью нужного уровня.",
        "Sign with a signature of the level asked for.",
    ),
    # the machinery
    "bad_webhook": _row(
        401,
        "Подпись уведомления неверна",
        "The notice's signature is wrong",
        "Проверьте общий секрет.",
        "Check the shared secret.",
    ),
    "unavailable": _row(503, "Сервис временно недоступен", "Temporarily unavailable", *_AGAIN, 5),
    "timed_out": _row(504, "Ответ не успел", "The answer took too long", *_AGAIN, 5),
    "not_ready": _row(503, "Сервис не готов", "Not ready", "Подождите.", "Wait.", 5),
    "failed": _row(500, "Ошибка на нашей стороне", "A failure on our side", *_AGAIN),
}
