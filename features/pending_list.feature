Feature: The list of items not yet provided to Korea

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas
    And the cause is an old list
    And the item is a drawing

  @clause:S1.1 @clause:S1.2 @clause:S1.3 @rule:pending-list @reading:A12
  Rule: Nothing on the list leaves before it has been confirmed in writing

    Scenario Outline: A listed item waits while its confirmation is <state>
      Given the item is on the list of items not yet provided
      And the confirmation is <state>
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is held
      And nothing may be handed over as asked
      And the answer rests on the rule pending-list
      And the answer cites S1.1, S1.2, S1.3
      And the answer uses the reading A12
      And the Committee must send the list to the Trade Attache at the Korean embassy for confirmation
      And the receiving department must hand nothing over before the item has been confirmed in writing

      Examples: not confirmed
        | state    |
        | not sent |
        | pending  |

    Scenario: A listed item waits while nothing is known of its confirmation
      Given the item is on the list of items not yet provided
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is held
      And the Committee is asked: Has the attache confirmed in writing that the item was asked for?
      And the answer "confirmed" to item.channel.attache_confirmation would lead to: the Committee delivers it
      And the answer "declined" to item.channel.attache_confirmation would lead to: it is refused

    @clause:S2.1
    Scenario: While nobody says whether an agreed item is on a list, the clauses about the lists are shown
      Given the cause is a request on the spot
      And it is not known on which old list the item stands
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then information is missing
      And the answer cites S1.1, S1.2, S1.3, S2.1, S2.2, S2.3, S2.4

    Scenario: An item that is on no list does not wait for a confirmation
      Given the item is on no old list
      When the department asks before the handover
      Then the answer does not rest on the rule pending-list

    @precedence @reading:A12
    Scenario Outline: No other agreement replaces the confirmation: <agreement>
      Given the item is on the list of items not yet provided
      And the confirmation is pending
      And <agreement>
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule pending-list

      Examples: other agreements
        | agreement                                                                        |
        | the item is included in a signed resolution                                      |
        | an urgent request that both sides have agreed as a project for the next session  |
        | an urgent request that has been reported to the Committee                        |

    @reading:A11
    Scenario: A sample on the list is treated like a document
      Given the item is on the list of items not yet provided
      And the item is a sample
      And the confirmation is pending
      When the department asks before the handover
      Then it is held
      And the answer uses the reading A11

  @clause:S1.3 @rule:confirmation-declined @reading:A12
  Rule: What was not confirmed is refused

    Scenario: A declined item is refused
      Given the item is on the list of items not yet provided
      And the confirmation is declined
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule confirmation-declined
      And the answer cites S1.3
      And the answer uses the reading A12
      And the Committee must record that the item was not confirmed
      And the receiving department must hand nothing over; a new request goes through the channel

    Scenario: An item still before the attache is not refused
      Given the item is on the list of items not yet provided
      And the confirmation is pending
      When the department asks before the handover
      Then it is held

  @clause:S1.4 @clause:S1.5 @rule:confirmed-by-the-attache @reading:A13
  Rule: What has been confirmed the Committee delivers and completes the transfer

    Scenario: A confirmed item is delivered by the Committee
      Given the item is on the list of items not yet provided
      And the confirmation is confirmed
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the Committee delivers it
      And it may be handed over as asked
      And the answer rests on the rule confirmed-by-the-attache
      And the answer cites S1.3, S1.4, S1.5
      And the answer uses the reading A7
      And the answer uses the reading A11
      And the answer uses the reading A12
      And the answer uses the reading A13
      And the receiving department must hand nothing over itself
      And the Committee must complete the transfer procedures
      And the Committee must deliver to the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China

    Scenario: A confirmed item is not handed to an individual
      Given the item is on the list of items not yet provided
      And the confirmation is confirmed
      And the Committee hands it over
      And the recipient is a member of the mission
      When the department asks before the handover
      Then it is refused

    Scenario: A confirmed item is not handed over by the department
      Given the item is on the list of items not yet provided
      And the confirmation is confirmed
      And the receiving department hands it over
      And the recipient is the registered institution
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule only-the-committee-delivers

    Scenario: A confirmation counts only for what is on the list
      Given the item is on no old list
      And the confirmation is confirmed
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the request goes through the bilateral channel

  @clause:S1.1 @rule:route-bilateral @reading:A17
  Rule: The 72 items of the Seventh Session stay in the channel

    Scenario: One of the 72 is not delivered on a confirmation
      Given the item is one of the 72 in the channel
      And the confirmation is confirmed
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer uses the reading A17

    Scenario: An item that is claimed to be listed but not found takes the ordinary route
      Given the item is claimed to be listed but not found
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not use the reading A17

  @clause:S1.1 @clause:S2.1 @rule:lists-of-another-country @reading:A16
  Rule: The lists are about Korea alone

    Scenario Outline: A <list> item of another country is referred
      Given a mission from Vietnam
      And the item is <list>
      And the confirmation is confirmed
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is referred for a ruling
      And the answer rests on the rule lists-of-another-country
      And the answer cites S1.1, S2.1
      And the answer uses the reading A16
      And the receiving department must wait and hand nothing over
      And the Committee must rule on how lists of earlier items are to be treated for Vietnam

      Examples: entries
        | list                                      |
        | on the list of items not yet provided     |
        | on the list of items already provided     |
        | one of the 72 in the channel              |
        | claimed to be listed but not found        |
        | on no old list                            |

    Scenario: A request on the spot for an unlisted item of another country is routed
      Given a mission from Vietnam
      And the cause is a request on the spot
      And the item is on no old list
      When the department asks before the handover
      Then the request goes through the bilateral channel

    Scenario Outline: A request on the spot of another country is referred when the item is <list>
      Given a mission from Vietnam
      And the cause is a request on the spot
      And the item is <list>
      When the department asks before the handover
      Then it is referred for a ruling

      Examples: entries
        | list                                      |
        | on the list of items not yet provided     |
        | on the list of items already provided     |
        | one of the 72 in the channel              |
        | claimed to be listed but not found        |

    Scenario: While nobody says what gave rise to it, the clauses about the lists are shown for another country
      Given a mission from Vietnam
      And it is not known what gave rise to the handover
      When the department asks before the handover
      Then information is missing
      And the answer cites S1.1, S2.1
