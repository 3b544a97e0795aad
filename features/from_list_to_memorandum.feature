@door:http
Feature: The items already provided, from the list to the resolution or the memorandum

  Background:
    Given the registers hold the opening balance
    And the lists in question are kp-provided-since-1963 and kp-northeast-provided
    And a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing
    And the department itself hands it to the mission
    And it would be handed over by hand

  @clause:S2.1 @reading:A14
  Rule: What has been provided is listed

    Scenario: The two lists make up the 2,188 items, and the two classes of transfer stay apart
      When the registers are added up
      Then 382 items count as provided since 1963
      And 1,806 items count as northeast provided
      And 2,188 items count as provided
      And 382 items count as transfer recorded
      And 1,806 items count as transfer not recorded
      And 439 items count as put to session 7
      And 2,328 items count as all

    @reading:A10
    Scenario: A handover from before the instruction is put on record and is no breach
      When it is recorded as handed over without a clearance on 1964-09-15
      Then the handover is to be put on record, and no breach

    @clause:S3.6 @boundary
    Scenario: The same handover after the instruction is a breach
      When it is recorded as handed over without a clearance on 1965-01-01
      Then the handover is a breach of S3.6

  @clause:S2.2
  Rule: The Committee hands the lists to Korea

    Scenario: Handing over the lists is due until it is done
      When it is asked on 1965-03-01 what is due
      Then S2.2 is due: the Committee must hand the list of what has been provided to Korea
      And 2,188 items are concerned under S2.2

    Scenario: Lists that were handed over are not due again
      Given the lists of items already provided were handed to Korea on 1965-05-01
      When it is asked on 1965-05-01 what is due
      Then nothing is due under S2.2

  @clause:S2.3
  Rule: They are asked to enter a supplementary resolution of the next session

    Scenario: Asking for the supplementary resolution is due
      When it is asked on 1965-06-01 what is due
      Then S2.3 is due: the Committee must ask for the list to enter a supplementary resolution of session 8

    Scenario: With the supplementary resolution nothing is left to do
      Given the lists of items already provided were handed to Korea on 1965-05-01
      And session 8 was asked on 1965-06-01 for a supplementary resolution about them
      And a supplementary resolution of session 8 included them on 1965-10-19
      And session 8 closed on 1965-10-20
      When it is asked on 1965-12-31 what is due
      Then nothing is due under S2.2
      And nothing is due under S2.3
      And nothing is due under S2.4

  @clause:S2.4 @reading:A15
  Rule: Where the session closes without them, a memorandum is due

    @boundary
    Scenario Outline: The memorandum is <state> on <day> when the session closed on 1965-10-20
      Given session 8 was asked on 1965-06-01 for a supplementary resolution about them
      And session 8 closed on 1965-10-20
      When it is asked on <day> what is due
      Then S2.4 is due: the Committee must write a memorandum for the record if the session closes without the list
      And 2,188 items are concerned under S2.4
      And what is due under S2.4 was due on 1965-10-20 and is <overdue>

      Examples: the day of the closing and the day after
        | day        | state   | overdue     |
        | 1965-10-20 | due     | not overdue |
        | 1965-10-21 | overdue | overdue     |

    @boundary
    Scenario: Before the session has closed no memorandum is due
      Given session 8 was asked on 1965-06-01 for a supplementary resolution about them
      When it is asked on 1965-10-19 what is due
      Then nothing is due under S2.4

    Scenario: The draft of the memorandum names what the session left out
      Given session 8 was asked on 1965-06-01 for a supplementary resolution about them
      And session 8 closed on 1965-10-20
      When the memorandum about session 8 is drafted
      Then the draft names 382 items
      And the draft names 1,806 items

    Scenario: A written memorandum is no longer due, and the lists stay open
      Given the lists of items already provided were handed to Korea on 1965-05-01
      And session 8 was asked on 1965-06-01 for a supplementary resolution about them
      And session 8 closed on 1965-10-20
      And a memorandum about session 8 was written to Korea on 1965-11-05
      When it is asked on 1965-11-05 what is due
      Then nothing is due under S2.4
      And 2,188 items are concerned under S2.3
