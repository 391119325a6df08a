"""What a row of the audit says, in words for the patient it is about. A test holds that every code has words."""

from domain.base import Text

SEEN: dict[str, Text] = {
    "act.answer": Text(ru="узнали, чем закончилось действие", en="asked what became of an action"),
    "appointment.slots": Text(ru="посмотрели свободное время", en="looked at free times"),
    "chat.photo": Text(ru="открыли фотографию из переписки", en="opened a photo of the chat"),
    "chat.read": Text(ru="прочитали переписку", en="read the chat"),
    "chat.upload": Text(ru="загрузили фотографию", en="sent up a photo"),
    "colleagues.list": Text(ru="посмотрели, кому из врачей передать консультацию", en="looked for a colleague"),
    "consent.texts": Text(ru="открыли тексты согласий", en="opened the consent texts"),
    "consents.list": Text(ru="посмотрели данные согласия", en="looked at the consents given"),
    "consultation.read": Text(ru="открыли консультацию", en="opened the consultation"),
    "consultation.start": Text(ru="начали консультацию", en="began the consultation"),
    "consultation.timeline": Text(ru="посмотрели ход консультации", en="looked at the consultation's history"),
    "consultation.watch": Text(ru="следили за ходом консультации", en="followed the consultation"),
    "consultations.list": Text(ru="увидели консультацию в списке", en="saw the consultation in a list"),
    "document.read": Text(ru="открыли документ", en="opened a document"),
    "documents.list": Text(ru="посмотрели список документов", en="looked at the list of documents"),
    "emergency.contact": Text(ru="открыли адрес и телефон для звонка", en="opened address and phone to call back"),
    "identity.session": Text(ru="начали подтверждение личности", en="began to confirm the identity"),
    "intake.form": Text(ru="открыли анкету", en="opened the form"),
    "intake.read": Text(ru="прочитали ответы анкеты", en="read the form's answers"),
    "intake.save": Text(ru="сохранили ответы анкеты", en="saved answers of the form"),
    "intake.submit": Text(ru="отправили анкету", en="sent the form"),
    "invitation.ticket": Text(ru="вошли на приём по приглашению", en="came into the meeting by an invitation"),
    "log.read": Text(ru="посмотрели этот журнал", en="looked at this log"),
    "opinions.read": Text(ru="прочитали мнения коллег", en="read the colleagues' opinions"),
    "patients.list": Text(ru="увидели имя в списке пациентов", en="saw the name in a list of patients"),
    "protocol.autosave": Text(ru="писали протокол", en="wrote the protocol"),
    "protocol.draft": Text(ru="открыли черновик протокола", en="opened the protocol's draft"),
    "queue.decline": Text(ru="не взяли пациента из очереди", en="passed the offer in the line on"),
    "queue.place": Text(ru="следили за местом в очереди", en="followed the place in line"),
    "result.read": Text(ru="открыли результат анализа", en="opened a result"),
    "results.list": Text(ru="посмотрели список результатов", en="looked at the list of results"),
    "tasks.list": Text(ru="увидели задание в списке", en="saw a task in a list"),
    "video.revoke": Text(ru="отозвали приглашение на приём", en="took an invitation back"),
    "video.ticket": Text(ru="получили вход на видеоприём", en="got the way into the video meeting"),
}
"""What was seen, or done without the process."""

