Feature: Seeds leave the gene bank through the exchange desk

  @clause:G1 @clause:G2 @rule:partners @rule:no-seed-leaves
  Rule: Nobody gives seed away

    Scenario Outline: Seed stays while the consultation is <state>
      Given today is 2024-06-30
      And a mission from MN
      And the item is a sample
      And the consultation is <state>
      And the Committee hands it over
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer rests on the rule no-seed-leaves
      And the answer cites G1, G2
      And the answer does not cite G3
      And the curator must send the visitor to the exchange desk
      And the exchange desk need not send the seed
      And the guest is told: Please ask the exchange desk

      Examples: no agreement
        | state      |
        | not opened |
        | open       |
        | refused    |
        | no reply   |
        | withdrawn  |
        | deferred   |

    Scenario Outline: Seed stays when <deliverer> would hand it over
      Given today is 2024-06-30
      And a mission from Mongolia
      And the item is a sample
      And the consultation is agreed
      And <deliverer> hands it over
      When the department asks before the handover
      Then the request goes through the bilateral channel

      Examples: anybody but the desk
        | deliverer                |
        | the receiving department |
        | somebody else            |

    Scenario: Seed stays while it is not known who hands it over
      Given today is 2024-06-30
      And a mission from Mongolia
      And the item is a sample
      And the consultation is refused
      When the department asks before the handover
      Then the request goes through the bilateral channel

    @rule:not_settled
    Scenario: A record is left to the exchange desk
      Given today is 2024-06-30
      And a mission from Mongolia
      And the item is a document
      And the consultation is agreed
      And the Committee hands it over
      When the department asks before the handover
      Then it is referred for a ruling
      And the answer cites G1, G2
      And the answer does not cite G3
      And the exchange desk must decide

    @rule:needs_information
    Scenario: What it is, is asked
      Given today is 2024-06-30
      And a mission from Mongolia
      And it is not known what kind of item it is
      When the department asks before the handover
      Then information is missing
      And the answer cites G1, G2
      And the curator must find out

    @rule:needs_information
    Scenario: Where the visitors come from, is asked
      Given today is 2024-06-30
      And a mission whose country is not known
      And the item is a sample
      When the department asks before the handover
      Then information is missing

  @clause:G3 @rule:the-desk-sends
  Rule: The exchange desk sends seed that was agreed

    Scenario Outline: Agreed seed is sent on <day>
      Given today is <day>
      And a mission from Mongolia
      And the item is a sample
      And the consultation is agreed
      And the Committee hands it over
      When the department asks before the handover
      Then the Committee delivers it
      And it may be handed over as asked
      And the answer rests on the rule the-desk-sends
      And the answer cites G1, G3
      And the answer does not cite G2
      And the exchange desk must send the seed

      Examples: first and last day
        | day        |
        | 2020-01-01 |
        | 2029-12-31 |

  @clause:G4
  Rule: What the rules do not cover they leave open

    @rule:not_governed
    Scenario: Visitors from elsewhere are not decided
      Given today is 2024-06-30
      And a mission from France
      And the item is a sample
      When the department asks before the handover
      Then the directive does not decide it
      And the answer cites G4
      And the curator must ask the board

    @rule:proposed
    Scenario Outline: On <day> the rules do not hold
      Given today is <day>
      And a mission from Mongolia
      And the item is a sample
      And the consultation is refused
      When the department asks before the handover
      Then it is referred for a ruling
      And the policy is only proposed
      And once in force it would be: the request goes through the bilateral channel
      And the answer cites G4
      And the curator must wait

      Examples: the day before and the day after
        | day        |
        | 2019-12-31 |
        | 2030-01-01 |
