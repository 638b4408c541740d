"""Detect sentences that refer to the sentence before them and cannot be read alone."""

import re

# Words that refer back when they open an English sentence. Other languages are not analysed.
_PRONOUNS = (
    "this|that|these|those|it|its|they|them|their|he|she|him|her|his|such|both|neither|either|another|others"
    "|here|there|the (?:former|latter|same)"
)
_CONNECTIVES = (
    "however|but|and|or|yet|so|then|thus|hence|therefore|consequently|accordingly|otherwise|instead|still"
    "|moreover|furthermore|also|besides|additionally|similarly|likewise|conversely|nevertheless|nonetheless"
    "|meanwhile|subsequently|afterwards?|later|finally|indeed|specifically|namely"
    "|in (?:addition|contrast|turn|particular|fact|response|other words)|by contrast|at the same time"
    "|as (?:a result|a consequence|such|well)|for (?:example|instance|this|these|that)|on the other hand"
    "|(?:in|at|of|to|with|under|through|by|from|after|before|during|among|despite|because of|due to|since)"
    " (?:this|that|these|those|it|them|which|such)"
)
_ANAPHOR = re.compile(rf"[^\w]*(?:{_PRONOUNS}|{_CONNECTIVES})\b", re.IGNORECASE)


def opens_with_anaphor(sentence: str) -> bool:
    """Return whether a sentence opens with a pronoun or a connective that refers back."""
    return _ANAPHOR.match(sentence) is not None
