Feature: What is not known

  Whatever is not known never permits; where nothing turns on it, the answer stands without it.

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

  @clause:V2.1 @rule:needs_information @boundary
  Rule: One fact at a time is not known

    Scenario Outline: Of an approved release by the host for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.review.result is approved
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | deliver           |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | deliver           |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of an urgent release by the host for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.urgent.answer is released
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | deliver           |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | deliver           |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | needs_information |
        | item.review.approved_until    | deliver           |
        | item.review.proviso           | deliver           |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | deliver           |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | route_bilateral   |
        | item.urgent.agenda_meeting    | needs_information |

    Scenario Outline: Of an approved release to the liaison office for IS, <fact> is not known: <outcome>
      Given the fact mission.countries is IS
      And the fact item.review.result is approved
      And the fact handover.by is disclosure_office
      And the fact handover.to is liaison_office
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | needs_information |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | needs_information |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of an approved release to the liaison office, of military matter for IS, <fact> is not known: <outcome>
      Given the fact mission.countries is IS
      And the fact item.review.result is approved
      And the fact handover.by is disclosure_office
      And the fact handover.to is liaison_office
      And the fact item.control_entry is military
      And the fact item.licence.status is granted
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | needs_information |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | deliver           |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | needs_information |
        | item.licence.status           | needs_information |
        | item.licence.until            | needs_information |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of an approved release of dual-use matter for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.review.result is approved
      And the fact item.control_entry is dual_use
      And the fact item.licence.status is granted
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | deliver           |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | deliver           |
        | item.licence.status           | needs_information |
        | item.licence.until            | needs_information |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of something told by the host for IS, <fact> is not known: <outcome>
      Given the fact mission.countries is IS
      And the fact item.review.result is approved
      And the fact item.kind is oral
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | needs_information |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | needs_information |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of samples that have been approved for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.review.result is approved
      And the fact item.kind is sample
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | deliver           |
        | item.quantity                 | needs_information |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | deliver           |
        | item.review.approved_quantity | needs_information |
        | item.review.liaison_answer    | deliver           |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of a redacted copy for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.review.result is approved
      And the fact item.review.proviso is redacted_copy
      And the fact item.review.redaction_checked is true
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome           |
        | handover.by                   | needs_information |
        | handover.to                   | needs_information |
        | handover.planned_on           | needs_information |
        | request.occasion              | deliver           |
        | visitor.screening             | needs_information |
        | visitor.undertaking_signed    | needs_information |
        | urgency.useless_if_late       | deliver           |
        | urgency.needed_by             | deliver           |
        | item.kind                     | deliver           |
        | item.quantity                 | deliver           |
        | item.published                | deliver           |
        | item.publication_ruling       | deliver           |
        | item.control_entry            | needs_information |
        | item.third_party_rights       | needs_information |
        | item.release_record           | needs_information |
        | item.review.result            | route_bilateral   |
        | item.review.approved_until    | needs_information |
        | item.review.proviso           | needs_information |
        | item.review.redaction_checked | needs_information |
        | item.review.approved_quantity | deliver           |
        | item.review.liaison_answer    | deliver           |
        | item.licence.status           | deliver           |
        | item.licence.until            | deliver           |
        | item.urgent.answer            | deliver           |
        | item.urgent.agenda_meeting    | deliver           |

    Scenario Outline: Of what is published and ruled free for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome         |
        | handover.by                   | deliver         |
        | handover.to                   | deliver         |
        | handover.planned_on           | deliver         |
        | request.occasion              | deliver         |
        | visitor.screening             | deliver         |
        | visitor.undertaking_signed    | deliver         |
        | urgency.useless_if_late       | deliver         |
        | urgency.needed_by             | deliver         |
        | item.kind                     | route_bilateral |
        | item.quantity                 | deliver         |
        | item.published                | route_bilateral |
        | item.publication_ruling       | route_bilateral |
        | item.control_entry            | deliver         |
        | item.third_party_rights       | deliver         |
        | item.release_record           | deliver         |
        | item.review.result            | deliver         |
        | item.review.approved_until    | deliver         |
        | item.review.proviso           | deliver         |
        | item.review.redaction_checked | deliver         |
        | item.review.approved_quantity | deliver         |
        | item.review.liaison_answer    | deliver         |
        | item.licence.status           | deliver         |
        | item.licence.until            | deliver         |
        | item.urgent.answer            | deliver         |
        | item.urgent.agenda_meeting    | deliver         |

    Scenario Outline: Of what is published and ruled free for BV, <fact> is not known: <outcome>
      Given the fact mission.countries is BV
      And the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact item.control_entry is dual_use
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome |
        | handover.by                   | deliver |
        | handover.to                   | deliver |
        | handover.planned_on           | deliver |
        | request.occasion              | deliver |
        | visitor.screening             | deliver |
        | visitor.undertaking_signed    | deliver |
        | urgency.useless_if_late       | deliver |
        | urgency.needed_by             | deliver |
        | item.kind                     | refuse  |
        | item.quantity                 | deliver |
        | item.published                | refuse  |
        | item.publication_ruling       | refuse  |
        | item.control_entry            | deliver |
        | item.third_party_rights       | deliver |
        | item.release_record           | deliver |
        | item.review.result            | deliver |
        | item.review.approved_until    | deliver |
        | item.review.proviso           | deliver |
        | item.review.redaction_checked | deliver |
        | item.review.approved_quantity | deliver |
        | item.review.liaison_answer    | deliver |
        | item.licence.status           | deliver |
        | item.licence.until            | deliver |
        | item.urgent.answer            | deliver |
        | item.urgent.agenda_meeting    | deliver |

    Scenario Outline: Of an urgent request for FR, <fact> is not known: <outcome>
      Given the fact mission.countries is FR
      And the fact urgency.useless_if_late is true
      And the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each fact
        | fact                          | outcome         |
        | handover.by                   | escalate_urgent |
        | handover.to                   | escalate_urgent |
        | handover.planned_on           | escalate_urgent |
        | request.occasion              | escalate_urgent |
        | visitor.screening             | escalate_urgent |
        | visitor.undertaking_signed    | escalate_urgent |
        | urgency.useless_if_late       | route_bilateral |
        | urgency.needed_by             | route_bilateral |
        | item.kind                     | escalate_urgent |
        | item.quantity                 | escalate_urgent |
        | item.published                | escalate_urgent |
        | item.publication_ruling       | escalate_urgent |
        | item.control_entry            | escalate_urgent |
        | item.third_party_rights       | escalate_urgent |
        | item.release_record           | escalate_urgent |
        | item.review.result            | escalate_urgent |
        | item.review.approved_until    | escalate_urgent |
        | item.review.proviso           | escalate_urgent |
        | item.review.redaction_checked | escalate_urgent |
        | item.review.approved_quantity | escalate_urgent |
        | item.review.liaison_answer    | escalate_urgent |
        | item.licence.status           | escalate_urgent |
        | item.licence.until            | escalate_urgent |
        | item.urgent.answer            | escalate_urgent |
        | item.urgent.agenda_meeting    | escalate_urgent |
