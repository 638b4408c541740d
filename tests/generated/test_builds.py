"""A folder of any files is built, and every quote is a slice of what was read."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import asking
from tests.strategies import fewer, front_matters, utf_8_with_strays, wild_markdown
from tests.test_invariants import check_slices, here

few = fewer(6)
contents = st.one_of(
    wild_markdown.map(str.encode),
    st.builds(lambda head, body: f"---\n{head}\n---\n{body}".encode(), front_matters, wild_markdown),
    utf_8_with_strays().map(lambda case: case[0]),
    st.binary(max_size=100),
)
corpora = st.dictionaries(
    st.sampled_from(["b.md", "c.txt", "d.markdown", "e/f.md", "e/g"]), contents, min_size=1, max_size=5
)


def test_any_folder_is_built_and_quoted_verbatim() -> None:
    checked: Counter[str] = Counter()

    @few
    @given(corpora)
    def check(files: dict[str, bytes]) -> None:
        with here() as place:
            place.write({"a.md": "The norms are kept. Größe norms 3.5."})
            for name, raw in files.items():
                (place.corpus / name).parent.mkdir(exist_ok=True)
                (place.corpus / name).write_bytes(raw)
            service = place.service()
            service.build()
            texts = place.texts()
            assert [document.id for document in service.documents()] == sorted(texts)
            for question in ("What are the norms?", "Größe", "What is 12.5! so?"):
                checked["quotes"] += check_slices(service.ask(asking(question, 20)), texts)

    check()
    assert checked["quotes"] >= few.max_examples
