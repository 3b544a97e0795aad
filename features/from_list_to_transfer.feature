@door:http
Feature: The items not yet provided, from the list to the transfer record

  Background:
    Given the registers hold the opening balance
    And the lists in question are kp-organised-pending and kp-northeast-pending
    And a mission from Korea
    And the mission is received outside the border areas
    And the cause is an old list
    And the Committee delivers to the registered institution
    And it would be handed over by hand

  @clause:S1.1
  Rule: What has not been provided is one list

    Scenario: The two lists make up the 140 items
      When the registers are added up
      Then 57 items count as organised and pending
      And 83 items count as northeast pending
      And 140 items count as pending
      And 72 items count as asked at session 7

  @clause:S1.2
  Rule: The Committee sends the list to be confirmed

    Scenario: Sending is due until the list has been sent
      When it is asked on 1965-01-31 what is due
      Then S1.2 is due: the Committee must send the list to the Trade Attache at the Korean embassy for confirmation
      And 140 items are concerned under S1.2

    Scenario: Once the list has been sent, the answer is what is waited for
      Given the lists of items not yet provided were sent to be confirmed on 1965-02-01
      When it is asked on 1965-02-01 what is due
      Then nothing is due under S1.2
      And 140 items are concerned under S1.3

  @clause:S1.3 @reading:A12
  Rule: Nothing leaves before it has been confirmed in writing

    @rule:pending-list
    Scenario: An item that has been sent to be confirmed is held
      Given the lists of items not yet provided were sent to be confirmed on 1965-02-01
      When the department asks on 1965-03-01 whether the item PN-0001 may be delivered
      Then it is held
      And the answer cites S1.1, S1.2, S1.3

    @rule:confirmation-declined
    Scenario: An item that was declined is refused
      Given the item PN-0001 was declined in writing on 1965-02-20
      When the department asks on 1965-03-01 whether the item PN-0001 may be delivered
      Then it is refused
      And the answer cites S1.3

    @boundary @rule:confirmed-by-the-attache
    Scenario Outline: An item is <answer> on <day> when it was confirmed on 1965-02-20
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      When the department asks on <day> whether the item PN-0001 may be delivered
      Then <outcome>

      Examples: around the day of the confirmation
        | day        | answer    | outcome                   |
        | 1965-02-19 | held      | it is held                |
        | 1965-02-20 | delivered | the Committee delivers it |
        | 1965-02-21 | delivered | the Committee delivers it |

    Scenario: A confirmation of one item is none of another
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      When the department asks on 1965-03-01 whether the item PN-0002 may be delivered
      Then it is held

    Scenario: Handing over an item that was not confirmed is a breach
      When the Committee hands the item PN-0001 over without a clearance on 1965-03-01
      Then the handover is a breach of S1.3

  @clause:S1.4
  Rule: The Committee delivers what was confirmed

    Scenario: What was confirmed is due to be delivered
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the item NP-0001 was confirmed in writing on 1965-02-20
      When it is asked on 1965-03-01 what is due
      Then 2 items are concerned under S1.4

    Scenario: A confirmed item is handed over in order
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      When the Committee hands the item PN-0001 over under a clearance on 1965-03-01
      Then the handover is in order

    Scenario: A handover in order marks the item delivered
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      When the Committee hands the item PN-0001 over under a clearance on 1965-03-01
      Then the register says that the item PN-0001 was delivered on 1965-03-01

    Scenario: A handover in breach marks nothing delivered
      When the Committee hands the item PN-0001 over without a clearance on 1965-03-01
      Then the register does not say that the item PN-0001 was delivered

    Scenario: What was delivered is not delivered again
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the item PN-0001 was delivered on 1965-03-01
      When the department asks on 1965-03-02 whether the item PN-0001 may be delivered
      Then it is put on record

  @clause:S1.5
  Rule: The transfer procedures follow the delivery

    @boundary
    Scenario Outline: The transfer procedures are <state> on <day>
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the item PN-0001 was delivered on 1965-03-01
      When it is asked on <day> what is due
      Then what is due under S1.5 was due on 1965-03-31 and is <overdue>

      Examples: thirty days after the delivery
        | day        | state   | overdue     |
        | 1965-03-30 | due     | not overdue |
        | 1965-03-31 | due     | not overdue |
        | 1965-04-01 | overdue | overdue     |

    Scenario: With the transfer record nothing is left to do
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the item PN-0001 was delivered on 1965-03-01
      And the transfer procedures of the item PN-0001 were carried out on 1965-03-20
      When it is asked on 1965-05-01 what is due
      Then nothing is due under S1.4
      And nothing is due under S1.5

    Scenario: A delivery owes one transfer procedure, not two
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the Committee handed the item PN-0001 over under a clearance on 1965-03-01
      When it is asked on 1965-03-02 what is due
      Then S1.5 is due once

    Scenario: The transfer procedure of a handover is recorded in the register
      Given the item PN-0001 was confirmed in writing on 1965-02-20
      And the Committee handed the item PN-0001 over under a clearance on 1965-03-01
      And the transfer procedure of that handover was carried out on 1965-03-20
      When it is asked on 1965-05-01 what is due
      Then the register says that the item PN-0001 was transferred on 1965-03-20
      And nothing is due under S1.5
