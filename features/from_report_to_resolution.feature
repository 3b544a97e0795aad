@door:http
Feature: An urgent request, from the report to the resolution

  Background:
    Given the registers hold the opening balance
    And a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing
    And the material is pressed for time
    And the mission is eager to have it
    And the item is on no old list
    And the Committee delivers to the registered institution
    And it would be handed over by hand
    And a case about it was opened on 1965-03-01

  @clause:S3.9 @rule:await-the-consultation
  Rule: What has been reported waits for the consultation

    Scenario: A reported case waits for the other side's institution
      Given it was reported to the Committee on 1965-03-02
      When the case is looked up for 1965-03-03
      Then it is held
      And the answer cites S3.9
      And it is open on the case that the Committee must consult the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China and record its answer

    @clause:D2 @rule:consultation-refused
    Scenario: A consultation that was refused leaves the prohibition standing
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution refused on 1965-03-04
      When the case is looked up for 1965-03-05
      Then it is refused
      And the answer cites S3.6, D2

    @clause:D2
    Scenario: A consultation that was deferred leaves the prohibition standing
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution deferred on 1965-03-04
      When the case is looked up for 1965-03-05
      Then it is held
      And the answer cites S3.6

    @clause:D2 @rule:consultation-refused
    Scenario: A consultation that was withdrawn leaves the prohibition standing
      Given it was reported to the Committee on 1965-03-02
      And the fact item.channel.consultation was recorded on 1965-03-04 as withdrawn
      When the case is looked up for 1965-03-05
      Then it is refused
      And the answer cites S3.6, D2

  @clause:S3.10 @rule:await-the-project
  Rule: Without a project nothing is delivered

    Scenario: A consultation that succeeded is not yet a project
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      When the case is looked up for 1965-03-05
      Then it is held
      And the answer cites S3.10

  @clause:S3.11 @rule:await-the-inclusion
  Rule: Without an agreed inclusion nothing is delivered

    Scenario: A project that is not to be included waits
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      And both sides agreed to it as a project on 1965-03-05
      When the case is looked up for 1965-03-06
      Then it is held
      And the answer cites S3.11

    @rule:agreed-for-another-session @reading:A4
    Scenario: An inclusion for another session than the next does not count
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      And both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 9
      When the case is looked up for 1965-03-07
      Then it is held
      And the answer rests on the rule agreed-for-another-session

  @clause:S3.12 @clause:S3.13 @rule:agreed-as-a-project
  Rule: The Committee delivers to the other side's agency

    @boundary
    Scenario Outline: The case is <answer> on <day>
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      And both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      When the case is looked up for <day>
      Then <outcome>

      Examples: around the day of the last agreement
        | day        | answer    | outcome                   |
        | 1965-03-05 | held      | it is held                |
        | 1965-03-06 | delivered | the Committee delivers it |

    Scenario: What was agreed is handed over by the Committee in order
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      And both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      When what the case is about is handed over by the Committee on 1965-03-07
      Then the handover is in order

    Scenario: What was agreed is not for the department to hand over
      Given it was reported to the Committee on 1965-03-02
      And the other side's institution agreed on 1965-03-04
      And both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      When what the case is about is handed over by the receiving department on 1965-03-07
      Then the handover is a breach of S3.6

  @clause:D5
  Rule: An agreed inclusion is a debt until the session has adopted it

    Scenario: The debt is open from the agreement on
      Given both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      When it is asked on 1965-03-07 what is due
      Then D5 is due: the Committee must put it on the resolution of session 8 and follow it until it is adopted

    Scenario: The debt is overdue once the session has closed without it
      Given both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      And session 8 closed on 1965-10-20
      When it is asked on 1965-10-21 what is due
      Then what is due under D5 was due on 1965-10-20 and is overdue

    Scenario: A resolution that includes the project discharges the debt
      Given both sides agreed to it as a project on 1965-03-05
      And both sides agreed on 1965-03-06 to include it in session 8
      And the resolution of session 8 included the project 8-14 on 1965-10-19
      And session 8 closed on 1965-10-20
      When it is asked on 1965-10-21 what is due
      Then nothing is due under D5
