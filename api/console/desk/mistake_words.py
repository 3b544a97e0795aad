"""What is wrong with a typed answer, in the visitor's language and without the terminal's ways to answer."""

from __future__ import annotations

from api.console.frame.policy_texts import ShownText
from api.console.frame.visits import Visit
from api.domain.interview.countries import Mistake


def mistake_words(visit: Visit, control: str, typed: str, mistake: Mistake) -> ShownText:
    """Return what is wrong and the remedy; `control` is by what the question is answered.

    A near word that the reader found stays English, as does what is wrong with a text: too long, not printable.
    """
    near = mistake.remedy.partition("?")[0] if mistake.remedy.startswith("did you mean") else ""
    if not typed:
        return ShownText(visit.message("Nothing is answered. Answer it, or say that it is not known."))
    match control:
        case "choices":
            return ShownText(visit.message("No answer is chosen; choose one."))
        case "countries" if "country" in mistake.fact:
            message = visit.message(
                "“%(typed)s” is not the name or code of a country. Write the name, or the two letters of its code; "
                "several with commas between.",
                typed=typed,
            )
            return ShownText(f"{message} {near[:1].upper()}{near[1:]}?" if near else message)
        case "date":
            message = visit.message(
                "“%(typed)s” is no day; write it as YYYY-MM-DD, such as 1965-03-01.", typed=typed
            )
            return ShownText(message)
        case "number":
            return ShownText(
                visit.message("“%(typed)s” is no number that fits; write it in digits.", typed=typed),
            )
        case "item" if "not" in mistake.fact and "number" in mistake.fact:
            return ShownText(
                visit.message("Write how much it is in digits, with the unit behind it, such as 2 sets."),
            )
        case _:
            return visit.texts.english(f"{mistake.fact}; {mistake.remedy}")
