Feature: The panel's meetings

  A meeting is the next one up to its day, and the one after it from the following day.

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

  @clause:V7.3 @rule:not-on-the-next-agenda @rule:released-as-urgent @boundary
  Rule: An urgent release is on the agenda of the next meeting

    Scenario Outline: On <day>, for <country>, meeting <meeting> is answered: <outcome>
      Given today is <day>
      And the fact mission.countries is <country>
      And the fact handover.by is <by>
      And the fact handover.to is <to>
      And the fact item.urgent.answer is released
      And the fact item.urgent.agenda_meeting is <meeting>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: around every meeting
        | country | day        | by                | to             | meeting | outcome           |
        | FR      | 2026-03-01 | host              | visitor        | 40      | deliver           |
        | FR      | 2026-09-03 | host              | visitor        | 40      | deliver           |
        | FR      | 2026-09-04 | host              | visitor        | 40      | hold              |
        | FR      | 2026-09-04 | host              | visitor        | 41      | deliver           |
        | FR      | 2026-10-15 | host              | visitor        | 41      | deliver           |
        | FR      | 2026-10-16 | host              | visitor        | 42      | deliver           |
        | FR      | 2026-11-26 | host              | visitor        | 42      | deliver           |
        | FR      | 2026-11-27 | host              | visitor        | 43      | deliver           |
        | FR      | 2027-01-14 | host              | visitor        | 43      | deliver           |
        | FR      | 2027-01-15 | host              | visitor        | 43      | needs_information |
        | IS      | 2026-11-12 | disclosure_office | liaison_office | 5       | deliver           |
        | IS      | 2026-11-13 | disclosure_office | liaison_office | 5       | hold              |
        | IS      | 2026-11-13 | disclosure_office | liaison_office | 6       | deliver           |
        | IS      | 2027-05-20 | disclosure_office | liaison_office | 6       | deliver           |
        | IS      | 2027-05-21 | disclosure_office | liaison_office | 6       | needs_information |
        | NZ      | 2026-10-08 | disclosure_office | liaison_office | 3       | deliver           |
        | NZ      | 2026-10-09 | disclosure_office | liaison_office | 3       | hold              |
        | NZ      | 2026-10-09 | disclosure_office | liaison_office | 4       | deliver           |

    Scenario Outline: On <day>, for <country>, nobody knows which meeting is next
      Given today is <day>
      And the fact mission.countries is <country>
      And the fact item.urgent.answer is released
      And the fact handover.by is <by>
      And the fact handover.to is <to>
      When the host asks before the handover
      Then for the whole: needs_information
      And the policy officer is asked: Which meeting of the panel is the next one?

      Examples: not found
        | country | day        | by                | to             |
        | FR      | 2027-01-15 | host              | visitor        |
        | IS      | 2027-05-21 | disclosure_office | liaison_office |
        | UY      | 2026-11-20 | disclosure_office | liaison_office |

  @clause:V7.1 @clause:V7.2 @reading:W3 @rule:report-as-urgent @boundary
  Rule: Urgent is what is needed before the next meeting

    Scenario Outline: On <day>, for <country>, what is needed by <needed> is answered: <outcome>
      Given today is <day>
      And the fact mission.countries is <country>
      And the fact urgency.useless_if_late is true
      And the fact urgency.needed_by is <needed>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: around every meeting
        | country | day        | needed     | outcome         |
        | FR      | 2026-03-01 | 2026-09-02 | escalate_urgent |
        | FR      | 2026-03-01 | 2026-09-03 | route_bilateral |
        | FR      | 2026-09-03 | 2026-09-02 | escalate_urgent |
        | FR      | 2026-09-03 | 2026-09-03 | route_bilateral |
        | FR      | 2026-09-04 | 2026-10-14 | escalate_urgent |
        | FR      | 2026-09-04 | 2026-10-15 | route_bilateral |
        | FR      | 2026-10-15 | 2026-10-14 | escalate_urgent |
        | FR      | 2026-10-15 | 2026-10-15 | route_bilateral |
        | FR      | 2026-10-16 | 2026-11-25 | escalate_urgent |
        | FR      | 2026-10-16 | 2026-11-26 | route_bilateral |
        | FR      | 2026-11-26 | 2026-11-25 | escalate_urgent |
        | FR      | 2026-11-26 | 2026-11-26 | route_bilateral |
        | FR      | 2026-11-27 | 2027-01-13 | escalate_urgent |
        | FR      | 2026-11-27 | 2027-01-14 | route_bilateral |
        | FR      | 2027-01-14 | 2027-01-13 | escalate_urgent |
        | FR      | 2027-01-14 | 2027-01-14 | route_bilateral |
        | IS      | 2026-11-12 | 2026-11-11 | escalate_urgent |
        | IS      | 2026-11-12 | 2026-11-12 | route_bilateral |
        | IS      | 2026-11-13 | 2027-05-19 | escalate_urgent |
        | IS      | 2026-11-13 | 2027-05-20 | route_bilateral |
        | IS      | 2027-05-20 | 2027-05-19 | escalate_urgent |
        | IS      | 2027-05-20 | 2027-05-20 | route_bilateral |
        | NZ      | 2026-10-08 | 2026-10-07 | escalate_urgent |
        | NZ      | 2026-10-08 | 2026-10-08 | route_bilateral |

    Scenario Outline: On <day>, for <country>, nobody knows when the panel meets
      Given today is <day>
      And the fact mission.countries is <country>
      And the fact urgency.useless_if_late is true
      And the fact urgency.needed_by is 2027-06-01
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the policy officer is asked: On which day does the panel meet next?

      Examples: not found
        | country | day        |
        | FR      | 2027-01-15 |
        | IS      | 2027-05-21 |
        | NZ      | 2026-10-09 |
        | UY      | 2026-11-20 |
