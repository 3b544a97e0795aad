Feature: The proposal and the instruction that puts it in force

  Background:
    Given a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing

  @clause:S4.1 @rule:proposed @reading:A9
  Rule: Before the instruction's first day requests are referred, with what would be required

    @boundary
    Scenario Outline: On <day> a request gives: <outcome>
      Given today is <day>
      When the department asks before the handover
      Then <outcome>
      And the policy is <status>

      Examples: around the first day
        | day        | outcome                                       | status        |
        | 1964-12-16 | it is referred for a ruling                   | only proposed |
        | 1964-12-31 | it is referred for a ruling                   | only proposed |
        | 1965-01-01 | the request goes through the bilateral channel | in force      |
        | 1965-01-02 | the request goes through the bilateral channel | in force      |

    @reading:A10
    Scenario: A referred request shows what would be required
      Given today is 1964-12-31
      When the department asks before the handover
      Then it is referred for a ruling
      And nothing may be handed over as asked
      And the answer cites S4.1
      And the answer uses the reading A9
      And the answer uses the reading A10
      And the Foreign Office must instruct the Committee on its proposal
      And the receiving department must wait and hand nothing over
      And once in force it would be: the request goes through the bilateral channel

    Scenario: Even what would be delivered is only referred before that day
      Given today is 1964-12-31
      And the item is included in a signed resolution
      And the item is on no old list
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is referred for a ruling
      And nothing may be handed over as asked
      And once in force it would be: the Committee delivers it

    Scenario: Without an instruction nothing is ever in force
      Given the policies hold no instruction
      And today is 1970-06-01
      When the department asks before the handover
      Then it is referred for a ruling
      And the policy is only proposed

    Scenario: A mission from a country that is not listed is not referred
      Given today is 1964-12-31
      And a mission from France
      When the department asks before the handover
      Then the directive does not decide it

    Scenario: An answer is not relied on beyond the day on which the policies change
      Given today is 1964-12-30
      When the department asks before the handover
      Then the answer may be relied on until 1964-12-31

  @clause:S4.1 @rule:lists-of-another-country
  Rule: A deviation holds from its own first day

    Scenario: On the directive's first day the Korean lists are carried out, not referred
      Given today is 1965-01-01
      And the item is on the list of items not yet provided
      When the department asks before the handover
      Then it is held

    @boundary
    Scenario Outline: On <day> a listed Korean item gives: <outcome>
      Given today is <day>
      And the item is on the list of items not yet provided
      And the first deviation of Korea begins on 1966-01-01
      When the department asks before the handover
      Then <outcome>

      Examples: around the deviation's first day
        | day        | outcome                     |
        | 1965-12-31 | it is referred for a ruling |
        | 1966-01-01 | it is held                  |
        | 1966-01-02 | it is held                  |
