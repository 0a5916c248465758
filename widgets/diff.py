"""Two texts' differences, line by line, as `diff -u` gives them."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")
_TONES = {"+": "add", "-": "del"}


def diff_lines(lines: Sequence[str], *, label: str, line_word: str, empty: str) -> None:
    """Draw them. label: for screen readers; line_word: "line {n}" in the language; empty: when nothing differs."""
    parts = []
    for line in lines:
        if line.startswith(("---", "+++")):
            continue
        hunk = _HUNK.match(line)
        if hunk:
            parts.append(f'<span class="at">{escape(line_word.format(n=hunk[1]))}</span>')
        else:
            parts.append(f'<span class="{_TONES.get(line[:1], "")}">{escape(line) or " "}</span>')
    if not parts:
        st.html(f'<div class="panel-note">{escape(empty)}</div>')
        return
    st.html(f'<pre class="diff" tabindex="0" role="region" aria-label="{escape(label)}">{"".join(parts)}</pre>')


def source_line(number: int, text: str) -> None:
    """One line of a file as it is written, with its number."""
    st.html(f'<pre class="diff"><span>{number}: {escape(text)}</span></pre>')
