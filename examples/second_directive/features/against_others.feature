Feature: What stands against a permission for other countries

  From a release that has been approved, one fact is put otherwise at a time.

  Background:
    Given today is 2026-11-20
    And the facts
      | fact                          | value         |
      | mission.countries             | FR            |
      | handover.by                   | host          |
      | handover.to                   | visitor       |
      | handover.planned_on           | 2026-11-20    |
      | request.occasion              | asked_on_spot |
      | visitor.screening             | clear         |
      | visitor.undertaking_signed    | true          |
      | urgency.useless_if_late       | false         |
      | urgency.needed_by             | 2026-11-25    |
      | item.kind                     | document      |
      | item.quantity                 | 1             |
      | item.published                | false         |
      | item.publication_ruling       | none_recorded |
      | item.control_entry            | unlisted      |
      | item.third_party_rights       | none          |
      | item.release_record           | none          |
      | item.review.result            | approved      |
      | item.review.approved_until    | 2026-11-30    |
      | item.review.proviso           | none          |
      | item.review.redaction_checked | false         |
      | item.review.approved_quantity | 1             |
      | item.review.liaison_answer    | confirmed     |
      | item.licence.status           | not_applied   |
      | item.licence.until            | 2026-11-30    |
      | item.urgent.answer            | not_reported  |
      | item.urgent.agenda_meeting    | 42            |

  @clause:V3.2 @rule:by-the-host-to-the-visitor
  Rule: The host releases it, and the visitor gets it

    Scenario: Not by the disclosure office
      Given the fact handover.by is disclosure_office
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-the-host-to-the-visitor
      And the answer cites V3.2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Not to a liaison office
      Given the fact handover.to is liaison_office
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-the-host-to-the-visitor

  @clause:V4.3 @rule:military-never
  Rule: Military matter never goes to other countries

    Scenario: Whatever the licence
      Given the fact item.control_entry is military
      And the fact item.licence.status is granted
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule military-never
      And the answer cites V4.3
      And under V8.1 the records office must log the refusal and its ground

  @clause:V4.2 @reading:W4 @rule:dual-use-licence-refused @rule:await-the-dual-use-licence @rule:after-the-dual-use-licence @boundary
  Rule: Dual-use matter needs a licence

    Scenario: Refused
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is refused
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule dual-use-licence-refused
      And the answer cites V4.2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Not applied for
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is not_applied
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-dual-use-licence
      And the answer cites V4.2
      And under V4.2 the export control office must obtain the licence

    Scenario: Applied for
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is applied
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-dual-use-licence

    Scenario: Granted, on its last day
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is granted
      And the fact item.licence.until is 2026-11-20
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Granted, on the day after its last
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is granted
      And the fact item.licence.until is 2026-11-19
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule after-the-dual-use-licence
      And the answer cites V4.2
      And the answer uses the reading W4
      And under V4.2 the export control office must obtain a longer licence

    Scenario: Unlisted matter needs none
      Given the fact item.control_entry is unlisted
      When the host asks before the handover
      Then for the whole: deliver

  @clause:V3.1 @clause:V3.2 @rule:by-or-to-someone-else
  Rule: Nobody else releases it, and nobody else gets it

    Scenario: Not released by somebody else
      Given the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: refuse
      And nothing may be handed over as asked
      And the answer rests on the rule by-or-to-someone-else
      And the answer cites V3.1, V3.2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Not to the body that sent the visitor
      Given the fact handover.to is sending_body
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-or-to-someone-else

    Scenario: Not to somebody else
      Given the fact handover.to is someone_else
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-or-to-someone-else

    Scenario: Not known who gets it
      Given the fact handover.to is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for handover.to

  @clause:V3.3 @rule:found-in-the-screening @rule:not-screened
  Rule: The screening has ended, and found nothing

    Scenario: What it found is ruled on
      Given the fact visitor.screening is match
      When the host asks before the handover
      Then for the whole: refer
      And the answer rests on the rule found-in-the-screening
      And the answer cites V3.3
      And under V3.3 the export control office must rule on what the screening found

    Scenario: It has to be done
      Given the fact visitor.screening is not_done
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-screened
      And the answer cites V3.3
      And under V3.3 the export control office must end the screening

    Scenario: The strictest of what stands against it counts
      Given the fact visitor.screening is match
      And the fact visitor.undertaking_signed is false
      When the host asks before the handover
      Then for the whole: refer
      And the answer does not rest on the rule no-undertaking

    Scenario: How it ended is asked
      Given the fact visitor.screening is not stated
      When the host asks before the handover
      Then for the whole: needs_information
      And the export control office is asked for visitor.screening

  @clause:V3.3 @rule:no-undertaking @rule:owned-by-another
  Rule: Undertaking and consent are there

    Scenario: The visitor signs first
      Given the fact visitor.undertaking_signed is false
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule no-undertaking
      And the answer cites V3.3
      And under V3.3 the host must have the visitor sign not to pass it on

    Scenario: Another owner consents first
      Given the fact item.third_party_rights is not_consented
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule owned-by-another
      And the answer cites V3.3
      And under V3.3 the host must obtain the consent of the other owner

    Scenario: An owner who has consented is no hindrance
      Given the fact item.third_party_rights is consented
      When the host asks before the handover
      Then for the whole: deliver
      And it may be handed over as asked

  @clause:V2.3 @reading:W4 @rule:after-the-approval @boundary
  Rule: The approval holds on the day of the handover

    Scenario: On its last day
      Given the fact handover.planned_on is 2026-11-30
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Not on the day after
      Given the fact handover.planned_on is 2026-12-01
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule after-the-approval
      And the answer cites V2.3
      And the answer uses the reading W4
      And under V2.3 the disclosure office must decide on a later day

    Scenario: Not known for which day
      Given the fact handover.planned_on is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for handover.planned_on

    Scenario: The answer ends with the approval
      Given the fact item.review.approved_until is 2026-11-20
      When the host asks before the handover
      Then for the whole: deliver
      And the answer may be relied on until 2026-11-20

  @clause:V2.3 @reading:W2 @rule:for-showing-only @rule:redaction-not-checked
  Rule: What the provisos say is kept to

    Scenario: What may be shown only is not handed over
      Given the fact item.review.proviso is show_only
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule for-showing-only
      And the answer cites V2.3
      And the answer uses the reading W2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: It may be told
      Given the fact item.review.proviso is show_only
      And the fact item.kind is oral
      And the fact handover.by is host
      And the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: A redacted copy is checked first
      Given the fact item.review.proviso is redacted_copy
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule redaction-not-checked
      And the answer cites V2.3
      And under V2.3 the disclosure office must check the redacted copy

    Scenario: A redacted copy that has been checked is released
      Given the fact item.review.proviso is redacted_copy
      And the fact item.review.redaction_checked is true
      When the host asks before the handover
      Then for the whole: deliver

  @clause:V2.3 @reading:W8 @rule:more-than-approved @boundary
  Rule: No more samples than were approved

    Scenario: As many as were approved
      Given the fact item.kind is sample
      And the fact item.quantity is 2
      And the fact item.review.approved_quantity is 2
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: One more
      Given the fact item.kind is sample
      And the fact item.quantity is 3
      And the fact item.review.approved_quantity is 2
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule more-than-approved
      And the answer cites V2.3
      And the answer uses the reading W8
      And under V2.3 the disclosure office must decide on the number

    Scenario: Other kinds have no number
      Given the fact item.kind is equipment
      And the fact item.quantity is 3
      And the fact item.review.approved_quantity is 2
      When the host asks before the handover
      Then for the whole: deliver

  @clause:V7.3 @rule:listed-matter-is-not-urgent @rule:not-on-the-next-agenda
  Rule: As urgent, unlisted matter only, and on the next agenda

    Scenario: Dual-use matter is refused
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.control_entry is dual_use
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent
      And the answer cites V7.3
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Military matter is refused
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.control_entry is military
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent

    Scenario: It waits until it is on the next meeting's agenda
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 41
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-on-the-next-agenda
      And the answer cites V7.3
      And under V7.3 the duty officer must put it on the agenda of meeting 42

    Scenario: On that agenda it is released
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Somebody else does not release it either
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: refuse

    Scenario: The screening counts for it as well
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact visitor.screening is not_done
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-screened

    Scenario: What ended with an approval does not count for it
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact handover.planned_on is 2026-12-01
      When the host asks before the handover
      Then for the whole: deliver

  @clause:V7.3 @clause:V2.3 @rule:released-as-urgent
  Rule: What stands against an approval alone does not against an urgent release

    Scenario: Provisos are of the approval
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.review.proviso is show_only
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: A redacted copy is of the approval
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.review.proviso is redacted_copy
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: The number of samples is of the approval
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.kind is sample
      And the fact item.quantity is 5
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Military matter is refused as urgent, for that reason alone
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.control_entry is military
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent
      And the answer does not rest on the rule military-never

    Scenario: So is dual-use matter, whatever its licence
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.control_entry is dual_use
      And the fact item.licence.status is refused
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent
      And the answer does not rest on the rule dual-use-licence-refused

    Scenario: The licence is not asked for
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact item.control_entry is not known
      And the fact item.licence.status is not known
      And the fact item.licence.until is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the export control office is asked for item.control_entry
      And nobody is asked for item.licence.status
      And nobody is asked for item.licence.until

  @clause:V3.2 @clause:V7.3 @rule:by-the-host-to-the-visitor
  Rule: The host releases what is urgent, too

    Scenario: Not the disclosure office
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 42
      And the fact handover.by is disclosure_office
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-the-host-to-the-visitor

  @clause:V4.2 @rule:dual-use-licence-refused @rule:after-the-dual-use-licence
  Rule: A licence counts where one is needed

    Scenario: Unlisted matter needs none, though one was refused
      Given the fact item.licence.status is refused
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Unlisted matter needs none, though one has ended
      Given the fact item.licence.status is granted
      And the fact item.licence.until is 2026-11-19
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: One that was never applied for has not ended
      Given the fact item.control_entry is dual_use
      And the fact item.licence.status is not_applied
      And the fact item.licence.until is 2026-11-19
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-dual-use-licence
      And the answer does not rest on the rule after-the-dual-use-licence
