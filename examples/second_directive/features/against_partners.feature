Feature: What stands against a permission for partners

  From a release that has been approved, one fact is put otherwise at a time.

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

  @clause:V3.1 @clause:V3.2 @rule:things-go-to-the-liaison-office
  Rule: The disclosure office hands things to the liaison office

    Scenario: Not the host
      Given the fact handover.by is host
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule things-go-to-the-liaison-office
      And the answer cites V3.1, V3.2
      And under V8.1 the records office must log the refusal and its ground
      And the guest is told: Our disclosure office hands this to Science Liaison Office of Iceland

    Scenario: Not to the visitor
      Given the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule things-go-to-the-liaison-office

    Scenario: Equipment neither
      Given the fact item.kind is equipment
      And the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: refuse

  @clause:V3.1 @clause:V3.2 @reading:W2 @rule:told-by-the-host-to-the-visitor
  Rule: The host shows and tells the visitor

    Scenario: Told by the host to the visitor
      Given the fact item.kind is oral
      And the fact handover.by is host
      And the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Not told to the liaison office
      Given the fact item.kind is oral
      And the fact handover.by is host
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule told-by-the-host-to-the-visitor
      And the answer cites V3.1, V3.2
      And the answer uses the reading W2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Not shown by the disclosure office
      Given the fact item.kind is visual
      And the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule told-by-the-host-to-the-visitor

  @clause:V3.1 @rule:declined-by-the-liaison-office @rule:await-the-liaison-office
  Rule: The liaison office has confirmed it

    Scenario: What it declines is refused
      Given the fact item.review.liaison_answer is declined
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule declined-by-the-liaison-office
      And the answer cites V3.1
      And under V8.1 the records office must log the refusal and its ground
      And the guest is told: Science Liaison Office of Iceland has declined this

    Scenario: It has to be asked
      Given the fact item.review.liaison_answer is not_asked
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-liaison-office
      And the answer cites V3.1
      And under V3.1 the disclosure office must obtain the written confirmation of Science Liaison Office of Iceland
      And the guest is told: Science Liaison Office of Iceland has to confirm this in writing.

    Scenario: It has to answer
      Given the fact item.review.liaison_answer is asked
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-liaison-office

  @clause:V2.2 @clause:V3.1 @reading:W7 @rule:no-arrangement-or-office @boundary
  Rule: Arrangement and liaison office are known

    Scenario: On the last day of the arrangement
      Given today is 2029-04-30
      And the fact item.review.approved_until is 2029-05-31
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: A partner whose arrangement has run out is still a partner, and gets nothing
      Given today is 2029-05-01
      And the fact item.review.approved_until is 2029-05-31
      When the host asks before the handover
      Then for the whole: needs_information
      And the answer cites V2.2, V3.1
      And the answer uses the reading W7
      And the policy officer is asked: Which arrangement holds with the country?

    Scenario: Before the arrangement
      Given today is 2026-03-01
      And the fact mission.countries is UY
      When the host asks before the handover
      Then for the whole: needs_information
      And the policy officer is asked: Which is the partner's liaison office?

    Scenario: New Zealand on the last day of its arrangement
      Given today is 2026-12-31
      And the fact mission.countries is NZ
      And the fact item.review.approved_until is 2027-01-31
      When the host asks before the handover
      Then for the whole: deliver
      And under V3.1 the disclosure office must hand it to Research Desk, New Zealand, no proviso

    Scenario: New Zealand on the day after
      Given today is 2027-01-01
      And the fact mission.countries is NZ
      And the fact item.review.approved_until is 2027-01-31
      When the host asks before the handover
      Then for the whole: needs_information
      And the policy officer is asked: Which arrangement holds with the country?

  @clause:V4.2 @reading:W4 @rule:military-licence-refused @rule:await-the-military-licence @rule:after-the-military-licence @boundary
  Rule: Military matter needs a licence

    Scenario: Refused
      Given the fact item.control_entry is military
      And the fact item.licence.status is refused
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule military-licence-refused
      And the answer cites V4.2
      And under V8.1 the records office must log the refusal and its ground

    Scenario: Not applied for
      Given the fact item.control_entry is military
      And the fact item.licence.status is not_applied
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-military-licence
      And the answer cites V4.2
      And under V4.2 the export control office must obtain the licence

    Scenario: Applied for
      Given the fact item.control_entry is military
      And the fact item.licence.status is applied
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-military-licence

    Scenario: Granted, on its last day
      Given the fact item.control_entry is military
      And the fact item.licence.status is granted
      And the fact item.licence.until is 2026-11-20
      When the host asks before the handover
      Then for the whole: deliver

    Scenario: Granted, on the day after its last
      Given the fact item.control_entry is military
      And the fact item.licence.status is granted
      And the fact item.licence.until is 2026-11-19
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule after-the-military-licence
      And the answer cites V4.2
      And the answer uses the reading W4
      And under V4.2 the export control office must obtain a longer licence

    Scenario: Dual-use matter needs none
      Given the fact item.control_entry is dual_use
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

  @clause:V3.1 @clause:V3.2 @rule:by-or-to-someone-else
  Rule: Nobody else, whatever it is

    Scenario: Where nobody knows what it is
      Given the fact item.kind is not known
      And the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule by-or-to-someone-else
      And the answer cites V3.1, V3.2
      And under V8.1 the records office must log the refusal and its ground

  @clause:V3.1 @clause:V3.2 @rule:things-go-to-the-liaison-office
  Rule: The liaison office gets what is urgent, too

    Scenario: Not the visitor
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact handover.by is host
      And the fact handover.to is visitor
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule things-go-to-the-liaison-office

  @clause:V4.2 @rule:military-licence-refused @rule:after-the-military-licence
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
      Given the fact item.control_entry is military
      And the fact item.licence.status is not_applied
      And the fact item.licence.until is 2026-11-19
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule await-the-military-licence
      And the answer does not rest on the rule after-the-military-licence

    Scenario: As urgent it is refused, for that reason alone
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact item.control_entry is military
      And the fact item.licence.status is refused
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule listed-matter-is-not-urgent
      And the answer does not rest on the rule military-licence-refused

    Scenario: As urgent the licence is not asked for
      Given the fact item.review.result is not_submitted
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 6
      And the fact item.control_entry is not known
      And the fact item.licence.status is not known
      And the fact item.licence.until is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And nobody is asked for item.licence.status
      And nobody is asked for item.licence.until
