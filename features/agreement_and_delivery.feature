Feature: Agreement and delivery

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing
    And the item is on no old list

  @clause:S3.10 @rule:await-the-project
  Rule: Both sides have to agree on a cooperation project

    Scenario: A consultation that was agreed still waits for the project
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      And the Committee agrees
      And it has not been accepted as a project
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule await-the-project
      And the answer cites S3.10, S3.6
      And the answer uses the reading A5
      And the receiving department must wait and hand nothing over
      And the Committee must obtain both sides' agreement to the request as a cooperation project

    @rule:await-the-inclusion
    Scenario: An acceptance that the Committee has not agreed to still waits for the project
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      And it has been accepted as a project
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule await-the-project

    Scenario: Before the consultation is agreed the case does not wait for a project
      Given an urgent request that has been reported to the Committee
      And the consultation is open
      When the department asks before the handover
      Then the answer does not rest on the rule await-the-project

  @clause:S3.11 @rule:await-the-inclusion @reading:A4
  Rule: Both sides have to agree to include it in the next session

    Scenario Outline: An accepted project waits while the inclusion is <state>
      Given an urgent request that both sides have agreed as a project
      And the inclusion is <state>
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule await-the-inclusion
      And the answer cites S3.11
      And the answer uses the reading A4
      And the Committee must obtain both sides' agreement to put the project into the next session's resolution
      And the receiving department must wait and hand nothing over

      Examples: not agreed
        | state        |
        | not asked    |
        | deferred     |
        | not included |

    Scenario: A project that was not accepted does not wait for an inclusion
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      And the Committee agrees
      And it has not been accepted as a project
      When the department asks before the handover
      Then the answer does not rest on the rule await-the-inclusion

  @clause:S3.11 @rule:inclusion-refused
  Rule: A refused inclusion ends the urgent route

    Scenario: A refused inclusion is a refusal
      Given an urgent request that both sides have agreed as a project
      And the inclusion is refused
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule inclusion-refused
      And the answer cites S3.11, S3.6, D2
      And the answer uses the reading A4
      And the answer uses the reading A21
      And the Committee must record the ground and tell the receiving department
      And the receiving department must hand nothing over
      And the receiving department must tell the mission that the ordinary channel stays open

    Scenario: A refused inclusion is a refusal also before the Committee has accepted the project
      Given an urgent request that has been reported to the Committee
      And the consultation is agreed
      And the inclusion is refused
      When the department asks before the handover
      Then it is refused

    Scenario: A deferred inclusion is no refusal
      Given an urgent request that both sides have agreed as a project
      And the inclusion is deferred
      When the department asks before the handover
      Then it is held

  @clause:S3.12 @clause:S3.13 @clause:D5 @rule:agreed-as-a-project
  Rule: What both sides have agreed the Committee delivers to the registered institution

    @clause:S3.9 @clause:S3.10 @clause:S3.11 @reading:A4 @reading:A6 @reading:A7
    Scenario: An agreed project is delivered by the Committee
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 8
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the Committee delivers it
      And it may be handed over as asked
      And the answer rests on the rule agreed-as-a-project
      And the answer cites S3.9, S3.10, S3.11, S3.12, S3.13, D5
      And the answer uses the reading A4
      And the answer uses the reading A5
      And the answer uses the reading A6
      And the answer uses the reading A7
      And the Committee must deliver to the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China
      And the Committee must record the transfer
      And the Committee must put the item on the resolution of session 8 and follow it until it is adopted
      And the receiving department must hand nothing over itself
      And the answer may be relied on until 1965-03-02

    Scenario Outline: Nothing is delivered when <lacking>
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 8
      And the Committee delivers to the registered institution
      And <lacking>
      When the department asks before the handover
      Then <outcome>
      And nothing may be handed over as asked

      Examples: one thing is known to be lacking
        | lacking                                           | outcome                   |
        | the request has not been reported to the Committee | it is escalated as urgent |
        | the consultation is open                          | it is held                |
        | the consultation is refused                       | it is refused             |
        | the Committee does not agree                      | it is refused             |
        | it has not been accepted as a project             | it is held                |
        | the inclusion is not asked                        | it is held                |

      Examples: one thing is not known
        | lacking                                                     | outcome                   |
        | it is not known whether the request has been reported       | it is escalated as urgent |
        | it is not known how the consultation stands                 | it is held                |
        | it is not known whether the Committee agrees                | it is held                |
        | it is not known whether it has been accepted as a project   | it is held                |
        | it is not known how the inclusion stands                    | it is held                |
        | it is not known for which session the inclusion is agreed   | information is missing    |
        | it is not known who hands it over                           | information is missing    |
        | it is not known who receives it                             | information is missing    |
        | it is not known what kind of item it is                     | information is missing    |
        | it is not known on which old list the item stands           | information is missing    |

    @clause:D3
    Scenario: It is the agreement that counts, not the urgency
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 8
      And the Committee delivers to the registered institution
      And the material is not pressed for time
      When the department asks before the handover
      Then the Committee delivers it

  @clause:S3.11 @rule:agreed-for-another-session @reading:A4
  Rule: An agreement for another session is not an agreement for the next one

    @boundary
    Scenario Outline: An inclusion agreed for session <session> gives: <outcome>
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in session <session>
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then <outcome>

      Examples: around the next session, which is the eighth
        | session | outcome                |
        | 7       | it is held             |
        | 8       | the Committee delivers it |
        | 9       | it is held             |

    Scenario: The Committee has to obtain the agreement for the right session
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 9
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule agreed-for-another-session
      And the answer uses the reading A4
      And the Committee must obtain both sides' agreement to put the project into the resolution of session 8
      And the receiving department must wait and hand nothing over

    Scenario: While nobody says for which session it was agreed, the clause about the next session is shown
      Given an urgent request that both sides have agreed as a project
      And it is agreed to include it in a session that nobody has named
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.11

    @reading:A4
    Scenario: Where a country's file asks for the inclusion itself, the agreement to include does not suffice
      Given the parameter deliver_upon of Korea is actually_included
      And an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 8
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then it is held
      And the answer rests on the rule await-the-inclusion

  @clause:S3.6 @clause:S3.12 @rule:in-a-signed-resolution @reading:A2b
  Rule: What is in a signed resolution is delivered without a new consultation

    Scenario: An included item is delivered by the Committee
      Given the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the Committee delivers it
      And it may be handed over as asked
      And the answer rests on the rule in-a-signed-resolution
      And the answer cites S3.11, S3.12, S3.13
      And the answer uses the reading A2b
      And the answer uses the reading A7
      And the Committee must deliver to the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China
      And the Committee must record the transfer
      And the receiving department must hand nothing over itself

    @precedence
    Scenario: An included item need not be reported as urgent
      Given the item is included in a signed resolution
      And the Committee delivers to the registered institution
      And the material is pressed for time
      And the mission is eager to have it
      And the request has not been reported to the Committee
      When the department asks before the handover
      Then the Committee delivers it

    Scenario: An item that was not included takes the ordinary route
      Given the inclusion is not included
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the request goes through the bilateral channel

  @clause:S3.12 @rule:only-the-committee-delivers @reading:A7
  Rule: Only the Committee delivers

    Scenario Outline: An agreed item is refused when <deliverer> hands it over
      Given the item is included in a signed resolution
      And the recipient is the registered institution
      And <deliverer> hands it over
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule only-the-committee-delivers
      And the answer cites S3.12, S3.6
      And the answer uses the reading A7
      And the receiving department must hand nothing over and leave the delivery to the Committee
      And the Committee must record the ground

      Examples: other deliverers
        | deliverer                |
        | the receiving department |
        | somebody else            |

    Scenario: While nobody says who hands it over, the clause about the deliverer is shown
      Given the item is included in a signed resolution
      And the recipient is the registered institution
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.12

    Scenario: The Committee is not refused
      Given the item is included in a signed resolution
      And the recipient is the registered institution
      And the Committee hands it over
      When the department asks before the handover
      Then the Committee delivers it

  @clause:S3.13 @rule:only-to-the-registered-institution @reading:A6 @reading:A13
  Rule: Delivery goes to the registered institution only

    Scenario Outline: An agreed item is refused when it goes to <recipient>
      Given the item is included in a signed resolution
      And the Committee hands it over
      And the recipient is <recipient>
      When the department asks before the handover
      Then it is refused
      And nothing may be handed over as asked
      And the answer cites S3.13
      And the answer uses the reading A6
      And the answer uses the reading A13
      And the Committee must deliver to the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China and to nobody else, and record the ground
      And the receiving department must hand nothing over

      Examples: other recipients
        | recipient                 |
        | the mission               |
        | a member of the mission   |
        | another body in China     |
        | a body abroad             |

    Scenario: The registered institution is not refused
      Given the item is included in a signed resolution
      And the Committee hands it over
      And the recipient is the registered institution
      When the department asks before the handover
      Then the Committee delivers it

  @clause:S3.13 @rule:no-institution-is-registered @reading:A6
  Rule: Where no institution is registered there is no permission

    Scenario Outline: An agreed item for <country> waits for the policy officer
      Given a mission from <country>
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then information is missing
      And nothing may be handed over as asked
      And the answer cites S3.9, S3.13
      And the answer uses the reading A6
      And the policy officer is asked: Which institution of the country in China is registered for consulting and receiving?

      Examples: not found
        | country |
        | Albania |
        | Vietnam |
        | Cuba    |

    Scenario: As long as there may be nothing to deliver, nobody looks for the institution
      Given a mission from Albania
      And it is not known what gave rise to the handover
      When the department asks before the handover
      Then information is missing
      And the answer does not cite S3.9

    Scenario: Once the institution of Albania is registered, the Committee delivers to it
      Given the parameter counterpart of Albania is "the Albanian embassy"
      And a mission from Albania
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the Committee delivers it
      And the Committee must deliver to the Albanian embassy

    Scenario: An agreed project of Albania also waits for the number of the next session
      Given the parameter counterpart of Albania is "the Albanian embassy"
      And a mission from Albania
      And an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 3
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then information is missing
      And the policy officer is asked: Which session of the joint committee is the next one?
      And the answer "3" to parameters.albania.next_session would lead to: the Committee delivers it
