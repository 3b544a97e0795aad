Feature: Seed leaves through the exchange desk, in words of its own

  Background:
    Given today is 2026-05-04
    And visitors from Mongolia
    And they ask for 3 bags of seed
    And the visitor has been screened
    And it goes from the exchange desk to their gene bank

  @clause:G2 @rule:through-the-desk
  Rule: Nothing is given away

    Scenario Outline: Seed stays while the agreement is <state>
      Given the agreement is <state>
      When the gardener asks before the handover
      Then the desk is asked
      And the gardener must send the visitor to the exchange desk
      And the rule the-desk-sends did not decide because of item.agreement.state

      Examples: not signed
        | state   |
        | none    |
        | a draft |

    @rule:needs_information
    Scenario: What nobody knows is asked
      Given the agreement is signed
      And nobody knows what it is
      When the gardener asks before the handover
      Then the desk is asked
      And the gardener is asked: What is it?

    @rule:needs_information
    Scenario: Where they come from is asked
      Given the agreement is signed
      And the fact mission.countries is not known
      When the gardener asks before the handover
      Then for the whole: needs_information
      And the gardener must find out

  @clause:G3 @rule:the-desk-sends @rule:not-more-than-agreed
  Rule: The desk sends what was agreed

    Scenario: Signed seed is sent
      Given the agreement is signed
      When the gardener asks before the handover
      Then the desk sends it
      And the exchange desk must send the seed

    Scenario: More than was agreed waits
      Given the agreement is signed
      And they ask for 11 bags of seed
      When the gardener asks before the handover
      Then for the whole: hold
      And the exchange desk must agree on the amount

  @clause:G4 @rule:not_governed @rule:not_settled @rule:proposed
  Rule: The rest is open

    Scenario: Visitors from elsewhere are not decided
      Given visitors from France
      When the gardener asks before the handover
      Then for the whole: not_governed
      And the gardener must ask the board
