"""Known questions near another one, and completions."""

from normqa.datatypes import Metadata
from normqa.search.filters import Filters
from normqa.serve.pages.corpus.completions import Completions
from normqa.serve.pages.corpus.digest import CorpusDigest
from normqa.serve.pages.corpus.known_questions import KnownQuestions

KNOWN = KnownQuestions(
    ["What does the pelican eat?", "When does the pelican sleep?", "Which birds dive?", "Who chairs the zoo?"]
)


def test_nearest_questions_share_rare_words() -> None:
    assert KNOWN.nearest("Do pelicans boil?", 3) == [
        "What does the pelican eat?",
        "When does the pelican sleep?",
    ]
    assert KNOWN.nearest("Do pelicans boil?", 1) == ["What does the pelican eat?"]
    assert KNOWN.nearest("What is lead?", 3) == []
    assert KNOWN.nearest("", 3) == []


def test_question_itself_is_not_offered() -> None:
    assert KNOWN.nearest("What do pelicans eat?", 3) == ["When does the pelican sleep?"]


def test_related_question_has_a_word_that_the_quotes_do_not_contain() -> None:
    question = "What does the pelican eat?"
    assert KNOWN.related(question, "The pelican eats herring.", 3) == ["When does the pelican sleep?"]
    assert KNOWN.related(question, "The pelican eats and sleeps.", 3) == []


def test_completions_begin_words_with_what_is_typed() -> None:
    completions = Completions(["What does the pelican eat?", "Pelicans", "Café “L’Été”"])
    assert completions.find("pel", 3) == ["Pelicans", "What does the pelican eat?"]
    assert completions.find("EAT pel", 3) == ["What does the pelican eat?"]
    assert completions.find("what does", 3) == ["What does the pelican eat?"]
    assert completions.find("café l'é", 3) == ["Café “L’Été”"]
    assert completions.find("elican", 3) == []
    assert completions.find(" ?", 3) == []


def test_metadata_that_nearly_all_documents_share_is_common() -> None:
    nine = [(f"{number}", Metadata(source="Notes", date=f"202{number}")) for number in range(9)]
    assert CorpusDigest([*nine, ("9", Metadata(source="Other"))]).common.source == "Notes"
    assert CorpusDigest([*nine, ("9", Metadata(source="Other"))]).common.date is None
    assert CorpusDigest(nine).common.source is None
    assert CorpusDigest([]).common.source is None


def test_narrowed_corpus_offers_only_its_own_questions() -> None:
    digest = CorpusDigest(
        [
            ("birds/a", Metadata(questions=("What does the pelican eat?",))),
            ("fish/b", Metadata(questions=("When does the pelican sleep?",))),
        ]
    )
    within = Filters(folders=("fish",))
    assert digest.known_in(within).nearest("Do pelicans boil?", 3) == ["When does the pelican sleep?"]
    assert digest.examples_in(within) == ["When does the pelican sleep?"]
    assert len(digest.known_in(Filters()).nearest("Do pelicans boil?", 3)) == 2
