"""Forty attempts to run a script of one's own: each calls `alert` or sets `__ran` when it succeeds.

After OWASP's "XSS Filter Evasion Cheat Sheet" and PortSwigger's cheat sheet, and what Markdown, TeX and code blocks add of their own.
"""

RUN = "window.__ran=1"

PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<body onload={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe src='javascript:parent.{RUN}'></iframe>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<object data='javascript:{RUN}'></object>",
    f"<embed src='javascript:{RUN}'>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<math href='javascript:{RUN}'>x</math>",
    f"<form action='javascript:{RUN}'><button>x</button></form>",
    f"<button formaction='javascript:{RUN}' form=f>x</button>",
    f"<a href='javascript:{RUN}'>x</a>",
    f"<base href='javascript:{RUN}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<link rel=stylesheet href='javascript:{RUN}'>",
    f"<style>@import 'javascript:{RUN}';</style>",
    f"<div style=\"background:url('javascript:{RUN}')\">x</div>",
    f"<template><img src=x onerror={RUN}></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'></noscript>",
    f"</title></textarea></style><img src=x onerror={RUN}>",
    f"\"'><img src=x onerror={RUN}>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<IMG SRC=JaVaScRiPt:{RUN}>",
    f"<img src=x oneonerrorrror={RUN}//onerror={RUN}>",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"[x](javascript:{RUN})",
    f"[x](JAVASCRIPT:{RUN})",
    f"[x](java&#x09;script:{RUN})",
    "[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuX19yYW49MTwvc2NyaXB0Pg==)",
    f'![x](x "onerror={RUN}")',
    f"![x](javascript:{RUN})",
    f"$$\\href{{javascript:{RUN}}}{{x}}$$ $\\url{{javascript:{RUN}}}$ $\\htmlData{{x=<img src=x onerror={RUN}>}}{{y}}$",
    f'```html\n<img src=x onerror={RUN}>\n```\n<javascript:{RUN}> <https://x.example/"onmouseover={RUN}>',
)
