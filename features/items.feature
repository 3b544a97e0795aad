Feature: Each item line is decided on its own

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing

  @clause:D4 @rule:route-bilateral
  Rule: Lines do not lend each other anything

    Scenario: A delivered line and a routed line each get their own answer, the strictest for the whole
      Given the item is included in a signed resolution
      And the Committee delivers to the registered institution
      And the item is on no old list
      And a second line with a sample that has come no way through the channel
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And nothing may be handed over as asked
      And for line 1: the Committee delivers it
      And for line 2: the request goes through the bilateral channel

    Scenario: Two lines that may both be delivered make a permission for the whole
      Given the item is included in a signed resolution
      And the item is on no old list
      And the Committee delivers to the registered institution
      And a second line like the first
      When the department asks before the handover
      Then the Committee delivers it
      And for line 1: the Committee delivers it
      And for line 2: the Committee delivers it

    Scenario: A line with an explanation is referred while the drawing beside it is routed
      Given a second line with an explanation
      When the department asks before the handover
      Then it is referred for a ruling
      And for line 1: the request goes through the bilateral channel
      And for line 2: it is referred for a ruling
      And the guest is told: For line 1: Thank you for telling us what interests you.
      And the guest is told: For line 2: Whether we may explain or show this to you

    Scenario: Two lines that are told the same are told it once
      Given a second line with a sample that has come no way through the channel
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the guest is told: Thank you for telling us what interests you.
      And the guest is not told: For line
