"""Mistakes in chains: the text, and what the refusal must say besides the line, which is that of the mark `#!`."""

_HEAD = "chain: wrong\nsteps:\n"


def _with_trigger(text: str) -> str:
    return f"chain: wrong\ntriggers:\n{text}steps:\n  - {{id: a, type: transform, value: 1}}\n"


def _in_steps(text: str) -> str:
    return _HEAD + text


#: Name, text with `#!` at the line that is to be told, words of the refusal.
MISTAKES: list[tuple[str, str, tuple[str, ...]]] = [
    ("not yaml", "chain: [a\n#!", ()),
    ("a list", "- chain #!\n", ("mapping",)),
    ("a key twice", "chain: a\nchain: b #!\n", ("twice",)),
    ("an alias of YAML", "chain: &x a\nlabels: [*x] #!\n", ("aliases",)),
    ("a number without an end", _in_steps("  - {id: a, type: transform, value: .inf} #!\n"), ("no finite number",)),
    ("a number that nobody reads", _in_steps(f"  - {{id: a, type: transform, value: {'1' * 5000}}} #!\n"), ("too many digits", "quotes")),
    ("half a character", _in_steps('  - {id: a, type: transform, value: "\\ud800"} #!\n'), ("surrogate",)),
    ("a document too deep", "chain: wrong\nsteps: " + "[" * 3000 + "]" * 3000 + " #!\n", ("nested more than",)),
    (
        "a function that Step Functions lacks",
        _in_steps("  - {id: a, type: transform, value: '{% $eval(\"1\") %}'} #!\n"),
        ("'a'", "$eval", "$parse"),
    ),
    ("a function that nobody has", _in_steps("  - {id: a, type: transform, value: '{% $upper(\"a\") %}'} #!\n"), ("'a'", "$upper")),
    ("a wait of words", _in_steps("  - {id: a, type: wait, seconds: soon} #!\n"), ("'a'", "'seconds'", "number")),
    ("a wait until no moment", _in_steps("  - {id: a, type: wait, until: tomorrow} #!\n"), ("'a'", "'until'")),
    ("an approval of nothing", _in_steps("  - {id: a, type: approve, title: x} #!\n"), ("'a'", "'tool' is missing")),
    ("a call of no chain", _in_steps("  - {id: a, type: chain} #!\n"), ("'a'", "'chain' is missing")),
    (
        "a message without content",
        _in_steps("  - id: a\n    type: model\n    model: default\n    messages:\n      - {role: user} #!\n"),
        ("'a'", "'content'"),
    ),
    ("no steps", "chain: wrong #!\ninput: {type: object}\n", ("'steps' is missing",)),
    ("an empty list of steps", "chain: wrong\nsteps: [] #!\n", ("must not be empty",)),
    ("a bad name", "chain: Wrong Name #!\nsteps:\n  - {id: a, type: transform, value: 1}\n", ("'chain'",)),
    ("an unknown field", _in_steps("  - id: a\n    type: transform\n    value: 1\n    valeu: 2 #!\n"), ("'a'", "valeu")),
    ("an unknown type", _in_steps("  - {id: a, type: modle} #!\n"), ("'a'", "modle", "model")),
    ("a number in quotes", _in_steps("  - {id: a, type: transform, value: 1, retry: {attempts: '3'}} #!\n"), ("'a'", "whole number")),
    ("no type", _in_steps("  - {id: a} #!\n"), ("'a'", "type")),
    ("a bad id", _in_steps("  - {id: A-1, type: transform, value: 1} #!\n"), ("'A-1'", "'id'")),
    ("an id twice", _in_steps("  - {id: a, type: transform, value: 1}\n  - {id: a, type: transform, value: 2} #!\n"), ("'a'", "twice")),
    ("an expression that cannot be read", _in_steps('  - {id: a, type: transform, value: "{% 1 + %}"} #!\n'), ("'a'", "cannot be read")),
    ("half an expression", _in_steps('  - {id: a, type: transform, value: "x {% 1 %}"} #!\n'), ("'a'", "whole")),
    ("an unset variable", _in_steps('  - {id: a, type: transform, value: "{% $nobody %}"} #!\n'), ("'a'", "$nobody")),
    (
        "a branch's variable outside",
        _in_steps(
            "  - id: p\n    type: parallel\n    branches: {l: [{id: b, type: transform, value: 1, assign: {v: 1}}]}\n"
            '  - {id: c, type: transform, value: "{% $v %}"} #!\n'
        ),
        ("'c'", "$v"),
    ),
    ("the result where there is none", _in_steps('  - {id: a, type: transform, value: "{% $states.result %}"} #!\n'), ("'a'", "result")),
    (
        "a condition that is none",
        _in_steps("  - id: a\n    type: choice\n    choices:\n      - {when: always, steps: []} #!\n"),
        ("'a'", "'when'"),
    ),
    ("neither prompt nor messages", _in_steps("  - {id: a, type: model, model: scripted} #!\n"), ("'a'", "'prompt'")),
    (
        "a placeholder without a variable",
        _in_steps("  - id: a\n    type: model\n    messages: [{role: user, content: '{{q}}'}] #!\n"),
        ("'a'", "{{q}}"),
    ),
    (
        "an unknown model",
        _in_steps("  - id: a\n    type: model\n    model: gpt-99 #!\n    messages: [{role: user, content: hi}]\n"),
        ("'a'", "gpt-99"),
    ),
    ("an unknown prompt", _in_steps("  - {id: a, type: model, prompt: nobody@live} #!\n"), ("'a'", "nobody")),
    (
        "a parameter that is the chain's own",
        _in_steps("  - id: a\n    type: model\n    messages: [{role: user, content: hi}]\n    parameters: {stream: true} #!\n"),
        ("'a'", "stream"),
    ),
    (
        "a parameter that no model takes so",
        _in_steps("  - id: a\n    type: model\n    messages: [{role: user, content: hi}]\n    parameters: {temperature: hot} #!\n"),
        ("'a'", "'temperature'", "number"),
    ),
    (
        "a schema that is none",
        _in_steps("  - id: a\n    type: model\n    messages: [{role: user, content: hi}]\n    schema: {type: strin} #!\n"),
        ("'a'", "JSON schema"),
    ),
    ("an input schema that is none", "chain: wrong\ninput: {type: 7} #!\nsteps:\n  - {id: a, type: transform, value: 1}\n", ("schema",)),
    ("an unknown tool", _in_steps("  - {id: a, type: tool, tool: rm.rf} #!\n"), ("'a'", "rm.rf")),
    (
        "an ARN in place of a tool",
        _in_steps("  - {id: a, type: tool, tool: 'arn:aws:lambda:r:0:function:x'} #!\n"),
        ("'a'", "'tool'"),
    ),
    (
        "an approval that nobody asked for",
        _in_steps("  - {id: a, type: notify, channel: sns, text: x, approval: b} #!\n"),
        ("'a'", "'b'"),
    ),
    (
        "an approval of something else",
        _in_steps("  - {id: ask, type: approve, title: t, tool: notify}\n  - {id: a, type: tool, tool: tests.echo, approval: ask} #!\n"),
        ("'a'",),
    ),
    (
        "a host that is not on the list",
        _in_steps("  - {id: a, type: notify, channel: webhook, url: 'https://evil.example/x'} #!\n"),
        ("'a'", "evil.example"),
    ),
    ("plain http", _in_steps("  - {id: a, type: notify, channel: webhook, url: 'http://hooks.example/x'} #!\n"), ("'a'", "https")),
    ("a private address", _in_steps("  - {id: a, type: notify, channel: webhook, url: 'https://10.0.0.1/x'} #!\n"), ("'a'", "name")),
    (
        "jira without its fields",
        _in_steps("  - {id: a, type: notify, channel: jira, url: 'https://hooks.example/x'} #!\n"),
        ("'a'", "jira"),
    ),
    ("a wait of nothing", _in_steps("  - {id: a, type: wait} #!\n"), ("'a'", "'seconds'")),
    ("a wait of a century", _in_steps("  - {id: a, type: wait, seconds: 9999999999} #!\n"), ("'a'", "seconds")),
    (
        "a reminder after the end",
        _in_steps("  - id: a\n    type: approve\n    title: t\n    tool: notify\n    expires_seconds: 60\n    remind_seconds: 60 #!\n"),
        ("'a'", "reminder"),
    ),
    (
        "an approval beyond the deadline",
        "chain: wrong\ndeadline_seconds: 60\nsteps:\n  - {id: a, type: approve, title: t, tool: notify, expires_seconds: 61} #!\n",
        ("'a'", "deadline"),
    ),
    (
        "too many at once",
        _in_steps("  - id: a\n    type: map\n    items: []\n    concurrency: 41 #!\n    steps: [{id: b, type: transform, value: 1}]\n"),
        ("'a'", "40"),
    ),
    (
        "an unknown error",
        _in_steps("  - id: a\n    type: transform\n    value: 1\n    catch:\n      - errors: [Oops] #!\n"),
        ("'a'", "Oops"),
    ),
    (
        "all before others",
        _in_steps("  - id: a\n    type: transform\n    value: 1\n    catch:\n      - {errors: [all]} #!\n      - {errors: [Throttled]}\n"),
        ("'a'", "'all'"),
    ),
    ("an unknown chain", _in_steps("  - id: a\n    type: chain\n    chain: nobody@live #!\n"), ("'a'", "nobody")),
    ("an unknown policy", _in_steps("  - {id: a, type: guard, text: x, policy: nobody} #!\n"), ("'a'", "nobody")),
    (
        "output of a choice",
        _in_steps("  - {id: a, type: choice, choices: [{when: '{% true %}'}], output: 1} #!\n"),
        ("'a'", "choice"),
    ),
    (
        "an unknown kind of trigger",
        _with_trigger("  - {id: t, kind: sqs} #!\n"),
        ("trigger 't'", "sqs", "schedule"),
    ),
    (
        "a trigger that names an ARN",
        _with_trigger("  - {id: t, kind: s3, bucket: 'arn:aws:s3:::x'} #!\n"),
        ("trigger 't'", "'bucket'", "no field"),
    ),
    (
        "a prefix that leaves the tenant",
        _with_trigger("  - {id: t, kind: s3, prefix: ../other} #!\n"),
        ("trigger 't'", "'prefix'"),
    ),
    (
        "a schedule of six fields",
        _with_trigger("  - {id: t, kind: schedule, cron: '0 9 * * ? *'} #!\n"),
        ("trigger 't'", "five fields"),
    ),
    (
        "a schedule that never comes",
        _with_trigger("  - {id: t, kind: schedule, cron: '0 0 31 2 *'} #!\n"),
        ("trigger 't'", "'cron'"),
    ),
    (
        "an unknown time zone",
        _with_trigger("  - {id: t, kind: schedule, cron: '0 9 * * *', timezone: Asia/Soul} #!\n"),
        ("trigger 't'", "Asia/Soul"),
    ),
    (
        "a trigger's input that cannot be read",
        _with_trigger("  - id: t\n    kind: s3\n    input: {n: '{% 1 + %}'} #!\n"),
        ("trigger 't'", "cannot be read"),
    ),
    (
        "a trigger twice",
        _with_trigger("  - {id: t, kind: s3}\n  - {id: t, kind: s3} #!\n"),
        ("trigger 't'", "twice"),
    ),
    (
        "rights that are not one's own",
        _with_trigger("  - {id: t, kind: s3, run_as: {groups: [leads]}} #!\n"),
        ("trigger 't'", "'leads'"),
    ),
    ("a path of JSONPath", _in_steps("  - {id: a, type: transform, value: {n: $.input.n}} #!\n"), ("'a'", "JSONPath is not read")),
    (
        "items that are no list",
        _in_steps("  - id: a\n    type: map\n    items: names #!\n    steps: [{id: b, type: transform, value: 1}]\n"),
        ("'a'", "'items' is a list"),
    ),
]
