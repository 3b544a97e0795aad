Feature: What visitors may be given

  Each scenario starts from the facts below and changes one. Write a yes and a no for every rule that you add, with the
  tags of its clause and of the rule. `channelgate policies test` shows what no scenario would notice.

  Background:
    Given today is 2026-03-02
    And the facts
      | fact              | value    |
      | mission.countries | IS       |
      | handover.by       | host     |
      | handover.to       | visitor  |
      | visitor.signed    | true     |
      | item.kind         | document |
      | item.quantity     | 1        |
      | item.approval     | approved |

  @clause:C1 @clause:C2 @reading:Q1 @rule:visitor-from-another-country @rule:ask-the-desk-first
  Rule: The release desk is asked first

    Scenario: What nobody has approved stays here
      Given the fact item.approval is not_asked
      When the host asks before the handover
      Then for the whole: route_bilateral
      And nothing may be handed over as asked
      And the answer rests on the rule ask-the-desk-first
      And the answer cites C1, C2
      And the answer uses the reading Q1
      And under C2 the host must give nothing before the release desk has approved it
      And under C2 the host must hand the request to the release desk
      And the guest is told: Our release desk looks at this first

    Scenario Outline: It is asked whatever else stands against it: <fact> <value>
      Given the fact item.kind is sample
      And the fact item.approval is not_asked
      And the fact <fact> is <value>
      When the host asks before the handover
      Then for the whole: route_bilateral

      Examples: what counts only against an approval
        | fact           | value        |
        | handover.by    | someone_else |
        | visitor.signed | false        |
        | item.quantity  | 4            |

    Scenario: A visitor from any other country
      Given the fact mission.countries is France
      And the fact item.approval is not_asked
      When the host asks before the handover
      Then for the whole: route_bilateral

    @door:function @door:cli
    Scenario: That it was approved is for the release desk to say
      Given the host claims that item.approval is approved
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the fact item.approval is claimed, not confirmed

  @clause:C1 @rule:not_governed @rule:home-is-not-governed
  Rule: Visitors from the home country are not meant

    Scenario: The answer is neither yes nor no
      Given the fact mission.countries is LU
      When the host asks before the handover
      Then for the whole: not_governed
      And whether it may be handed over is not decided
      And the answer cites C1
      And under C1 the host must look for the rules that apply

  @clause:C2 @rule:needs_information
  Rule: What is not known is asked, and permits nothing

    Scenario: Nobody knows the country
      Given the fact mission.countries is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for mission.countries
      And under C2 the host must find out what is missing

    Scenario: Nobody knows what the release desk has decided
      Given the fact item.approval is not known
      When the host asks before the handover
      Then for the whole: route_bilateral
      And the release desk is asked for item.approval

    Scenario Outline: Nobody knows: <fact>
      Given the fact <fact> is not known
      When the host asks before the handover
      Then for the whole: needs_information

      Examples: what an approval depends on
        | fact           |
        | handover.by    |
        | handover.to    |
        | visitor.signed |

  @clause:C3 @clause:C4 @rule:approved-by-the-desk @rule:refused-by-the-desk
  Rule: What the release desk says, counts

    Scenario Outline: What is approved is given to a visitor from <country>
      Given the fact mission.countries is <country>
      When the host asks before the handover
      Then for the whole: deliver
      And it may be handed over as asked
      And the answer rests on the rule approved-by-the-desk
      And the answer cites C3, C4
      And under C4 the host must give it to the visitor

      Examples: with a file of its own and without
        | country |
        | Iceland |
        | France  |

    Scenario Outline: What is refused is not given to a visitor from <country>
      Given the fact mission.countries is <country>
      And the fact item.approval is refused
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule refused-by-the-desk
      And the answer cites C3
      And under C2 the host must give nothing

      Examples: with a file of its own and without
        | country |
        | Iceland |
        | France  |

    Scenario: Whoever would give what is refused
      Given the fact item.approval is refused
      And the fact handover.by is someone_else
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule refused-by-the-desk

  @clause:C4 @rule:in-other-hands @rule:not-signed
  Rule: From the host, in person, against a signature

    Scenario Outline: Not by or to somebody else: <fact>, <country>
      Given the fact mission.countries is <country>
      And the fact <fact> is someone_else
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule in-other-hands
      And the answer cites C4
      And under C4 the host must give it in person

      Examples: both ends
        | fact        | country |
        | handover.by | Iceland |
        | handover.to | Iceland |
        | handover.by | France  |

    Scenario: Other hands count before the signature
      Given the fact handover.by is someone_else
      And the fact visitor.signed is false
      When the host asks before the handover
      Then for the whole: refuse

    Scenario Outline: Without the signature it waits, for a visitor from <country>
      Given the fact mission.countries is <country>
      And the fact visitor.signed is false
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule not-signed
      And the answer cites C4
      And under C4 the host must have the visitor sign

      Examples: with a file of its own and without
        | country |
        | Iceland |
        | France  |

  @clause:C5 @rule:more-samples-than-agreed @rule:no-samples
  Rule: Samples

    Scenario Outline: Of <quantity> pieces, <kind>, the answer is <outcome>
      Given the fact item.kind is <kind>
      And the fact item.quantity is <quantity>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: around the number agreed
        | kind     | quantity | outcome |
        | sample   | 3        | deliver |
        | sample   | 4        | hold    |
        | document | 4        | deliver |

    Scenario: More than was agreed waits
      Given the fact item.kind is sample
      And the fact item.quantity is 4
      When the host asks before the handover
      Then for the whole: hold
      And the answer rests on the rule more-samples-than-agreed
      And the answer cites C5
      And under C5 the release desk must agree on the number

    Scenario: Whether so many pieces are samples is asked
      Given the fact item.kind is not known
      And the fact item.quantity is 4
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for item.kind

    Scenario: How many is asked
      Given the fact item.kind is sample
      And the fact item.quantity is not known
      When the host asks before the handover
      Then for the whole: needs_information
      And the host is asked for item.quantity

    Scenario: Without an arrangement there are none
      Given the fact mission.countries is France
      And the fact item.kind is sample
      When the host asks before the handover
      Then for the whole: refuse
      And the answer rests on the rule no-samples
      And the answer cites C5
      And under C5 the host must give no sample

    Scenario: A sample is not refused before the release desk is asked
      Given the fact mission.countries is France
      And the fact item.kind is sample
      And the fact item.approval is not_asked
      When the host asks before the handover
      Then for the whole: route_bilateral

    Scenario: Whether it is a sample is asked
      Given the fact mission.countries is France
      And the fact item.kind is not known
      When the host asks before the handover
      Then for the whole: needs_information

  @clause:C6 @rule:proposed @rule:not_settled
  Rule: Before the first day the head of the office decides

    Scenario Outline: On <day> the answer is <outcome>
      Given today is <day>
      When the host asks before the handover
      Then for the whole: <outcome>

      Examples: around the first day
        | day        | outcome |
        | 2025-12-31 | refer   |
        | 2026-01-01 | deliver |

    Scenario: The head of the office has to decide
      Given today is 2025-12-31
      When the host asks before the handover
      Then for the whole: refer
      And the answer cites C6
      And under C6 the head must decide on what was asked before the rules were in force
