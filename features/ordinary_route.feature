Feature: The ordinary route: tell the mission, hand nothing over

  Background:
    Given today is 1965-03-01
    And a mission from Korea
    And the mission is received outside the border areas

  @clause:S3.5 @clause:S3.6 @rule:route-bilateral
  Rule: Requests go through the bilateral channel and nothing is handed over directly

    @clause:S3.4a @reading:A8
    Scenario: A request on the spot is routed and the mission is told so
      Given the mission asks on the spot for a drawing
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And nothing may be handed over as asked
      And the answer rests on the rule route-bilateral
      And the answer cites S3.4a, S3.5, S3.6
      And the answer does not cite S3.4b
      And the answer uses the reading A8
      And the answer uses the reading A21
      And the receiving department must tell the mission that the request goes through the bilateral science and technology cooperation channel
      And the receiving department must hand nothing over
      And the Committee has no duty
      And the guest is told: the Sino-Korean Scientific and Technological Cooperation Committee
      And the answer may be relied on until 1965-03-31

    @clause:S3.4b @reading:A2
    Scenario: A gift nobody asked for is caught
      Given the host offers a sample that nobody asked for
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer cites S3.4b, S3.6
      And the answer does not cite S3.4a
      And the answer uses the reading A2

    @clause:S3.4b @reading:A2
    Scenario Outline: A handover is caught whatever gave rise to it: <cause>
      Given the cause is <cause>
      And the item is a drawing
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer cites <clause>, S3.6

      Examples: causes
        | cause                | clause |
        | a repeated request   | S3.4a  |
        | an agreed programme  | S3.4b  |
        | an old list          | S3.4b  |

    @clause:S3.5
    Scenario Outline: The guest is answered to what gave rise to it: <cause>
      Given the cause is <cause>
      And the item is a drawing
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the guest is told: <sentence>
      And the guest is told: through the Sino-Korean Scientific and Technological Cooperation Committee
      And the guest is told: We cannot give

      Examples: what the guest hears first
        | cause                 | sentence                                       |
        | a request on the spot | Thank you for telling us what interests you.   |
        | an offer of the host  | Technical material, gifts included, passes     |
        | a repeated request    | Thank you for coming back to this.             |
        | an agreed programme   | The programme of your visit does not settle    |
        | an old list           | An earlier list does not settle this.          |

    @clause:S3.4a @rule:needs_information
    Scenario: Where nobody says what gave rise to it, the question is asked first
      Given the item is a drawing
      And it is not known what gave rise to the handover
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.5, S3.6
      And the receiving department is asked: What gave rise to the handover?
      And the answer "host_offer" to trigger would lead to: the request goes through the bilateral channel

    @reading:A18
    Scenario Outline: The means of the handover make no difference: <means>
      Given the mission asks on the spot for a drawing
      And it would be handed over <means>
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer uses the reading A18

      Examples: means
        | means                          |
        | by post                        |
        | electronically                 |
        | by letting them copy it        |
        | after the mission has left     |

    @reading:A20
    Scenario: Published matter is not exempt
      Given the mission asks on the spot for a published document
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer uses the reading A20

    @reading:A20
    Scenario: Unpublished matter needs no reading about published matter
      Given the mission asks on the spot for a drawing
      When the department asks before the handover
      Then the answer does not use the reading A20

    @reading:A20
    Scenario: Where nobody says whether it has been published, no reading about published matter is used
      Given the cause is a request on the spot
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not use the reading A20

    @reading:A21
    Scenario: The ordinary route ends in a signed resolution, which the Committee carries out
      Given the mission asks on the spot for a drawing
      And the item is on no old list
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      When the department asks before the handover
      Then the Committee delivers it
      And the answer uses the reading A21

    @clause:D1
    Scenario: The department may not hand over even what has been agreed
      Given the mission asks on the spot for a drawing
      And the item is included in a signed resolution
      And the department itself hands it to the mission
      When the department asks before the handover
      Then it is refused
      And nothing may be handed over as asked

  @clause:S3.6 @rule:not_settled
  Rule: What falls under the directive and under none of its rules is referred

    Scenario: A gift is referred when the policies have no rule about gifts
      Given the rule route-bilateral does not name host_offer
      And the host offers a sample that nobody asked for
      And the department itself hands it to the mission
      When the department asks before the handover
      Then it is referred for a ruling
      And nothing may be handed over as asked
      And the Committee must rule on the request

    Scenario: A request on the spot is still routed then
      Given the rule route-bilateral does not name host_offer
      And the mission asks on the spot for a drawing
      When the department asks before the handover
      Then the request goes through the bilateral channel

  @clause:S3.4b @rule:told-or-shown-only @reading:A19
  Rule: What is only told or shown is not settled by the text

    Scenario: An explanation is referred for a ruling
      Given the mission asks on the spot for an explanation
      When the department asks before the handover
      Then it is referred for a ruling
      And the answer uses the reading A19
      And the Committee must rule on whether this may be told or shown
      And the receiving department must tell and show nothing until the Committee has ruled

    Scenario: A sample is not a thing that is only shown
      Given the mission asks on the spot for a sample
      When the department asks before the handover
      Then the request goes through the bilateral channel
      And the answer does not use the reading A19

    Scenario: An agreed delivery of something unnamed waits until its kind is known
      Given the mission asks on the spot for a drawing
      And the item is on no old list
      And the item is included in a signed resolution
      And the Committee delivers to the registered institution
      And it is not known what kind of item it is
      When the department asks before the handover
      Then information is missing
      And the answer cites S3.4b
      And the answer "sample" to item.kind would lead to: the Committee delivers it
      And the answer "oral_or_visual" to item.kind would lead to: it is referred for a ruling

  @clause:S3.13 @rule:never-to-a-third-country
  Rule: Nothing goes to a third country

    Scenario: A handover to a third country is refused at once
      Given the mission asks on the spot for a drawing
      And the recipient is in a third country
      When the department asks before the handover
      Then it is refused
      And the answer rests on the rule never-to-a-third-country
      And the answer cites S3.13
      And the answer uses the reading A6
      And the receiving department must hand nothing over
      And the receiving department must record the ground
      And the Committee must tell the Trade Attache at the Embassy of the Democratic People's Republic of Korea in China that the ordinary channel stays open to it

    @reading:A13
    Scenario: Even an agreed item is refused when it goes to a third country
      Given the mission asks on the spot for a drawing
      And the item is included in a signed resolution
      And the Committee hands it over
      And the recipient is in a third country
      When the department asks before the handover
      Then it is refused
      And nothing may be handed over as asked
      And the answer cites S3.13
      And the answer uses the reading A13

    Scenario: A handover to the mission itself is routed, not refused
      Given the mission asks on the spot for a drawing
      And the department itself hands it to the mission
      When the department asks before the handover
      Then the request goes through the bilateral channel
