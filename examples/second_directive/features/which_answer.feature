Feature: Which answer a request gets

  The rows of the table, the topmost first. A partner's things go to its liaison office, and other visitors get theirs
  from the host.

  Background:
    Given today is 2026-11-20
    And the facts
      | fact                            | value         |
      | mission.countries               | FR            |
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

  @clause:V1.1 @clause:V1.2 @clause:V2.1 @clause:V2.2 @reading:W1 @reading:W2 @rule:through-its-channel @rule:visitor-of-another-nationality
  Rule: Whatever no row decides goes through its channel

    Scenario: Other countries use the form
      When the host asks before the handover
      Then for the whole: route_bilateral
      And nothing may be handed over as asked
      And the answer rests on the rule through-its-channel
      And the answer cites V1.1, V1.2, V2.1, V2.2
      And the answer uses the reading W1
      And the answer uses the reading W2
      And under V2.1 the host must release nothing before the disclosure office has approved it
      And under V2.2 the host must hand the form for visitors to the disclosure office
      And the host need not send the request
      And the guest is told: Requests like this are made with the form for visitors

    Scenario: A partner has its liaison office
      Given the fact mission.countries is IS
      When the host asks before the handover
      Then for the whole: route_bilateral
      And under V2.2 the host must send the request through Science Liaison Office of Iceland
      And the guest is told: Requests like this come to us through Science Liaison Office of Iceland
      And the host need not hand the form for visitors

  @clause:V5.1 @reading:W5 @rule:published-and-free
  Rule: What is published and ruled free is free for everyone

    Scenario Outline: A published <kind> that is ruled <ruling> is answered: <outcome>
      Given the fact item.kind is <kind>
      And the fact item.published is true
      And the fact item.publication_ruling is <ruling>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each kind
        | kind      | ruling   | outcome         |
        | document  | free     | deliver         |
        | data      | free     | deliver         |
        | software  | free     | deliver         |
        | oral      | free     | deliver         |
        | visual    | free     | deliver         |
        | sample    | free     | route_bilateral |
        | equipment | free     | route_bilateral |
        | document  | not_free | route_bilateral |

    Scenario: It may be handed over by anybody
      Given the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: deliver
      And it may be handed over as asked
      And the answer rests on the rule published-and-free
      And the answer cites V5.1
      And the answer uses the reading W5
      And under V8.1 the records office must log the release
      And the guest is told: This is published and free for everyone

    Scenario: What is not published is not free, whatever the ruling
      Given the fact item.publication_ruling is free
      When the host asks before the handover
      Then for the whole: route_bilateral

    Scenario: What is ruled free goes before everything else
      Given the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact item.release_record is unlogged
      And the fact item.review.result is denied
      When the host asks before the handover
      Then for the whole: deliver

  @clause:V8.2 @rule:put-on-record
  Rule: What was released without being logged is put on record

    Scenario Outline: What is found <record> on the occasion <occasion> is answered: <outcome>
      Given the fact item.release_record is <record>
      And the fact request.occasion is <occasion>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each occasion
        | record   | occasion         | outcome         |
        | unlogged | asked_on_spot    | regularise      |
        | unlogged | offered_by_host  | regularise      |
        | unlogged | agreed_programme | regularise      |
        | unlogged | repeat_request   | route_bilateral |
        | in_log   | asked_on_spot    | route_bilateral |

    Scenario: It goes before what the review found
      Given the fact item.release_record is unlogged
      And the fact item.review.result is denied
      When the host asks before the handover
      Then for the whole: regularise
      And the answer cites V8.2
      And under V8.2 the records office must put the earlier release on record
      And under V8.2 the host must tell the records office what was released, and when
      And the guest is told: It is put on record

  @clause:V2.4 @clause:V8.1 @rule:denied
  Rule: What was denied is refused

    Scenario: The ground is logged
      Given the fact item.review.result is denied
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: refuse
      And the answer cites V2.4
      And under V8.1 the records office must log the refusal and its ground

  @clause:V2.5 @reading:W6 @rule:returned-for-its-channel @rule:returned-as-incomplete
  Rule: What was returned comes again

    Scenario: Through its channel, if it came by a wrong one
      Given the fact item.review.result is returned
      And the fact item.review.returned_for is wrong_channel
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the answer rests on the rule returned-for-its-channel
      And the answer cites V2.5, V2.2
      And the answer uses the reading W6
      And under V2.1 the host must release nothing
      And under V2.2 the host must hand in the form for visitors
      And the guest is told: Please make it with the form for visitors.
      And the host need not send the request

    Scenario: Through the liaison office of a partner
      Given the fact mission.countries is IS
      And the fact item.review.result is returned
      And the fact item.review.returned_for is wrong_channel
      When the host asks before the handover
      Then for the whole: route_bilateral
      And under V2.2 the host must send the request through Science Liaison Office of Iceland
      And the guest is told: Please put it forward through Science Liaison Office of Iceland.
      And the host need not hand in the form

    Scenario: Completed, if it was incomplete
      Given the fact item.review.result is returned
      And the fact item.review.returned_for is incomplete
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule returned-as-incomplete
      And the answer cites V2.5
      And the answer uses the reading W6
      And under V2.5 the host must complete the request and hand it in again

    Scenario: Where the review's result is not known, the channel may be open again
      Given the fact item.review.result is not known
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: needs_information
      And the answer cites V2.5, V2.2
      And the disclosure office is asked for item.review.result

    Scenario: Through its channel, if nobody knows why it was returned
      Given the fact item.review.result is returned
      And the fact item.review.returned_for is not known
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the answer rests on the rule through-its-channel

  @clause:V2.3 @clause:V3.1 @clause:V3.2 @rule:approved
  Rule: What was approved is released

    Scenario: To visitors from other countries by the host
      Given the fact item.review.result is approved
      When the host asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule approved
      And the answer cites V2.3, V3.2
      And the answer uses the reading W2
      And the answer uses the reading W4
      And under V3.2 the host must release it in person, no proviso
      And under V8.1 the records office must log the release
      And the guest is told: It has been approved (no proviso), and you will have it from your host.
      And the disclosure office has no duty

    Scenario: It goes before what the duty officer released
      Given the fact item.review.result is approved
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule approved
      And the duty officer has no duty

    Scenario: Things for a partner are handed to its liaison office
      Given the fact mission.countries is IS
      And the fact item.review.result is approved
      And the fact handover.by is disclosure_office
      And the fact handover.to is liaison_office
      When the host asks before the handover
      Then for the whole: deliver
      And under V3.1 the disclosure office must hand it to Science Liaison Office of Iceland, no proviso
      And the guest is told: our disclosure office will hand it to Science Liaison Office of Iceland.
      And the host has no duty

    Scenario: A partner's visitor is shown by the host, as the approval says
      Given the fact mission.countries is IS
      And the fact item.review.result is approved
      And the fact item.kind is visual
      And the fact item.review.proviso is show_only
      When the host asks before the handover
      Then for the whole: deliver
      And under V3.2 the host must release it in person, to be told or shown only

  @clause:V7.3 @rule:released-as-urgent
  Rule: The duty officer may release what is urgent

    Scenario: And puts it on the agenda
      Given the fact item.urgent.answer is released
      And the fact item.review.result is pending
      When the host asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule released-as-urgent
      And the answer cites V7.3
      And under V7.3 the duty officer must put it on the agenda of meeting 42
      And under V8.1 the records office must log the release
      And under V3.2 the host must release it in person
      And the guest is told: Because it is urgent, the duty officer has released it, and you will have it from us.
      And the disclosure office has no duty

    Scenario: Things for a partner are handed to its liaison office then, too
      Given the fact mission.countries is IS
      And today is 2026-11-01
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is 5
      And the fact handover.by is disclosure_office
      And the fact handover.to is liaison_office
      When the host asks before the handover
      Then for the whole: deliver
      And under V3.1 the disclosure office must hand it to Science Liaison Office of Iceland
      And the guest is told: it will be handed to Science Liaison Office of Iceland.
      And the host has no duty

  @clause:V2.1 @rule:under-review
  Rule: What is under review waits

    Scenario: For the disclosure office
      Given the fact item.review.result is pending
      And the fact item.published is true
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule under-review
      And under V2.1 the disclosure office must end the review
      And under V2.1 the host must release nothing

  @clause:V5.2 @reading:W5 @rule:published-without-a-ruling
  Rule: What is published and not ruled on is ruled on first

    Scenario: By the export control office
      Given the fact item.published is true
      And the fact urgency.useless_if_late is true
      When the host asks before the handover
      Then for the whole: refer
      And the answer rests on the rule published-without-a-ruling
      And the answer cites V5.2
      And the answer uses the reading W5
      And under V5.2 the export control office must rule on whether it is free
      And under V2.1 the host must release nothing

  @clause:V7.1 @clause:V7.2 @reading:W3 @rule:report-as-urgent @boundary
  Rule: What is urgent is reported to the duty officer

    Scenario Outline: Needed by <day> the answer is <outcome>
      Given the fact urgency.useless_if_late is <useless>
      And the fact urgency.needed_by is <day>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: around the meeting of 26 November
        | useless | day        | outcome         |
        | true    | 2026-11-25 | escalate_urgent |
        | true    | 2026-11-26 | route_bilateral |
        | true    | 2026-11-27 | route_bilateral |
        | false   | 2026-11-25 | route_bilateral |

    Scenario: Before any reply
      Given the fact urgency.useless_if_late is true
      When the host asks before the handover
      Then for the whole: escalate_urgent
      And the answer rests on the rule report-as-urgent
      And the answer cites V7.1, V7.2
      And the answer uses the reading W3
      And under V7.2 the host must report it to the duty officer first

    Scenario: Where the next meeting has no day yet, it is not known whether something is urgent
      Given the fact mission.countries is NZ
      And the fact urgency.useless_if_late is true
      When the host asks before the handover
      Then for the whole: route_bilateral

  @clause:V7.2 @clause:V7.3 @rule:reported-as-urgent @rule:declined-as-urgent
  Rule: What was reported waits for the answer

    Scenario: Until there is one
      Given the fact urgency.useless_if_late is true
      And the fact item.urgent.answer is reported
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule reported-as-urgent
      And the answer cites V7.2
      And under V7.2 the duty officer must answer the report

    Scenario: What the duty officer declines is refused
      Given the fact urgency.useless_if_late is true
      And the fact item.urgent.answer is declined
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule declined-as-urgent
      And the answer cites V7.3
      And under V8.1 the records office must log the refusal and its ground

    Scenario: A report of something that is not urgent changes nothing
      Given the fact item.urgent.answer is reported
      When the host asks before the handover
      Then for the whole: route_bilateral

  @clause:V2.1 @rule:not_settled
  Rule: What no rule settles is for the board

    Scenario: Without the rule that holds where no other does
      Given the rule through-its-channel is not in force
      When the host asks before the handover
      Then for the whole: refer
      And nothing may be handed over as asked
      And the answer cites V2.1
      And under V2.1 the board must rule on the request
