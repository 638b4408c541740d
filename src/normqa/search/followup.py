"""Follow-up questions: whether one leans on what was asked before, and what the past lends it.

Most later questions stand on their own, and words of earlier ones only lead their search astray. So the first
half of this file looks for what cannot be understood alone, in English; questions in other languages never
lean. The second half lends what the previous question and its quotes have in common, which is what the talk
is about: words that its quotes do not have were about something else, and words that it does not have may be
about anything. Where that leads nowhere, the quotes may be beside the point, and the question alone lends.
"""

import re
from collections.abc import Container, Sequence
from itertools import pairwise

_THIN = 3
"""With no more content words than this a question can lean on the past by what it leaves out."""

_AGREEING = 2
"""How many of the best quotes must have a word of the previous question before it is lent."""


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
# They ask, or keep the talk going, and name nothing.
_TALK = _set(
    "actually again also another anyone anything bit describe detail details else even ever exactly example "
    "examples expand explain explanation first further give go great happen happened happens hear info "
    "information interested interesting just kind kinds know last later learn little lot mean means more "
    "much next now ok okay one ones only other others please really said same say see someone something "
    "sort sorts still such sure tell thank thanks thing things too type types want well wish yes"
)
_EMPTY = _FUNCTION | _TALK
# "It" says nothing beside these where a clause follows: "Is it possible to …", "How long does it take to …".
_EXPLETIVE = _BE | _set(
    "cost costs feel feels look looks mean means need needs require requires take takes took"
)
_CLAUSE_AFTER_IT = _set("for if that to when whether")
# "This year" is the year of asking, and "this document" is one of those that are asked.
_AT_HAND = _set(
    "afternoon article century day days document documents evening month months morning page pages season "
    "site time week weeks website year years"
)
# What they ask for has to be known already, unless the question names it.
_VAGUE = _set("another else further more other others same the")
_OPENER = re.compile(
    r"(?:(?:great|i see|interesting|no|now|ok|okay|sure|thanks|thank you|well|yes)\b\W*)*"
    r"(?:and|but|or|then|how\s+about|what\s+about)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
# What joins the words of a name: "Mothers of Invention".
_JOINT = re.compile(r"\s+(?:of\s+)?(?:the\s+)?")


def is_followup(question: str) -> bool:
    """Says whether a question can hardly be understood without the ones before it.

    It leans if a pronoun or a demonstrative in it stands for nothing in it, if it has no content words, or if
    it has few of them and either opens like "What about" or names nothing and asks for "the", "more" or
    "another" something. A question that asks about something new can look the same; whoever calls this looks
    at what it finds by itself as well.

    Args:
        question: In any language; only English ones ever lean.
    """
    tokens = _TOKEN.findall(question)
    words = [token.lower() for token in tokens]
    content = [word for word in words if word[0].isalnum() and word not in _EMPTY]
    if not content:
        return not _EMPTY.isdisjoint(words)
    if len(_FUNCTION.intersection(words)) == 1:
        return False  # one word of another language may look like an English pronoun
    if any(_points_back(tokens, words, place) for place in range(len(words))):
        return True
    if len(content) > _THIN:
        return False
    return bool(_OPENER.match(question.strip())) or (not _names(tokens) and not _VAGUE.isdisjoint(words))


def rewrite_followup(question: str, previous: str, quotes: Sequence[str], *, alone: bool) -> list[str]:
    """Says what to search for in the place of a question that leans on the previous one.

    Args:
        question: As it was asked.
        previous: The question before, as it was itself searched, so that a topic lasts while it is needed.
        quotes: What answers the previous question, best first, each with the titles that stand over it.
        alone: Whether it may lend by itself too; then somebody has to tell whether that leads astray.

    Returns:
        The question, followed in brackets by what it is lent, in one or two ways, the likelier first; nothing
        where it is lent nothing.
    """
    shared = set.intersection(*map(_stems, quotes[:_AGREEING])) if quotes else set()
    ways = (shared, _stems(previous)) if alone else (shared,)
    lent = [_borrowed_terms(question, previous, words) for words in ways]
    return list(dict.fromkeys(f"{question} ({', '.join(phrases)})" for phrases in lent if phrases))


def _borrowed_terms(question: str, previous: str, words: set[str]) -> list[str]:
    """Phrases of the previous question, made of these words, that say what the question does not."""
    known = _stems(question) | _EMPTY
    lent: list[str] = []
    for phrase in sorted(_phrases(previous, words), key=lambda phrase: -len(phrase.split())):
        if not _stems(phrase) <= known:
            lent.append(phrase)
            known |= _stems(phrase)
    return lent


def _points_back(tokens: Sequence[str], words: Sequence[str], place: int) -> bool:
    """Whether the word at ``place`` stands for something that the question does not name before it."""
    word, before = words[place], words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else "?"
    match word:
        case "it" if {before, after} & _EXPLETIVE and not _CLAUSE_AFTER_IT.isdisjoint(words[place + 1 :]):
            return False
        case "this" | "these" | "those":
            return after not in _AT_HAND | {"of", "that", "who", "whose", "with"}
        case "that":  # elsewhere it begins a clause
            return not after[0].isalnum() or not before or before in _BE | _DO | _PREPOSITIONS
        case "there":  # elsewhere it only says that something is
            return not (_BE | _DO | {"exist", "exists"}) & {before, after}
        case "one" | "ones":
            return before in {"other", "that", "the", "these", "this", "those", "which"}
    return word in _PERSONAL and not _bound(tokens, words, place)


def _bound(tokens: Sequence[str], words: Sequence[str], place: int) -> bool:
    """Whether the question itself names what the pronoun at ``place`` may stand for.

    A possessive may stand for the subject of its own clause ("Do cows chew their food?"); any other pronoun
    only for something in a clause before ("Does Ada still swim, or did she stop?").
    """
    if words[place] in _POSSESSIVES:
        return _names(tokens[:place]) or _has_subject(words[:place], _DO)
    end = max((i for i in range(place) if words[i] in _CLAUSES | _STOPS), default=0)
    return _names(tokens[:end]) or _has_subject(words[:end], _DO | _BE)


def _names(tokens: Sequence[str]) -> bool:
    """Whether there is a name or a number: a capital or a digit, beyond the first word of a sentence."""
    return any(
        token[0].isdigit() or (token[0].isupper() and token.lower() not in _EMPTY and before not in _ENDS)
        for before, token in pairwise([".", *tokens])
    )


def _has_subject(words: Sequence[str], auxiliaries: frozenset[str]) -> bool:
    """Whether an auxiliary has a noun for its subject, which in a question follows it."""
    for place, word in enumerate(words):
        if word in auxiliaries:
            subject = next((each for each in words[place + 1 :] if each not in _DETERMINERS), ".")
            if subject[0].isalnum() and subject not in _FUNCTION:
                return True
    return False


def _phrases(text: str, words: Container[str]) -> list[str]:
    """Stretches of ``text`` made of the given words; a name keeps the small words inside it."""
    found: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if word.group().lower() in _EMPTY or _stem(word.group()) not in words:
            continue
        start, end = found[-1] if found else (0, 0)
        gap = text[end : word.start()]
        named = text[start].isupper() and word.group()[0].isupper()
        if found and (gap.isspace() or (named and _JOINT.fullmatch(gap))):
            found[-1] = (start, word.end())
        else:
            found.append(word.span())
    return [_POSSESSIVE.sub("", " ".join(text[start:end].split())) for start, end in found]


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text)}


def _stem(word: str) -> str:
    """The word in lower case, without the ``s`` of a plural or a possessive."""
    word = _POSSESSIVE.sub("", word.lower())
    return word[:-1] if len(word) > len("bus") and word.endswith("s") and not word.endswith("ss") else word
