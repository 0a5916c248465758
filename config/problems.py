"""A problem a person must act on: a code, the facts, and a sentence in each language.

Code below the screens raises `Problem("code", fact=…)`; whoever shows it (terminal, screen, log) asks
for `text(lang)`. The sentences say what is wrong, where, and what to do.
"""

from config.problem_texts import TEXTS


class Problem(Exception):  # noqa: N818 - it is what people read, not a programming error
    """Something a person can mend. `code` keys the sentence in config/problem_texts.py."""

    def __init__(self, code: str, **facts: object) -> None:
        if code not in TEXTS:
            raise KeyError(f"no text for problem {code!r}")
        self.code = code
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, lang: str = "vi") -> str:
        """The sentence in `lang` ("vi" or "en"), with the facts filled in."""
        vi, en = TEXTS[self.code]
        return (en if lang == "en" else vi).format(**self.facts)
