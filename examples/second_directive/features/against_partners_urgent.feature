Feature: What stands against an urgent release to partners

  The duty officer has released it.

  Background:
    Given today is 2026-11-20
    And the facts
      | fact                          | value             |
      | mission.countries             | IS                |
      | handover.by                   | disclosure_office |
      | handover.to                   | liaison_office    |
      | handover.planned_on           | 2026-11-20        |
      | request.occasion              | asked_on_spot     |
      | visitor.screening             | clear             |
      | visitor.undertaking_signed    | true              |
      | urgency.useless_if_late       | false             |
      | urgency.needed_by             | 2026-11-25        |
      | item.kind                     | document          |
      | item.quantity                 | 1                 |
      | item.published                | false             |
      | item.publication_ruling       | none_recorded     |
      | item.control_entry            | unlisted          |
      | item.third_party_rights       | none              |
      | item.release_record           | none              |
      | item.review.result            | approved          |
      | item.review.approved_until    | 2026-11-30        |
      | item.review.proviso           | none              |
      | item.review.redaction_checked | false             |
      | item.review.approved_quantity | 1                 |
      | item.review.liaison_answer    | confirmed         |
      | item.licence.status           | not_applied       |
      | item.licence.until            | 2026-11-30        |
      | item.urgent.answer            | not_reported      |
      | item.urgent.agenda_meeting    | 42                |

  @clause:V7.3 @rule:listed-matter-is-not-urgent @rule:not-on-the-next-agenda
  Rule: As urgent, unlisted matter only, and on the next agenda

    Scenario: Dual-use matter is refused
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact item.control_entry is dual_use
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent
      And the answer cites V7.3
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Military matter is refused
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact item.control_entry is military
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent

    Scenario: It waits until it is on the next meeting's agenda
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 5
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-on-the-next-agenda
      And the answer cites V7.3
      And under V7.3 the duty officer must put it on the agenda of meeting 6

    Scenario: On that agenda it is released
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Somebody else does not release it either
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: refuse

    Scenario: The screening counts for it as well
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact visitor.screening is not_done
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-screened

    Scenario: What ended with an approval does not count for it
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact handover.planned_on is 2026-12-01
      When the host asks before the handover
      Then for the whole: deliver
