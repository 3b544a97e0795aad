Feature: Partners follow the rows that others follow

  What the groups share is written once; here it is seen for a partner.

  Background:
    Given today is 2026-11-20
    And the facts
      | fact                            | value         |
      | mission.countries               | IS            |
      | handover.by                     | host          |
      | handover.to                     | visitor       |
      | handover.planned_on             | 2026-11-20    |
      | request.occasion                | asked_on_spot |
      | visitor.screening               | clear         |
      | visitor.undertaking_signed      | true          |
      | urgency.useless_if_late         | false         |
      | urgency.needed_by               | 2026-11-25    |
      | item.kind                       | document      |
      | item.quantity                   | 1             |
      | item.published                  | false         |
      | item.publication_ruling         | none_recorded |
      | item.control_entry              | unlisted      |
      | item.third_party_rights         | none          |
      | item.release_record             | none          |
      | item.review.result              | not_submitted |
      | item.review.approved_until      | 2026-11-30    |
      | item.review.proviso             | none          |
      | item.review.redaction_checked   | false         |
      | item.review.approved_quantity   | 1             |
      | item.review.liaison_answer      | confirmed     |
      | item.licence.status             | not_applied   |
      | item.licence.until              | 2026-11-30    |
      | item.urgent.answer              | not_reported  |
      | item.urgent.agenda_meeting      | 42            |

  @clause:V5.1 @rule:published-and-free
  Rule: What is free is free for partners

    Scenario: Published and ruled free
      Given the fact item.published is true
      And the fact item.publication_ruling is free
      When the host asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule published-and-free

  @clause:V8.2 @rule:put-on-record
  Rule: What was not logged is put on record

    Scenario: Found unlogged
      Given the fact item.release_record is unlogged
      When the host asks before the handover
      Then for the whole: regularise
      And the answer rests on the rule put-on-record

  @clause:V2.4 @clause:V2.5 @clause:V2.1 @rule:denied @rule:returned-as-incomplete @rule:under-review
  Rule: The review decides

    Scenario: Denied
      Given the fact item.review.result is denied
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule denied

    Scenario: Returned as incomplete
      Given the fact item.review.result is returned
      And the fact item.review.returned_for is incomplete
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule returned-as-incomplete

    Scenario: Under review
      Given the fact item.review.result is pending
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule under-review

  @clause:V5.2 @rule:published-without-a-ruling
  Rule: What is published is ruled on first

    Scenario: By the export control office
      Given the fact item.published is true
      When the host asks before the handover
      Then for the whole: refer
      And the answer rests on the rule published-without-a-ruling

  @clause:V7.1 @clause:V7.2 @clause:V7.3 @rule:report-as-urgent @rule:reported-as-urgent @rule:declined-as-urgent
  Rule: What is urgent is reported

    Scenario: To the duty officer
      Given the fact urgency.useless_if_late is true
      When the host asks before the handover
      Then for the whole: escalate_urgent
      And the answer rests on the rule report-as-urgent

    Scenario: And waits for the answer
      Given the fact urgency.useless_if_late is true
      And the fact item.urgent.answer is reported
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule reported-as-urgent

    Scenario: What is declined is refused
      Given the fact urgency.useless_if_late is true
      And the fact item.urgent.answer is declined
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule declined-as-urgent
