Feature: Whom the directive binds

  Background:
    Given today is 1965-03-01
    And the mission is received outside the border areas
    And the mission asks on the spot for a drawing

  @clause:S3.2 @rule:mission-from-a-listed-country
  Rule: Departments that receive a mission from a listed country are bound

    @boundary
    Scenario Outline: A mission from <country> is caught
      Given a mission from <country>
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And nothing may be handed over as asked
      And the answer cites S3.2, S3.5, S3.6
      And the answer does not cite S3.3
      And the guest is told: settled between <country> and us through <channel>;

      Examples: the listed countries
        | country | channel                                                                |
        | Albania | the joint committee for scientific and technical cooperation with Albania |
        | Korea   | the Sino-Korean Scientific and Technological Cooperation Committee     |
        | Vietnam | the bilateral science and technology cooperation channel               |
        | Cuba    | the bilateral science and technology cooperation channel               |

    @clause:D6 @rule:not_governed
    Scenario: A mission from another country is neither permitted nor forbidden
      Given a mission from France
      When the department asks before the handover
      Then the directive does not decide it
      And whether it may be handed over is not decided
      And the answer cites D6
      And the receiving department must look for the rules that do apply; the directive neither permits nor forbids this
      And the rule mission-from-a-listed-country did not decide because the country is another one

    @clause:D6 @rule:not_governed
    Scenario Outline: A mission from another country is answered to what gave rise to it: <cause>
      Given a mission from France
      And the cause is <cause>
      When the department asks before the handover
      Then the directive does not decide it
      And the guest is told: <sentence>

      Examples: what the guest hears first
        | cause                 | sentence                                            |
        | a request on the spot | This does not fall under the arrangement            |
        | an offer of the host  | What we would give you does not fall under          |
        | a repeated request    | This does not fall under the arrangement            |
        | an agreed programme   | This does not fall under the arrangement            |
        | an old list           | This does not fall under the arrangement            |

    @reading:A18
    Scenario Outline: The kind of mission makes no difference: <kind>
      Given a mission from Korea
      And the mission is a <kind>
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer uses the reading A18

      Examples: kinds of missions
        | kind                  |
        | professional mission  |
        | industrial delegation |
        | trainee               |
        | individual            |

    @rule:needs_information
    Scenario: A mission whose country nobody knows is asked about
      Given a mission whose country is not known
      When the department asks before the handover
      Then information is missing
      And nothing may be handed over as asked
      And the receiving department must find out what is missing and hand nothing over meanwhile
      And the receiving department is asked: Which country does the mission come from?
      And the answer "KP" to mission.countries would lead to: the request goes through the bilateral channel
      And the answer "any other" to mission.countries would lead to: the directive does not decide it

  @clause:S3.2 @reading:A22 @rule:route-bilateral
  Rule: A mission of several countries is decided country by country, and the strictest answer wins

    Scenario: One listed country is enough to catch a joint mission
      Given a mission from France and Cuba
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer uses the reading A22

    Scenario: A joint mission gets no delivery that only one of its countries has agreed
      Given a mission from Korea and France
      And the item is on no old list
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the directive does not decide it
      And the answer uses the reading A22

    Scenario: A mission of one country is not treated as a joint one
      Given a mission from Cuba
      When the department asks before the handover
      Then the answer does not use the reading A22

  @clause:S3.3 @rule:visitors-in-the-border-area @reading:A1
  Rule: Visitors in the Korean and Vietnamese border areas are caught as well

    Scenario Outline: A local visitor from <country> is caught in the <area> border area
      Given a mission from <country>
      And the mission is a local one from the border
      And the mission is received in the <area> border area
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer cites S3.3, S3.6
      And the answer uses the reading A1

      Examples: the two areas
        | country | area            |
        | Korea   | Sino-Korean     |
        | Vietnam | Sino-Vietnamese |

    @boundary
    Scenario: Outside the border areas a Korean mission is caught as a mission, not as a border visitor
      Given a mission from Korea
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not cite S3.3

    Scenario Outline: The <area> border area adds nothing for a mission from <country>
      Given a mission from <country>
      And the mission is received in the <area> border area
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not cite S3.3

      Examples: border areas of other countries
        | country | area            |
        | Albania | Sino-Korean     |
        | Albania | Sino-Vietnamese |
        | Cuba    | Sino-Korean     |
        | Cuba    | Sino-Vietnamese |
        | Korea   | Sino-Vietnamese |
        | Vietnam | Sino-Korean     |

    @rule:others-in-a-border-area @rule:another-nationality-in-a-border-area
    Scenario Outline: Another nationality in the <area> border area is referred for a ruling
      Given a mission from Mongolia
      And the mission is received in the <area> border area
      When the department asks before the handover
      Then it is referred for a ruling
      And nothing may be handed over as asked
      And the answer rests on the rule another-nationality-in-a-border-area
      And the answer cites S3.3
      And the Committee must rule on whether the directive binds visitors of this nationality
      And the receiving department must wait and hand nothing over

      Examples: the two areas
        | area            |
        | Sino-Korean     |
        | Sino-Vietnamese |

    @rule:others-in-a-border-area @boundary
    Scenario: Another nationality outside the border areas is not referred
      Given a mission from Mongolia
      When the department asks before the handover
      Then the directive does not decide it

    @rule:others-in-a-border-area
    Scenario: Another nationality at a place nobody has named is asked about
      Given a mission from Mongolia
      And it is not known where the mission is received
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.3
      And the answer uses the reading A1
      And the receiving department is asked: Is the place in a border area, and in which?
      And the answer "none" to visit.border_area would lead to: the directive does not decide it
      And the answer "sino_korean" to visit.border_area would lead to: it is referred for a ruling

    @rule:another-nationality-in-a-border-area
    Scenario: In a border area a mission whose country nobody knows is asked about
      Given a mission whose country is not known
      And the mission is received in the Sino-Korean border area
      When the department asks before the handover
      Then information is missing
      And the receiving department is asked: Which country does the mission come from?
