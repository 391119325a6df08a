"""The catalogue of messages that leave the house: no patient data, no speciality, no pathway title.

``Tell.text`` is a code of this catalogue. A clinic's own wording, where it has one, is looked up before it.
"""

from domain.base import Text

TEXTS: dict[str, Text] = {
    "alarm": Text(
        ru="Этап консультации не завершён как положено. Откройте список задач.",
        en="A step of a consultation did not end as it should. Open your task list.",
    ),
    "another_doctor": Text(
        ru="Ваш врач изменился. Подробности в личном кабинете.",
        en="You have another doctor. See your account.",
    ),
    "appointment_booked": Text(
        ru="Время приёма назначено. Подробности в личном кабинете.",
        en="A time is agreed. See your account.",
    ),
    "appointment_cancelled": Text(
        ru="Назначенный приём отменён или перенесён. Подробности в личном кабинете.",
        en="An agreed time was cancelled or moved. See your account.",
    ),
    "appointment_soon": Text(
        ru="Скоро назначенное время приёма. Подробности в личном кабинете.",
        en="The agreed time is near. See your account.",
    ),
    "call_by_phone": Text(
        ru="Видеокомната не открылась. Позвоните по телефону из карточки консультации.",
        en="The video room did not open. Call the phone number on the consultation's page.",
    ),
    "chat_waits": Text(
        ru="Вас ждут в переписке. Откройте консультацию.",
        en="You are awaited in a chat. Open the consultation.",
    ),
    "choose_lab": Text(
        ru="Выберите, где сдать назначенные анализы, в личном кабинете.",
        en="Choose where to take your tests in your account.",
    ),
    "choose_time": Text(
        ru="Выберите удобное время в личном кабинете.",
        en="Choose a time in your account.",
    ),
    "consultation_is_yours": Text(
        ru="Вам передана консультация. Откройте список задач.",
        en="A consultation is yours now. Open your task list.",
    ),
    "consultation_needs_you": Text(
        ru="Консультация требует вашего внимания. Откройте список задач.",
        en="A consultation needs you. Open your task list.",
    ),
    "consultation_paused": Text(
        ru="Консультация приостановлена. Подробности в личном кабинете.",
        en="The consultation is paused. See your account.",
    ),
    "consultation_resumed": Text(
        ru="Консультация продолжается. Откройте личный кабинет.",
        en="The consultation goes on. Open your account.",
    ),
    "consultation_taken_over": Text(
        ru="Одна из ваших консультаций передана другому врачу.",
        en="One of your consultations was given to another doctor.",
    ),
    "critical_result": Text(
        ru="Срочно: пришёл результат, требующий немедленного внимания. Откройте список задач.",
        en="Urgent: a result needs attention now. Open your task list.",
    ),
    "doctor_waits": Text(
        ru="Вас ждут. Откройте личный кабинет и войдите в звонок.",
        en="You are awaited. Open your account and join the call.",
    ),
    "call_back_now": Text(
        ru="Срочно перезвоните пациенту. Откройте список задач.",
        en="Call a patient back now. Open your task list.",
    ),
    "hand_over_done": Text(
        ru="Консультация передана коллеге.",
        en="The consultation was handed over to your colleague.",
    ),
    "hand_over_off": Text(
        ru="Передача консультации не состоялась: она остаётся за вами.",
        en="The hand-over did not take place: the consultation stays yours.",
    ),
    "hand_over_offered": Text(
        ru="Коллега просит вас принять консультацию. Откройте список задач.",
        en="A colleague asks you to take a consultation over. Open your task list.",
    ),
    "new_doctor": Text(
        ru="Консультацию может продолжить другой врач. Ответьте в личном кабинете.",
        en="Another doctor may go on with your consultation. Answer in your account.",
    ),
    "message_waits": Text(
        ru="Для вас есть сообщение клиники. Оно в личном кабинете.",
        en="The clinic has a message for you. It is in your account.",
    ),
    "new_message": Text(
        ru="Вам ответили. Откройте личный кабинет.",
        en="You have an answer. Open your account.",
    ),
    "offer_waits": Text(
        ru="Для вас есть предложение в личном кабинете.",
        en="There is an offer for you in your account.",
    ),
    "opinion_asked": Text(
        ru="Коллега просит вашего мнения. Откройте список задач.",
        en="A colleague asks for your opinion. Open your task list.",
    ),
    "opinion_declined": Text(
        ru="Коллега не может дать мнение. Откройте консультацию.",
        en="Your colleague cannot give an opinion. Open the consultation.",
    ),
    "opinion_given": Text(
        ru="Коллега ответил на ваш вопрос. Откройте консультацию.",
        en="Your colleague answered your question. Open the consultation.",
    ),
    "patient_waits": Text(
        ru="Вас ждут в видеозвонке. Откройте консультацию.",
        en="You are awaited in a video call. Open the consultation.",
    ),
    "planned_time_is_over": Text(
        ru="Запланированное время приёма истекло.",
        en="The planned time of the meeting is over.",
    ),
    "registration_rejected": Text(
        ru="Документ не принят к регистрации. Откройте список задач.",
        en="A document was not accepted for registration. Open your task list.",
    ),
    "result_ready": Text(
        ru="Новый документ в личном кабинете.",
        en="There is a new document in your account.",
    ),
    "result_to_read": Text(
        ru="Пришёл результат. Откройте список задач.",
        en="A result has come. Open your task list.",
    ),
    "result_unmatched": Text(
        ru="Пришёл результат, который не подошёл ни одному заказу. Его нужно разобрать вручную.",
        en="A result came that fits no order. Somebody must look into it.",
    ),
    "sign_waits": Text(
        ru="Документ ждёт вашей подписи. Откройте список задач.",
        en="A document waits for your signature. Open your task list.",
    ),
    "something_went_wrong": Text(
        ru="Что-то пошло не так, мы уже разбираемся. Подробности в личном кабинете.",
        en="Something went wrong and we are on it. See your account.",
    ),
    "task_escalated": Text(
        ru="Просроченная задача ждёт вас. Откройте список задач.",
        en="An overdue task waits for you. Open your task list.",
    ),
    "task_waits": Text(
        ru="Вас ждёт задача. Откройте личный кабинет.",
        en="A task waits for you. Open your account.",
    ),
    "time_taken": Text(
        ru="Выбранное время уже занято. Выберите другое в личном кабинете.",
        en="The time you chose is taken. Choose another in your account.",
    ),
    "turn_is_near": Text(
        ru="Скоро ваша очередь. Будьте готовы войти в звонок.",
        en="Your turn comes soon. Be ready to join the call.",
    ),
    "visit_offered": Text(
        ru="Подтвердите запись в личном кабинете.",
        en="Confirm the visit in your account.",
    ),
}
