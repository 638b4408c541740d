"""Detect follow-up questions and rewrite them with terms of the previous question.

Most later questions are complete, and terms of earlier questions would only mislead their search. So a
question is rewritten only if it cannot be understood alone. Detection covers English; questions in other
languages are never follow-ups.

A rewrite borrows the terms that the previous question and its quotes have in common, which name the topic of
the conversation. Terms missing from the quotes concern something else, and terms missing from the question
may concern anything. If the quotes miss the topic, the previous question alone is a second source of terms.
"""

import re
from collections.abc import Container, Sequence
from itertools import pairwise

_SHORT = 3
"""Maximum content words of a question that may omit its topic."""

_AGREEING = 2
"""Number of best quotes that must contain a term of the previous question before it is borrowed."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s'’]")
_WORD = re.compile(r"\w[\w'’-]*")

_BE = _set("am are be been being is isn s was wasn were weren")
_DO = _set(
    "can could couldn did didn do does doesn don had hadn has hasn have haven may might must shall should "
    "shouldn will won would wouldn"
)
_PREPOSITIONS = _set(
    "about after as at before between by despite during for from in into like of on over since than through "
    "to under until upon with without"
)
_POSSESSIVES = _set("her herself his himself its itself their themselves")
_PERSONAL = _set("he hers him it she theirs them they") | _POSSESSIVES
_DETERMINERS = _set("a all an any each every many most no not some t the")
_CLAUSES = _set("and because but if once or since that until when where which while who")
_ENDS = _set(". ? !")
_STOPS = _ENDS | _set(", ; :")
_OTHER_FUNCTION = _set(
    "both d done either having here how i ll m me my neither nor our out re so than then there these this "
    "those up us ve we what whom whose why you your"
)
_FUNCTION = _BE | _DO | _PREPOSITIONS | _PERSONAL | _DETERMINERS | _CLAUSES | _OTHER_FUNCTION
# Words that ask or keep a conversation going and name nothing.
_CHAT = _set(
    "actually again also another anyone anything bit describe detail details else even ever exactly example "
    "examples expand explain explanation first further give go great happen happened happens hear info "
    "information interested interesting just kind kinds know last later learn little lot mean means more "
    "much next now ok okay one ones only other others please really said same say see someone something "
    "sort sorts still such sure tell thank thanks thing things too type types want well wish yes"
)
_EMPTY = _FUNCTION | _CHAT
# "It" next to these refers to nothing before a clause: "Is it possible to …", "How long does it take to …".
_EXPLETIVE = _BE | _set(
    "cost costs feel feels look looks mean means need needs require requires take takes took"
)
_CLAUSE_AFTER_IT = _set("for if that to when whether")
# "This year" is the current year, and "this document" is one of the corpus.
_AT_HAND = _set(
    "afternoon article century day days document documents evening month months morning page pages season "
    "site time week weeks website year years"
)
# These refer to something already known, unless the question names it.
_VAGUE = _set("another else further more other others same the")
_OPENER = re.compile(
    r"(?:(?:great|i see|interesting|no|now|ok|okay|sure|thanks|thank you|well|yes)\b\W*)*"
    r"(?:and|but|or|then|how\s+about|what\s+about)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
# What may join the words of a name: "Mothers of Invention".
_JOINT = re.compile(r"\s+(?:of\s+)?(?:the\s+)?")


def is_followup(question: str) -> bool:
    """Return whether a question can hardly be understood without the questions before it.

    A question is a follow-up if a pronoun or demonstrative in it refers to nothing in it; if it has no
    content words; or if it has few and either opens like "What about" or names nothing and asks for "the",
    "more" or "another" something. A question about something new can look the same, so callers also search
    for the question as it is.

    Args:
        question: In any language; only English questions are ever follow-ups.
    """
    tokens = _TOKEN.findall(question)
    words = [token.lower() for token in tokens]
    content = [word for word in words if word[0].isalnum() and word not in _EMPTY]
    if not content:
        return not _EMPTY.isdisjoint(words)
    if len(_FUNCTION.intersection(words)) == 1:
        return False  # a single function word may belong to another language
    if any(_refers_back(tokens, words, position) for position in range(len(words))):
        return True
    if len(content) > _SHORT:
        return False
    return bool(_OPENER.match(question.strip())) or (not _names(tokens) and not _VAGUE.isdisjoint(words))


def is_elliptical(question: str) -> bool:
    """Return whether a question has few content words and names nothing, like "How many were hit?"."""
    tokens = _TOKEN.findall(question)
    content = [token for token in tokens if token[0].isalnum() and token.lower() not in _EMPTY]
    return len(content) <= _SHORT and not _names(tokens)


def refers_back(text: str) -> bool:
    """Return whether a pronoun or demonstrative in the text refers to nothing in it."""
    tokens = _TOKEN.findall(text)
    words = [token.lower() for token in tokens]
    return any(_refers_back(tokens, words, position) for position in range(len(words)))


def rewrite_followup(
    question: str, previous: str, quotes: Sequence[str], *, allow_unconfirmed: bool
) -> list[str]:
    """Return searches that may replace a follow-up question.

    Args:
        question: The follow-up, as it was asked.
        previous: The question before it, as it was searched, so that a topic lasts over several questions.
        quotes: The quotes that answer the previous question, best first, each preceded by its titles.
        allow_unconfirmed: Also borrow terms of the previous question that its quotes do not contain. The
            caller must then check that the search does not go astray.

    Returns:
        The question followed by the borrowed terms in parentheses: at most two searches, the likelier first;
        none if nothing can be borrowed.
    """
    shared = set.intersection(*map(word_stems, quotes[:_AGREEING])) if quotes else set()
    allowed = (shared, word_stems(previous)) if allow_unconfirmed else (shared,)
    borrowed = [borrowed_terms(question, previous, stems) for stems in allowed]
    return list(dict.fromkeys(f"{question} ({', '.join(terms)})" for terms in borrowed if terms))


def borrowed_terms(question: str, previous: str, stems: set[str]) -> list[str]:
    """Return the phrases of the previous question that consist of ``stems`` and add to the question."""
    known = word_stems(question) | _EMPTY
    borrowed: list[str] = []
    for phrase in sorted(_phrases(previous, stems), key=lambda phrase: -len(phrase.split())):
        if not word_stems(phrase) <= known:
            borrowed.append(phrase)
            known |= word_stems(phrase)
    return borrowed


def _refers_back(tokens: Sequence[str], words: Sequence[str], position: int) -> bool:
    """Return whether the word at ``position`` refers to something that the question does not name before."""
    word, before = words[position], words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else "?"
    match word:
        case "it" if {before, after} & _EXPLETIVE and not _CLAUSE_AFTER_IT.isdisjoint(words[position + 1 :]):
            return False
        case "this" | "these" | "those":
            return after not in _AT_HAND | {"of", "that", "who", "whose", "with"}
        case "that":  # otherwise it opens a clause
            return not after[0].isalnum() or not before or before in _BE | _DO | _PREPOSITIONS
        case "there":  # otherwise it only states that something exists
            return not (_BE | _DO | {"exist", "exists"}) & {before, after}
        case "one" | "ones":
            return before in {"other", "that", "the", "these", "this", "those", "which"}
    return word in _PERSONAL and not _bound(tokens, words, position)


def _bound(tokens: Sequence[str], words: Sequence[str], position: int) -> bool:
    """Return whether the question names what the pronoun at ``position`` may refer to.

    A possessive may refer to the subject of its own clause ("Do cows chew their food?"). Any other pronoun
    refers only to an earlier clause ("Does Ada still swim, or did she stop?").
    """
    if words[position] in _POSSESSIVES:
        return _names(tokens[:position]) or _has_subject(words[:position], _DO)
    end = max((i for i in range(position) if words[i] in _CLAUSES | _STOPS), default=0)
    return _names(tokens[:end]) or _has_subject(words[:end], _DO | _BE)


def _names(tokens: Sequence[str]) -> bool:
    """Return whether the tokens contain a number, or a capitalised word that does not open a sentence."""
    return any(
        token[0].isdigit() or (token[0].isupper() and token.lower() not in _EMPTY and before not in _ENDS)
        for before, token in pairwise([".", *tokens])
    )


def _has_subject(words: Sequence[str], auxiliaries: frozenset[str]) -> bool:
    """Return whether an auxiliary has a noun as its subject, which in a question follows it."""
    for position, auxiliary in enumerate(words):
        if auxiliary in auxiliaries:
            subject = next((word for word in words[position + 1 :] if word not in _DETERMINERS), ".")
            if subject[0].isalnum() and subject not in _FUNCTION:
                return True
    return False


def _phrases(text: str, stems: Container[str]) -> list[str]:
    """Return the phrases of ``text`` that consist of these stems; a name keeps the small words inside it."""
    found: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if word.group().lower() in _EMPTY or _stem(word.group()) not in stems:
            continue
        start, end = found[-1] if found else (0, 0)
        gap = text[end : word.start()]
        named = text[start].isupper() and word.group()[0].isupper()
        if found and (gap.isspace() or (named and _JOINT.fullmatch(gap))):
            found[-1] = (start, word.end())
        else:
            found.append(word.span())
    return [_POSSESSIVE.sub("", " ".join(text[start:end].split())) for start, end in found]


def word_stems(text: str) -> set[str]:
    """Return the words of a text, in lower case and without the ``s`` of a plural or possessive."""
    return {_stem(word) for word in _WORD.findall(text)}


def _stem(word: str) -> str:
    """Return the word in lower case without the ``s`` of a plural or possessive."""
    word = _POSSESSIVE.sub("", word.lower())
    return word[:-1] if len(word) > len("bus") and word.endswith("s") and not word.endswith("ss") else word
