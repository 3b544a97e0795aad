Feature: Which visitors are bound

  Every nationality that is held is answered, and the strictest answer counts.

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
      | item.review.result            | not_submitted |
      | item.review.approved_until    | 2026-11-30    |
      | item.review.proviso           | none          |
      | item.review.redaction_checked | false         |
      | item.review.approved_quantity | 1             |
      | item.review.liaison_answer    | confirmed     |
      | item.licence.status           | not_applied   |
      | item.licence.until            | 2026-11-30    |
      | item.urgent.answer            | not_reported  |
      | item.urgent.agenda_meeting    | 42            |

  @clause:V1.1 @reading:W1 @rule:home-is-not-governed @rule:not_governed
  Rule: Nationals of LU alone are not governed

    Scenario: The answer is neither yes nor no
      Given the fact mission.countries is LU
      When the host asks before the handover
      Then for the whole: not_governed
      And whether it may be handed over is not decided
      And the answer cites V1.1
      And under V1.1 the host must look for the rules that apply
      And the answer uses the reading W1
      And the guest is told: neither with yes nor with no

  @clause:V1.1 @clause:V2.1 @rule:needs_information
  Rule: The nationality is asked

    Scenario: Nobody knows it
      Given the fact mission.countries is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for mission.countries
      And under V2.1 the host must obtain the facts that are missing, from those who own them

  @clause:V1.4 @reading:W1
  Rule: Several nationalities

    Scenario: The strictest answer counts
      Given the fact mission.countries is FR and BV
      And the fact item.control_entry is military
      When the host asks before the handover
      Then for the whole: refuse
      And the answer cites V1.4
      And the answer uses the reading W1

    Scenario: A partner's beside another's
      Given the fact mission.countries is IS and FR
      And the fact item.review.result is approved
      When the host asks before the handover
      Then for the whole: refuse
      And the answer cites V1.4

    Scenario: LU beside another counts, too
      Given the fact mission.countries is LU and FR
      And the fact item.review.result is approved
      When the host asks before the handover
      Then for the whole: not_governed
      And the answer cites V1.4

  @clause:V6.1 @rule:nothing-that-is-not-free @rule:visitor-of-a-restricted-country
  Rule: Nationals of restricted countries get only what is free

    Scenario: Listed matter is refused
      Given the fact mission.countries is HM
      And the fact item.control_entry is dual_use
      And the fact item.review.result is approved
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule nothing-that-is-not-free
      And the answer cites V1.1, V1.2, V6.1
      And the answer uses the reading W1
      And under V6.1 the host must release nothing
      And under V8.1 the records office must log the refusal and its ground
      And the guest is told: only what is published and free for everyone

    Scenario: What the duty officer released is refused
      Given the fact mission.countries is BV
      And the fact item.control_entry is military
      And the fact item.urgent.answer is released
      When the host asks before the handover
      Then for the whole: refuse

  @clause:V6.2 @clause:V6.1 @rule:unlisted-waits-for-the-panel
  Rule: Unlisted items for them wait for the panel

    Scenario: The panel rules
      Given the fact mission.countries is BV
      When the host asks before the handover
      Then for the whole: refer
      And the answer rests on the rule unlisted-waits-for-the-panel
      And the answer cites V6.2, V6.1
      And under V6.2 the panel must rule on the item
      And under V6.1 the host must release nothing

    Scenario: Where the list is not known it is refused so far
      Given the fact mission.countries is BV
      And the fact item.control_entry is not known
      When the host asks before the handover
      Then for the whole: refuse

  @clause:V5.1 @reading:W5 @rule:free-for-everyone
  Rule: What is free, is so for them

    Scenario: Published and ruled free
      Given the fact mission.countries is BV
      And the fact item.published is true
      And the fact item.publication_ruling is free
      When the host asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule free-for-everyone
      And the answer cites V5.1
      And the answer uses the reading W5
      And under V8.1 the records office must log the release

    Scenario Outline: A published <kind> that is ruled free is answered: <outcome>
      Given the fact mission.countries is BV
      And the fact item.control_entry is dual_use
      And the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact item.kind is <kind>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: each kind
        | kind      | outcome |
        | document  | deliver |
        | data      | deliver |
        | software  | deliver |
        | oral      | deliver |
        | visual    | deliver |
        | sample    | refuse  |
        | equipment | refuse  |

    Scenario: What is not published is not, whatever the ruling
      Given the fact mission.countries is BV
      And the fact item.control_entry is dual_use
      And the fact item.publication_ruling is free
      When the host asks before the handover
      Then for the whole: refuse

    Scenario: A sample is not
      Given the fact mission.countries is BV
      And the fact item.published is true
      And the fact item.publication_ruling is free
      And the fact item.kind is sample
      And the fact item.control_entry is dual_use
      When the host asks before the handover
      Then for the whole: refuse

    Scenario: Published and not ruled on is not
      Given the fact mission.countries is BV
      And the fact item.published is true
      And the fact item.control_entry is dual_use
      When the host asks before the handover
      Then for the whole: refuse

  @clause:V1.5 @rule:proposed @boundary
  Rule: The directive is in force from 1 March 2026

    Scenario: On the day before, the board decides
      Given today is 2026-02-28
      When the host asks before the handover
      Then for the whole: refer
      And the policy is only proposed
      And the answer cites V1.5
      And under V1.5 the board must decide on what was asked before the directive was in force
      And once in force it would be: route_bilateral

    Scenario: On that day it holds
      Given today is 2026-03-01
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the policy is in force

    Scenario: Nationals of LU are not governed before either
      Given today is 2026-02-28
      And the fact mission.countries is LU
      When the host asks before the handover
      Then for the whole: not_governed