DONE: dict[str, Text] = {
    "accept_consents": Text(ru="приняли документы", en="accepted the documents"),
    "accept_hand_over": Text(ru="согласились принять консультацию", en="agreed to take the consultation over"),
    "accept_offer": Text(ru="взяли пациента из очереди", en="took the patient from the line"),
    "accept_referral": Text(ru="приняли направление", en="accepted the referral"),
    "acknowledge_alarm": Text(ru="занялись сбоем в консультации", en="saw to what went wrong"),
    "acknowledge_emergency": Text(ru="взяли срочный звонок пациенту", en="took the call back"),
    "acknowledge_lab_order": Text(ru="приняли к сведению отказ лаборатории", en="noted the laboratory's answer"),
    "acknowledge_result": Text(ru="приняли к сведению результат", en="noted a result"),
    "agree_to_new_doctor": Text(ru="согласились на другого врача", en="agreed to another doctor"),
    "allow_recording": Text(ru="разрешили запись приёма", en="agreed to be recorded"),
    "ask_opinion": Text(ru="спросили мнение коллеги", en="asked a colleague's opinion"),
    "assign_task": Text(ru="поручили задание сотруднику", en="gave a task to an employee"),
    "cancel_consultation": Text(ru="отменили консультацию", en="cancelled the consultation"),
    "change_deadline": Text(ru="изменили срок этапа", en="changed the deadline of a step"),
    "chat_needs_in_person": Text(ru="решили, что нужен очный приём", en="decided for a visit in person"),
    "chat_needs_video": Text(ru="решили продолжить по видео", en="decided to go on by video"),
    "choose_lab": Text(ru="выбрали лабораторию", en="chose a laboratory"),
    "choose_time": Text(ru="выбрали время приёма", en="chose a time"),
    "claim_task": Text(ru="взяли задание", en="took a task"),
    "continue_by_phone": Text(ru="продолжили приём по телефону", en="went on by phone"),
    "decide_task": Text(ru="приняли решение по заданию", en="decided a task"),
    "decline_appointment": Text(ru="отказались от времени приёма", en="declined the appointment"),
    "decline_consents": Text(ru="не приняли документы", en="declined the documents"),
    "decline_hand_over": Text(ru="не взяли консультацию у коллеги", en="did not take the consultation over"),
    "decline_opinion": Text(ru="не дали мнения коллеге", en="gave no opinion"),
    "decline_referral": Text(ru="отказались от направления", en="declined the referral"),
    "finish_chat": Text(ru="завершили переписку", en="finished the chat"),
    "finish_video": Text(ru="завершили видеоприём", en="finished the video meeting"),
    "flag_emergency": Text(ru="подняли тревогу", en="called for help"),
    "forbid_recording": Text(ru="запретили запись приёма", en="did not agree to be recorded"),
    "give_opinion": Text(ru="дали мнение коллеге", en="gave a colleague an opinion"),
    "hand_over": Text(ru="предложили консультацию другому врачу", en="offered the consultation to a colleague"),
    "invite_guest": Text(ru="пригласили гостя на приём", en="invited a guest into the meeting"),
    "leave_line": Text(ru="вышли из очереди", en="left the line"),
    "needs_in_person": Text(ru="решили, что нужен очный приём", en="decided for a visit in person"),
    "pause_consultation": Text(ru="приостановили консультацию", en="paused the consultation"),
    "pay": Text(ru="оплатили", en="paid"),
    "prove_identity": Text(ru="подтвердили личность", en="confirmed the identity"),
    "reassign_doctor": Text(ru="назначили другого врача", en="assigned another doctor"),
    "record_emergency": Text(ru="записали, чем помогли", en="wrote what was done to help"),
    "refuse_lab": Text(ru="отказались от анализа", en="refused the test"),
    "refuse_new_doctor": Text(ru="отказались от другого врача", en="refused another doctor"),
    "refuse_payment": Text(ru="отказались от оплаты", en="refused to pay"),
    "refuse_prescription": Text(ru="не выписали рецепт", en="did not issue the prescription"),
    "release_task": Text(ru="вернули задание", en="gave a task back"),
    "report_no_show": Text(ru="сообщили о неявке", en="said that the other side did not come"),
    "reschedule": Text(ru="перенесли приём", en="chose another time"),
    "resubmit_registration": Text(ru="отправили документ в реестр ещё раз", en="sent a document to the registry again"),
    "resume_consultation": Text(ru="возобновили консультацию", en="let the consultation go on"),
    "retry_effect": Text(ru="повторили действие системы", en="had an action tried again"),
    "score_survey": Text(ru="оценили консультацию", en="gave a score"),
    "send_message": Text(ru="написали сообщение", en="wrote a message"),
    "sign_document": Text(ru="подписали документ", en="signed a document"),
    "sign_prescription": Text(ru="подписали рецепт", en="signed a prescription"),
    "skip_step": Text(ru="пропустили этап", en="skipped a step"),
    "submit_answers": Text(ru="отправили анкету", en="sent the form"),
    "submit_protocol": Text(ru="отправили протокол", en="submitted the protocol"),
    "withdraw_consent": Text(ru="отозвали согласие", en="withdrew a consent"),
    "write_off_effect": Text(ru="закрыли действие вручную", en="closed an action by hand"),
}
"""Acts, by the operation that sent them."""

GUESTS: dict[str, Text] = {
    "relative": Text(ru="родственник", en="relative"),
    "interpreter": Text(ru="переводчик", en="interpreter"),
    "colleague": Text(ru="коллега врача", en="colleague of the doctor"),
}
"""What an invited person came as."""

OTHER = Text(ru="другое действие", en="another action")
"""A row of before its code had words."""


def words_of(action: str) -> Text:
    """What an audit row's code says."""
    return SEEN.get(action) or DONE.get(action.removeprefix("act."), OTHER)
