"""The pages of this area."""

from __future__ import annotations

from api.console.desk.answers import (
    READING,
    ask_alike,
    decide_interview,
    find_by_id,
    look_further,
    open_case_of,
    show_answer,
    show_changes,
)
from api.console.desk.beginning import begin_with_items, show_desk
from api.console.desk.interview import begin_interview, go_on
from api.console.desk.whole_form import show_form, take_form
from api.console.frame.routing import page

ASKING = "POST /v1/pre-check"

ROUTES = [
    page("/desk", show_desk, ASKING),
    page("/desk/items", begin_with_items, ASKING, form=True),
    page("/desk/interview", begin_interview, ASKING),
    page("/desk/interview", go_on, ASKING, form=True),
    page("/desk/form", show_form, ASKING),
    page("/desk/form", take_form, ASKING, form=True),
    page("/desk/answers", find_by_id, READING),
    page("/desk/answers", decide_interview, ASKING, form=True),
    page("/desk/answers/{decision_id}", show_answer, READING),
    page("/desk/answers/{decision_id}/changes", show_changes, READING),
    page("/desk/answers/{decision_id}/changes", look_further, READING, form=True),
    page("/desk/answers/{decision_id}/alike", ask_alike, READING),
    page("/desk/answers/{decision_id}/case", open_case_of, "POST /v1/cases", form=True),
]
