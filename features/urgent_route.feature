Feature: The urgent route: report first, then consult

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing

  @clause:S3.7 @clause:S3.8 @rule:report-first @reading:A3
  Rule: A request that is pressed for time and eagerly wanted is first reported to the Committee

    Scenario: An urgent request is reported before anything else
      Given the material is pressed for time
      And the mission is eager to have it
      And the request has not been reported to the Committee
      When the department asks before the handover
      Then it is escalated as urgent
      And nothing may be handed over as asked
      And the answer rests on the rule report-first
      And the answer cites S3.7, S3.8, S3.9, S3.5, S3.6
      And the answer uses the reading A3
      And the answer uses the reading A8
      And the receiving department must tell the mission that the request goes through the bilateral science and technology cooperation channel
      And the receiving department must report the request to the Committee first
      And the receiving department must hand nothing over
      And the Committee must consult the other side's institution in China
      And the guest is told: the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China

    Scenario: An urgent request of which no report is known is reported
      Given the material is pressed for time
      And the mission is eager to have it
      When the department asks before the handover
      Then it is escalated as urgent
      And the Committee is asked: Has the request been reported to the Committee?
      And the answer "true" to item.channel.reported_to_committee would lead to: it is held

    @boundary
    Scenario: Time-sensitive material that nobody is eager for takes the ordinary route
      Given the material is pressed for time
      And the mission is not eager to have it
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not cite S3.8
      And the rule report-first did not decide because the mission is not eager

    @boundary
    Scenario: Eagerly wanted material that keeps its use takes the ordinary route
      Given the material is not pressed for time
      And the mission is eager to have it
      When the department asks before the handover
      Then the request goes through the bilateral channel

    Scenario: Where the eagerness is not known, the ordinary route stands and the question is put
      Given the material is pressed for time
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the receiving department is asked: Has the mission said that it needs the material at once?
      And the answer "true" to urgency.eagerly_wanted would lead to: it is escalated as urgent

    Scenario: While it is open whether an included item may go out, the clauses of the urgent route are shown as well
      Given the item is included in a signed resolution
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.5, S3.8, S3.9

    @clause:D3
    Scenario: Urgency does not let the department hand anything over
      Given the material is pressed for time
      And the mission is eager to have it
      And the department itself hands it to the mission
      When the department asks before the handover
      Then it is escalated as urgent
      And nothing may be handed over as asked

    @precedence
    Scenario: Urgency does not bring in a country that is not listed
      Given a mission from France
      And the material is pressed for time
      And the mission is eager to have it
      When the department asks before the handover
      Then the directive does not decide it

  @clause:S3.9 @clause:D2 @rule:await-the-consultation
  Rule: While the other side's institution has not answered, the case waits

    Scenario Outline: The case waits while the consultation is <state>
      Given an urgent request that has been reported to the Committee
      And the consultation is <state>
      When the department asks before the handover
      Then it is held
      And nothing may be handed over as asked
      And the answer rests on the rule await-the-consultation
      And the answer cites S3.9, D2, S3.6
      And the answer uses the reading A5
      And the answer uses the reading A6
      And the receiving department must wait and hand nothing over
      And the Committee must consult the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China and record its answer

      Examples: not answered
        | state      |
        | not opened |
        | open       |
        | no reply   |
        | deferred   |

    Scenario: The case waits while nothing is known of the consultation
      Given an urgent request that has been reported to the Committee
      When the department asks before the handover
      Then it is held
      And the Committee is asked: How does the consultation of the other side's institution stand?
      And the answer "refused" to item.channel.consultation would lead to: it is refused

    @boundary
    Scenario: A case that has not been reported does not wait for a consultation
      Given the material is pressed for time
      And the mission is eager to have it
      And the request has not been reported to the Committee
      And the consultation is open
      When the department asks before the handover
      Then it is escalated as urgent

  @clause:S3.9 @clause:D2 @rule:consultation-refused @reading:A5
  Rule: A refused consultation ends the urgent route

    Scenario Outline: A consultation that was <state> is a refusal
      Given an urgent request that has been reported to the Committee
      And the consultation is <state>
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule consultation-refused
      And the answer cites S3.9, D2, S3.6
      And the answer uses the reading A5
      And the answer uses the reading A21
      And the Committee must record the ground and tell the receiving department
      And the receiving department must hand nothing over
      And the receiving department must tell the mission that the ordinary channel stays open

      Examples: ended
        | state     |
        | refused   |
        | withdrawn |

    @boundary
    Scenario: A consultation without reply is not a refusal
      Given an urgent request that has been reported to the Committee
      And the consultation is no reply
      When the department asks before the handover
      Then it is held

  @clause:S3.10 @rule:committee-declines @reading:A5
  Rule: The Committee's own agreement is needed as well

    Scenario: What the Committee does not agree to is refused although the other side agreed
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      And the Committee does not agree
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule committee-declines
      And the answer cites S3.10, S3.6, D2
      And the answer uses the reading A5
      And the answer uses the reading A21
      And the Committee must record the ground and tell the receiving department
      And the receiving department must hand nothing over
      And the receiving department must tell the mission that the ordinary channel stays open

    Scenario: What the Committee has not answered waits
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      When the department asks before the handover
      Then it is held
      And the Committee is asked: Does the Committee itself agree?
