Feature: The shared rules hold for every listed country
  What the other files show for Korea holds for a country of whose channel less is known.

  Background:
    Given today is 1965-03-01
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing

  @clause:S3.8 @clause:S3.9 @clause:S3.10 @clause:S3.11 @clause:D2
  Rule: The urgent route is the same for every listed country

    @rule:report-first @rule:await-the-consultation @rule:await-the-project @rule:await-the-inclusion @rule:consultation-refused @rule:committee-declines @rule:inclusion-refused
    Scenario Outline: For <country> <rule> decides when <situation>
      Given a mission from <country>
      And an urgent request that has been reported to the Committee
      And <situation>
      When the department asks before the handover
      Then <outcome>
      And the answer rests on the rule <rule>

      Examples: Albania
        | country | situation                                                  | outcome                   | rule                   |
        | Albania | the request has not been reported to the Committee         | it is escalated as urgent | report-first           |
        | Albania | the consultation is open                                   | it is held                | await-the-consultation |
        | Albania | the consultation is agreed                                 | it is held                | await-the-project      |
        | Albania | an urgent request that both sides have agreed as a project | it is held                | await-the-inclusion    |
        | Albania | the consultation is refused                                | it is refused             | consultation-refused   |
        | Albania | the Committee does not agree                               | it is refused             | committee-declines     |
        | Albania | the inclusion is refused                                   | it is refused             | inclusion-refused      |

      Examples: Vietnam
        | country | situation                                                  | outcome                   | rule                   |
        | Vietnam | the request has not been reported to the Committee         | it is escalated as urgent | report-first           |
        | Vietnam | the consultation is open                                   | it is held                | await-the-consultation |
        | Vietnam | the consultation is agreed                                 | it is held                | await-the-project      |
        | Vietnam | an urgent request that both sides have agreed as a project | it is held                | await-the-inclusion    |
        | Vietnam | the consultation is refused                                | it is refused             | consultation-refused   |
        | Vietnam | the Committee does not agree                               | it is refused             | committee-declines     |
        | Vietnam | the inclusion is refused                                   | it is refused             | inclusion-refused      |

      Examples: Cuba
        | country | situation                                                  | outcome                   | rule                   |
        | Cuba    | the request has not been reported to the Committee         | it is escalated as urgent | report-first           |
        | Cuba    | the consultation is open                                   | it is held                | await-the-consultation |
        | Cuba    | the consultation is agreed                                 | it is held                | await-the-project      |
        | Cuba    | an urgent request that both sides have agreed as a project | it is held                | await-the-inclusion    |
        | Cuba    | the consultation is refused                                | it is refused             | consultation-refused   |
        | Cuba    | the Committee does not agree                               | it is refused             | committee-declines     |
        | Cuba    | the inclusion is refused                                   | it is refused             | inclusion-refused      |

  @clause:S3.4b @clause:S3.6 @clause:S3.12 @clause:S3.13
  Rule: No listed country gets by another way what the directive withholds

    @rule:told-or-shown-only @rule:never-to-a-third-country @rule:lists-of-another-country
    Scenario Outline: For <country> <rule> decides when <situation>, agreed or not
      Given a mission from <country>
      And <situation>
      When the department asks before the handover
      Then <outcome>
      And the answer rests on the rule <rule>

      Examples: what is told, what goes elsewhere, what is listed
        | country | situation                           | outcome                     | rule                     |
        | Albania | the item is an explanation          | it is referred for a ruling | told-or-shown-only       |
        | Albania | the recipient is in a third country | it is refused               | never-to-a-third-country |
        | Albania | the item is one of the 72 in the channel | it is referred for a ruling | lists-of-another-country |
        | Vietnam | the item is an explanation          | it is referred for a ruling | told-or-shown-only       |
        | Vietnam | the recipient is in a third country | it is refused               | never-to-a-third-country |
        | Cuba    | the item is an explanation          | it is referred for a ruling | told-or-shown-only       |
        | Cuba    | the recipient is in a third country | it is refused               | never-to-a-third-country |
        | Cuba    | the item is one of the 72 in the channel | it is referred for a ruling | lists-of-another-country |

    @rule:only-the-committee-delivers @rule:only-to-the-registered-institution
    Scenario Outline: For <country> <rule> refuses an agreed item when <situation>
      Given a mission from <country>
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      And <situation>
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule <rule>

      Examples: other deliverers and recipients
        | country | situation                              | rule                               |
        | Albania | the receiving department hands it over | only-the-committee-delivers        |
        | Albania | the recipient is the mission           | only-to-the-registered-institution |
        | Vietnam | the receiving department hands it over | only-the-committee-delivers        |
        | Vietnam | the recipient is the mission           | only-to-the-registered-institution |
        | Cuba    | the receiving department hands it over | only-the-committee-delivers        |
        | Cuba    | the recipient is the mission           | only-to-the-registered-institution |

  @clause:S3.11 @clause:S3.13 @rule:agreed-as-a-project @rule:agreed-for-another-session
  Rule: An agreed project waits until the country's channel is known

    @reading:A4
    Scenario Outline: An agreed project of <country> is not delivered while its session is not known
      Given a mission from <country>
      And an urgent request that both sides have agreed as a project
      And it is agreed to include it in session 3
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then information is missing
      And nothing may be handed over as asked
      And the answer cites S3.9, S3.11, S3.13
      And the answer uses the reading A4
      And the policy officer is asked: Which session of the joint committee is the next one?

      Examples: not found
        | country |
        | Albania |
        | Vietnam |
        | Cuba    |
