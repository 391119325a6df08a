"""Words of the engine itself that people read: roles, ends, statuses, the consultation's own tasks."""

from domain.base import Text
from domain.people import Owner, Role

ROLES: dict[Role, Text] = {
    Role.PATIENT: Text(ru="пациент", en="patient"),
    Role.REPRESENTATIVE: Text(ru="представитель", en="representative"),
    Role.INVITED: Text(ru="приглашённый", en="invited person"),
    Role.DOCTOR: Text(ru="врач", en="doctor"),
    Role.NURSE: Text(ru="медсестра", en="nurse"),
    Role.REGISTRAR: Text(ru="регистратор", en="registrar"),
    Role.CALL_CENTRE: Text(ru="оператор колл-центра", en="call centre"),
    Role.SHIFT_SUPERVISOR: Text(ru="старший смены", en="shift supervisor"),
    Role.HEAD_DOCTOR: Text(ru="главный врач", en="head doctor"),
    Role.CASHIER: Text(ru="кассир", en="cashier"),
    Role.CLINIC_ADMIN: Text(ru="администратор клиники", en="clinic administrator"),
    Role.AUDITOR: Text(ru="аудитор", en="auditor"),
    Role.INTEGRATION: Text(ru="внешняя система", en="integration"),
}

OWN_TASKS: dict[str, Text] = {
    "call_back": Text(ru="перезвонить пациенту: тревожный признак", en="call the patient back: red flag"),
    "alarm": Text(ru="принять тревогу: этап не удался", en="acknowledge the alarm: a step went wrong"),
    "stuck": Text(ru="действие не удалось выполнить", en="an action could not be done"),
    "halted": Text(ru="условие не вычислилось", en="a condition could not be evaluated"),
    "take_over": Text(ru="принять консультацию у коллеги", en="take the consultation over from a colleague"),
    "new_doctor": Text(ru="ответить, согласны ли вы на другого врача", en="say whether another doctor may go on"),
    "opinion": Text(ru="дать мнение коллеге", en="give a colleague an opinion"),
}

ENDS: dict[str, Text] = {
    "completed": Text(ru="завершена", en="completed"),
    "in_person_needed": Text(ru="нужен очный приём", en="in-person visit needed"),
    "not_eligible": Text(ru="дистанционно невозможна", en="not eligible"),
    "failed_by_us": Text(ru="не состоялась по вине клиники", en="failed by us"),
    "no_show": Text(ru="пациент не пришёл", en="no show"),
    "abandoned": Text(ru="пациент не продолжил", en="abandoned"),
    "cancelled": Text(ru="отменена пациентом", en="cancelled"),
    "cancelled_by_us": Text(ru="отменена клиникой", en="cancelled by us"),
    "emergency": Text(ru="прервана: экстренный случай", en="emergency"),
    "unsigned": Text(ru="протокол не подписан", en="unsigned"),
}
"""The usual ends; a clinic's own end is read by its code."""

EMERGENCY = Text(
    ru="Если вам сейчас плохо, звоните 103 или 112. Мы перезвоним вам; оставайтесь на связи.",
    en="If you feel unwell now, call 103 or 112. We are calling you back; stay in touch.",
)

PAYER = Text(ru="плательщик", en="payer")
WAITS = Text(ru="ждём", en="waiting")
ENDING = Text(ru="завершается", en="ending")
STOPPED = Text(ru="остановлен: нужен администратор", en="halted: an administrator is needed")
NEXT_TURN = Text(ru="Ждём следующего раза", en="Waiting for the next turn")
BEGINS = Text(ru="начнётся", en="begins")
UNTIL = Text(ru="до", en="until")
NOBODY = Text(ru="никто: работает система", en="nobody: the system is working")
DETAILS = {
    "stage": Text(ru="Этап", en="Stage"),
    "who": Text(ru="Кто", en="Who"),
    "what": Text(ru="Что должен сделать", en="Has to"),
    "until": Text(ru="До", en="Until"),
    "doing": Text(ru="Система выполняет", en="The system is doing"),
    "left": Text(ru="Идёт отдельно", en="Running beside"),
    "end": Text(ru="Итог", en="End"),
    "paused": Text(ru="ПРИОСТАНОВЛЕНА", en="PAUSED"),
    "hand_over": Text(ru="Передаётся другому врачу", en="Being handed over to another doctor"),
    "emergency": Text(ru="ЭКСТРЕННЫЙ СЛУЧАЙ", en="EMERGENCY"),
}


def who(owner: Owner, language: str, payer: str | None = None) -> str:
    """Whose duty something is, without naming a person. ``payer``: the person who pays, where it is not the patient."""
    if owner.person is not None and owner.person == payer:
        return PAYER.in_(language)
    if owner.role is not None:
        return ROLES[owner.role].in_(language)
    if owner.pool is not None:
        return f"{ROLES[Role.DOCTOR].in_(language)} ({owner.pool})"
    return ROLES[Role.PATIENT if owner.patient is not None else Role.DOCTOR].in_(language)
