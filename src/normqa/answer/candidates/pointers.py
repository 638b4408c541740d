"""Recognise sentences that only point elsewhere, such as "The note on treaties explains this"."""

import re
from collections.abc import Sequence

from normqa.answer.candidates.candidate import Candidate
from normqa.text.canonical import one_line

_PLACE = r"""
    (?: (?: another | other | separate | following | previous | next | first | last | full ) \s+ )?
    (?: annex | appendix | article | chapter | comparison | document | figure | guide | note | overview
      | page | section | table | text ) (?: s | es )?
"""
_TELLS = r"""
    (?: compare | cover | describe | discuss | document | explain | explore | give | introduce | list
      | outline | present | show | summari[sz]e | tell | treat ) s?
"""
_TOLD = r"""
    (?: compared | covered | described | discussed | documented | explained | explored | found | given
      | introduced | listed | outlined | presented | shown | summari[sz]ed | told | treated )
"""
# "How they differ is shown in the comparison", but not "The law failed and is described in the note".
_TOLD_THERE = rf"""
    (?: (?! \b (?: and \s+ (?: is | are ) | which ) \b ) . )*
    \b (?: is | are | can \s+ be | will \s+ be ) \s+ {_TOLD} \s+ (?: in | on | under ) \s+
    (?: the | a | an | another | its | their | our ) \s+ {_PLACE} \b .*
"""
# "The notes on the EU explain the sanctions."
_PLACE_TELLS = rf"""
    (?: the | a | an | another | our ) \s+ {_PLACE} \s+ (?: about | above | below | on ) \s+
    .* \b {_TELLS} \b .*
"""
# "See also the note on treaties.", "For more, read the guide.", "More on this in the next chapter."
_SEE = rf"""
    \(? \s* see \s+ (?: also | the | our | below | above | {_PLACE} ) \b .*
  | for \s+ (?: more | further | details ) \b .* \b (?: see | read | visit ) \b .*
  | (?: read \s+ )? more \s+ (?: about | on ) \b .* \b (?: in | see ) \b .*
"""
_POINTER = re.compile(rf"(?: {_TOLD_THERE} | {_PLACE_TELLS} | {_SEE} )", re.IGNORECASE | re.VERBOSE)

_LONGEST = 250
"""Maximum characters of a pointer. A longer sentence also says something itself."""


def is_pointer(sentence: str) -> bool:
    """Return whether an English sentence only says where something is explained."""
    text = one_line(sentence)
    return len(text) <= _LONGEST and _POINTER.fullmatch(text) is not None


def without_pointers(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Drop the candidates that only point elsewhere, unless all sentences do."""
    kept = [candidate for candidate in candidates if not is_pointer(candidate.text)]
    return kept if any(candidate.listing is None for candidate in kept) else list(candidates)
