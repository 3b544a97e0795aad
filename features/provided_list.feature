Feature: The lists of items already provided to Korea

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas
    And the item is a drawing

  @clause:S2.1 @clause:S2.2 @clause:S2.3 @clause:S2.4 @rule:already-provided
  Rule: What has been provided is put on record between the two sides

    @reading:A14 @reading:A15
    Scenario: A provided item is put on record
      Given the cause is an old list
      And the item is on the list of items already provided
      When the department asks before the handover
      Then it is put on record
      And nothing may be handed over as asked
      And the answer rests on the rule already-provided
      And the answer cites S2.1, S2.2, S2.3, S2.4, S3.6
      And the answer uses the reading A14
      And the answer uses the reading A15
      And the Committee must hand the list of what has been provided to Korea
      And the Committee must ask for the list to enter a supplementary resolution of session 8
      And the Committee must write a memorandum for the record if the session closes without the list
      And the receiving department must hand nothing over; a second copy is a new request

    @precedence
    Scenario: An inclusion of the provided items in a resolution permits no second delivery
      Given the cause is an old list
      And the item is on the list of items already provided
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is put on record

    @precedence
    Scenario: An urgent request for a provided item is put on record, not escalated
      Given the cause is a request on the spot
      And the item is on the list of items already provided
      And the material is pressed for time
      And the mission is eager to have it
      When the department asks before the handover
      Then it is put on record

    @boundary @clause:S3.6
    Scenario: A second copy is a new request
      Given the cause is a repeated request
      And the item is on the list of items already provided
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not cite S2.1

    Scenario: An item that is on no list is not put on record
      Given the cause is an old list
      And the item is on no old list
      When the department asks before the handover
      Then the request goes through the bilateral channel
