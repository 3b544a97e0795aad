"""Texts that would do something if a page took them for more than text.

Where markup is tried, its element or attribute is called `injected`, and a script would set `window.injected`.
"""

_SCRIPT = "window.injected=1"

MARKUP = (
    f"<script injected>{_SCRIPT}</script>",
    f"</script><script injected>{_SCRIPT}</script>",
    f"<img injected src=x onerror={_SCRIPT}>",
    f"<svg injected onload={_SCRIPT}>",
    f"<svg injected><script>{_SCRIPT}</script></svg>",
    f"<body injected onload={_SCRIPT}>",
    f"<iframe injected src=javascript:{_SCRIPT}></iframe>",
    f'<iframe injected srcdoc="<script>{_SCRIPT}</script>"></iframe>',
    f"<math injected><mtext><script>{_SCRIPT}</script></mtext></math>",
    f"<details injected open ontoggle={_SCRIPT}>x</details>",
    f"<input injected autofocus onfocus={_SCRIPT}>",
    f'<a injected href="javascript:{_SCRIPT}">x</a>',
    f"<form injected action=javascript:{_SCRIPT}><button>x</button></form>",
    "<base injected href=https://elsewhere.example/>",
    "<meta injected http-equiv=refresh content=0;url=https://elsewhere.example/>",
    "<link injected rel=stylesheet href=https://elsewhere.example/x.css>",
    "<style injected>*{display:none}</style>",
    "<b injected style=position:fixed>x</b>",
    "<object injected data=https://elsewhere.example/x></object>",
    "<embed injected src=https://elsewhere.example/x>",
    "<table injected><td>x</table></td>",
    "<template injected shadowrootmode=open><slot></slot></template>",
    f"<xss injected onpointerenter={_SCRIPT}>x</xss>",
    f"<IMG INJECTED SRC=x ONERROR={_SCRIPT}>",
    f"<img injected src=`x` onerror={_SCRIPT}",
    f"<<script injected>{_SCRIPT}//<</script>",
    f"<scr<script injected>ipt>{_SCRIPT}</script>",
    "<!-- <b injected> -->",
    "--><b injected>x</b><!--",
    "]]><b injected>x</b>",
    "</title><b injected>x</b>",
    "</textarea><b injected>x</b>",
    "</select></option><b injected>x</b>",
    "</style><b injected>x</b>",
    "</noscript><b injected>x</b>",
    "</table></td></tr><b injected>x</b>",
    "</main></body></html><b injected>x</b>",
)
ATTRIBUTES = (
    f'" injected onmouseover="{_SCRIPT}',
    f"' injected onmouseover='{_SCRIPT}",
    f'" autofocus injected onfocus="{_SCRIPT}',
    f'"><img injected src=x onerror={_SCRIPT}>',
    f"'><svg injected onload={_SCRIPT}>",
    f'"/><script injected>{_SCRIPT}</script>',
    "x injected=1 y",
    f"javascript:{_SCRIPT}",
    f"data:text/html,<script>{_SCRIPT}</script>",
)
ENTITIES = (
    f"&lt;script injected&gt;{_SCRIPT}&lt;/script&gt;",
    "&#60;b injected&#62;x",
    "&quot; injected=&quot;1",
    "&amp;lt;b injected&amp;gt;",
    "%3Cb injected%3Ex",
    "\\u003cb injected\\u003ex",
    "\\x3cb injected\\x3e",
)
TEMPLATES = (
    "{{ 7 * 7 }}",
    "{% raw %}{{ visit }}{% endraw %}",
    "{# x #}",
    "${7*7}",
    "#{7*7}",
    "%(num)s %s %d",
    "{0.__class__} {visit}",
    "$(touch injected) `touch injected`",
)
OTHERS = (
    "' OR '1'='1' --",
    '"; DROP TABLE cases; --',
    "../../../../etc/passwd",
    "=1+1",
    "x,y;z\t|w",
    "[x](javascript:window.injected=1) **b**",
    '{"injected": true}',
    "- injected: true # yaml",
)

INJECTIONS = (*MARKUP, *ATTRIBUTES, *ENTITIES, *TEMPLATES, *OTHERS)
