"""
What a phone's state is called, and the plain tests that say so.

One table maps answers to a grade; it has a day from which it counts, and the inspector answers the
same questions as the buyer, so that a difference is a difference of answers and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import BadInputError, RefusedError


class Grade(StrEnum):
    """The state of a phone, in one word."""

    GOOD = "good"
    WORN = "worn"
    BROKEN = "broken"
    PARTS = "parts"


class Said(StrEnum):
    """An answer; whoever is not sure is not believed to have said yes."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Question(StrEnum):
    """The plain tests."""

    POWERS_ON = "powers_on"
    SCREEN_WHOLE = "screen_whole"
    BODY_WHOLE = "body_whole"
    ALL_WORKS = "all_works"
    STAYED_DRY = "stayed_dry"
    BATTERY_HEALTHY = "battery_healthy"
    LOCK_REMOVED = "lock_removed"


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """How a question is asked, how to test it, and what a no is called."""

    text: str
    hint: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class GradeWords:
    """What a grade is called and what it means."""

    label: str
    text: str


QUESTIONS: Final[Mapping[Question, QuestionWords]] = MappingProxyType(
    {
        Question.POWERS_ON: QuestionWords(
            "Does it switch on and stay on?",
            "Charge it for an hour, switch it on and wait for the home screen.",
            "it does not switch on and stay on",
        ),
        Question.SCREEN_WHOLE: QuestionWords(
            "Is the screen whole?",
            "No crack, no chip, no dead spot, no line, and touch works everywhere.",
            "the screen is cracked or faulty",
        ),
        Question.BODY_WHOLE: QuestionWords(
            "Is the body whole?",
            "Not bent; no crack in the back or the cameras. Small scratches are fine.",
            "the body is bent or cracked",
        ),
        Question.ALL_WORKS: QuestionWords(
            "Does everything work?",
            "Cameras, speakers, microphone, buttons, charging, Wi-Fi, and a call.",
            "something on it does not work",
        ),
        Question.STAYED_DRY: QuestionWords(
            "Has it stayed dry inside?",
            "No water damage: no fog under the cameras, and the marker in the SIM tray is white.",
            "water has been inside",
        ),
        Question.BATTERY_HEALTHY: QuestionWords(
            "Is the battery’s health 80 % or more?",
            "Settings, Battery, Battery health. Not sure? Say so: it counts as less.",
            "the battery’s health is under 80 %",
        ),
        Question.LOCK_REMOVED: QuestionWords(
            "Is your account removed from it?",
            "Sign out of iCloud or Google and turn Find My off. With a lock we must send it back.",
            "it is locked to an account",
        ),
    }
)
GRADE_WORDS: Final[Mapping[Grade, GradeWords]] = MappingProxyType(
    {
        Grade.GOOD: GradeWords("Good", "Works, whole, and the battery lasts."),
        Grade.WORN: GradeWords("Worn", "Works and the screen is whole; body or battery is tired."),
        Grade.BROKEN: GradeWords("Broken", "Switches on; the screen or something else is broken."),
        Grade.PARTS: GradeWords("For parts", "Does not switch on, or water has been inside."),
    }
)


@dataclass(frozen=True, slots=True)
class GradeTable:
    """From a day on: each grade with the tests it needs; the first that is met counts."""

    from_date: date
    needs: tuple[tuple[Grade, frozenset[Question]], ...]


TABLES: Final = (
    GradeTable(
        from_date=date(2026, 11, 1),
        needs=(
            (
                Grade.GOOD,
                frozenset(
                    {
                        Question.POWERS_ON,
                        Question.SCREEN_WHOLE,
                        Question.BODY_WHOLE,
                        Question.ALL_WORKS,
                        Question.STAYED_DRY,
                        Question.BATTERY_HEALTHY,
                    }
                ),
            ),
            (
                Grade.WORN,
                frozenset(
                    {
                        Question.POWERS_ON,
                        Question.SCREEN_WHOLE,
                        Question.ALL_WORKS,
                        Question.STAYED_DRY,
                    }
                ),
            ),
            (Grade.BROKEN, frozenset({Question.POWERS_ON, Question.STAYED_DRY})),
            (Grade.PARTS, frozenset()),
        ),
    ),
)
"""Newest last. A new table is a new row with its day; what was quoted keeps the old one."""

Answers = Mapping[Question, Said]


class AnswerMissingError(BadInputError):
    """A question that was not answered."""

    code = "answer_missing"


class LockedPhoneError(RefusedError):
    """A phone that is still locked to an account cannot be traded in."""

    code = "locked_phone"


class NoGradeTableError(RefusedError):
    """A day before there was any table of grades."""

    code = "no_grade_table"


def read_answers(given: Mapping[str, str]) -> dict[Question, Said]:
    """
    Return answers by question, in the order of the questions.

    Raises: AnswerMissingError naming what was not answered, or cannot be an answer.
    """
    known = {one.value: one for one in Said}
    missing = [QUESTIONS[one].text for one in Question if given.get(one.value, "") not in known]
    if missing:
        raise AnswerMissingError(
            f"Answer yes, no or not sure to: {' '.join(missing)}", missing=missing
        )
    return {one: known[given[one.value]] for one in Question}


def grade_of(answers: Answers, *, on: date) -> Grade:
    """
    Return the grade that answers come to under the table of a day.

    Raises: LockedPhoneError; NoGradeTableError; AnswerMissingError.
    """
    absent = [QUESTIONS[one].text for one in Question if one not in answers]
    if absent:
        raise AnswerMissingError(f"Not answered: {' '.join(absent)}", missing=absent)
    if answers[Question.LOCK_REMOVED] is not Said.YES:
        raise LockedPhoneError(
            "Remove your account from the phone first: sign out of iCloud or Google and turn"
            " Find My off. A locked phone has no value to us and we would have to send it back."
        )
    yes = {one for one, said in answers.items() if said is Said.YES}
    return next(grade for grade, needs in table_on(on).needs if needs <= yes)


def table_on(on: date) -> GradeTable:
    """
    Return the table of grades that counts on a day.

    Raises: NoGradeTableError.
    """
    begun = [table for table in TABLES if table.from_date <= on]
    if not begun:
        raise NoGradeTableError(f"No table of grades counts on {on.isoformat()}.")
    return max(begun, key=lambda table: table.from_date)


def differences(*, told: Answers, found: Answers) -> tuple[str, ...]:
    """Return what an inspector found otherwise than the buyer said, to the buyer's loss."""
    return tuple(
        f"You said yes to “{QUESTIONS[one].text}”; we found that {QUESTIONS[one].otherwise}."
        for one in Question
        if told.get(one) is Said.YES and found.get(one) is not Said.YES
    )
