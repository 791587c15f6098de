"""Chains for tests: one with every kind of step, in every place it may stand."""

from maru.chains.document import Chain
from maru.chains.loading import parse, read
from maru.chains.program import Program

EVERYTHING = """
chain: everything
input: {type: object, required: [items], properties: {items: {type: array}}}
deadline_seconds: 100000
cost_cap_usd: 1
steps:
  - {id: note, type: transform, value: {n: "{% $count($states.input.items) %}"}, assign: {n: "{% $states.result.n %}"}}
  - id: look
    type: retrieve
    query: "{% $string($n) %}"
    vector_stores: [company]
    catch: [{errors: [InvalidRequest], steps: [{id: nothing, type: transform, value: {passages: [], text: ""}}]}, {errors: [all]}]
  - id: sides
    type: parallel
    branches:
      left:
        - id: draft
          type: model
          messages: [{role: user, content: "say: {{n}}"}]
          variables: {n: "{% $n %}"}
          model: scripted
          fallbacks: [default]
          schema: {type: object}
          catch: [{errors: [SchemaUnmet, StepTimeout], steps: [{id: plain, type: transform, value: 1}]}]
      right: [{id: safe, type: guard, text: "x"}, {id: pause, type: wait, seconds: 0}]
  - id: each
    type: map
    items: "{% $states.context.Execution.Input.items %}"
    concurrency: 4
    max_items: 100
    tolerate_percent: 50
    steps:
      - id: size
        type: choice
        choices:
          - {when: "{% $states.input > 2 %}", steps: [{id: big, type: transform, value: big}]}
          - {when: "{% $states.input = 2 %}"}
        otherwise: [{id: small, type: transform, value: small}]
      - {id: inner, type: map, items: [1, 2], max_items: 2, steps: [{id: leaf, type: transform, value: "{% $states.input %}"}]}
  - id: ask
    type: approve
    title: Tell them?
    tool: notify
    arguments: {channel: sns, subject: hello, text: world}
    expires_seconds: 60
    rejected: [{id: sorry, type: transform, value: no}]
  - {id: tell, type: notify, channel: sns, subject: hello, text: world, approval: ask}
  - id: below
    type: chain
    chain: other@live
    input: {x: "{% $n %}"}
    catch: [{steps: [{id: fallen, type: transform, value: 0}]}]
output: "{% $states.input %}"
"""
OTHER = """
chain: other
steps:
  - {id: note, type: transform, value: "{% $states.input.x %}"}
  - {id: pause, type: wait, until: "2020-01-01T00:00:00Z"}
"""


def chain(text: str) -> Chain:
    """The chain of a text whose form is right."""
    return parse(read(text))


def linked(text: str) -> Program:
    """The program of a chain that may nest :data:`OTHER`."""
    return Program.link(chain(text), lambda _: chain(OTHER))


#: Asks a person between two steps that a model is paid for.
WAITING = """
chain: waiting
labels: [live]
steps:
  - {id: one, type: model, model: scripted, messages: [{role: user, content: "count: paid\\nsay: one"}]}
  - {id: ask, type: approve, title: Tell them, tool: notify, arguments: {channel: sns, text: hello}}
  - {id: tell, type: notify, channel: sns, text: hello, approval: ask}
  - {id: two, type: model, model: scripted, messages: [{role: user, content: "count: paid\\nsay: two"}]}
"""
