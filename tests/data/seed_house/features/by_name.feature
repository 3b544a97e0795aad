Feature: Seed leaves through the exchange desk, in the names of the facts

  Background:
    Given today is 2026-05-04
    And the facts
      | fact                   | value         |
      | mission.countries      | MN            |
      | visit.screened         | true          |
      | handover.by            | exchange_desk |
      | handover.to            | gene bank     |
      | item.sort              | seed          |
      | item.quantity          | 2.5           |
      | item.agreement.state   | signed        |
      | item.agreement.amount  | 10            |

  @clause:G1 @clause:G3 @rule:partners @rule:the-desk-sends
  Rule: What the partner has signed for is sent

    Scenario Outline: A request of <day> for agreed seed is answered: <outcome>
      Given today is <day>
      When the gardener asks before the handover
      Then for the whole: <outcome>
      And <handover>

      Examples: around the first day
        | day        | outcome | handover                        |
        | 2019-12-31 | refer   | nothing may be handed over as asked |
        | 2020-01-01 | deliver | it may be handed over as asked  |

    Scenario: The desk has the duty to send it
      When the gardener asks before the handover
      Then for the whole: deliver
      And the answer rests on the rule the-desk-sends
      And the answer cites G1, G3
      And under G3 the exchange desk must send the seed
      And the gardener has no duty
      And the guest is told: The exchange desk will send it.

  @clause:G2 @rule:through-the-desk @rule:not-to-strangers @rule:not-by-the-gardener
  Rule: Nobody else gives it away

    Scenario: A visitor who was not screened gets nothing
      Given the guard states that visit.screened is false
      When the gardener asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule not-to-strangers

    @door:function @door:cli
    Scenario: That the visitor was screened is for the guard to say
      Given the gardener claims that visit.screened is true
      When the gardener asks before the handover
      Then for the whole: needs_information
      And the fact visit.screened is claimed, not confirmed
      And the guard is asked for visit.screened

    Scenario: Whether the visitor was screened is asked
      Given the fact visit.screened is not stated
      When the gardener asks before the handover
      Then for the whole: needs_information
      And the guard is asked for visit.screened
      And nobody is asked for item.sort
      And the answer "true" to visit.screened would lead to: deliver
      And the answer "false" to visit.screened would lead to: refuse

    Scenario: The gardener gives nothing away
      Given the fact handover.by is the gardener
      When the gardener asks before the handover
      Then for the whole: refuse
      And the gardener must give nothing away

    Scenario: A second line is decided on its own
      Given the fact item.sort of line 2 is book
      When the gardener asks before the handover
      Then for line 1: deliver
      And for line 2: route_bilateral

  @clause:G3 @rule:not-more-than-agreed @boundary
  Rule: Not more than was agreed

    Scenario Outline: Of <quantity> bags the answer is <outcome>
      Given the fact item.quantity is <quantity>
      When the gardener asks before the handover
      Then for the whole: <outcome>

      Examples: around the amount
        | quantity | outcome |
        | 10       | deliver |
        | 10.5     | hold    |
