"""The markup of site generators and wikis is not text, and callouts read as their labels."""

import pytest

from normqa.datatypes import BlockKind, Document, Metadata
from normqa.load.markup.markdown import load_markdown


def load(body: str) -> Document:
    return load_markdown("doc", body, Metadata())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('!!! warning "Hot *lid*"\n    Do not *touch*.', "Hot lid\nDo not touch."),
        ("!!! note\n    Text.\n\n    More text.\n\nAfter.", "Note\nText.\n\nMore text.\n\nAfter."),
        ('!!! note inline end ""\n    Text.', "Text."),
        ("??? tip\n    Text.", "Tip\nText."),
        ('???+ own-kind "Title"\n    Text.', "Title\nText."),
        ("!!! danger Keep out\n    Text.", "Keep out\nText."),
        ("Wow!\n!!! Yes, so it is", "Wow!\n\n!!! Yes, so it is"),
        ("> [!IMPORTANT]\n> Keep the key.", "Important\nKeep the key."),
        ("> [!faq]- Why?\n> So.", "Why?\nSo."),
        ("> [!NOTE]\n>\n> Text.\n\n> Quoted [!NOTE]", "Note\n\nText.\n\nQuoted [!NOTE]"),
        (":::note\nText.\n:::\nAfter.", "Note\nText.\n\nAfter."),
        (":::tip[Title]{#id}\n\nText.\n\n:::", "Title\nText."),
        ('::: {.callout-caution title="Title"}\nText.\n:::', "Title\nText."),
        ("::::: columns\n::: {.column}\nText.\n:::\n:::::", "Text."),
        ("::: details More to read :::\nText.\n:::", "More to read\nText."),
        ("```{warning}\nText *and* text.\n```", "Warning\nText and text."),
        ("```{seealso} Title\n:class: tip\nText.\n```", "Title\nText."),
        ("```{note}\nis code without an end", "is code without an end"),
    ],
)
def test_the_mark_of_a_callout_reads_as_its_label(source: str, text: str) -> None:
    document = load(source)
    assert document.text == text
    kinds = {block.kind for block in document.blocks}
    assert kinds == {BlockKind.CODE if "without an end" in source else BlockKind.PARAGRAPH}


def test_the_label_of_a_callout_introduces_a_list_in_it() -> None:
    document = load('!!! tip "Bring these"\n    - a pin\n    - a key')
    [only] = document.lists
    assert only.lead_in is not None
    assert only.lead_in.of(document.text) == "Bring these"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% include nav.html %}\n# T\n\nText.", "T\n\nText."),
        ("Now {{ site.name }} {% if a %}is{% else %}was{% endif %} open.", "Now iswas open."),
        ('{{< figure src="a.png" >}}\n\nText {{% ref "b" %}} {{- c -}}.', "Text."),
        ("Text {{{ raw }}} {# remark #}here {{/* and\nthere */}}.", "Text here."),
        ('See [the page]({{< ref "a b.md" >}} "T") and [this]({% link c.md %}).', "See the page and this."),
        ("[a][b] ![c]({{ '/d.png' | url }})\n\n[b]: {{ site.url }}/e", "a c"),
        (
            "A {% comment %}hidden{% endcomment %}b.\n\n{% comment %}\n\nhidden\n\n{% endcomment %}\n\nc",
            "A b.\n\nc",
        ),
        ("{% raw %}{{ kept }}{% endraw %}, {{ not }}this", "{{ kept }}, this"),
        ("{% raw %}\n\nKept {{ here }}.\n\n{% endraw %}", "Kept {{ here }}."),
        ("{% highlight py %}\nx = {{ y }}\n\n*z*\n{% endhighlight %}", "x = {{ y }}\n\n*z*"),
        ("{{< highlight go >}}\nf(a*b*c)\n{{< /highlight >}}\n\nText.", "f(a*b*c)\n\nText."),
        ("{% code %}\n```js\nlet a\n```\n{% endcode %}", "let a"),
        ("<div>Now {{ a }} open <code>{{ b }}</code></div>", "Now open {{ b }}"),
        ("`{{ a }}` $x_{{a}}$ ${{ env.b }} \\{{ c }}", "{{ a }} $x_{{a}}$ ${{ env.b }} {{ c }}"),
        ("    {{ code }}\n\n```\n{% code %}\n```", "{{ code }}\n\n{% code %}"),
        ("The set {x}, {a, b} and {x=1}, and {{ unclosed", "The set {x}, {a, b} and {x=1}, and {{ unclosed"),
    ],
)
def test_tags_of_templates_are_not_text(source: str, text: str) -> None:
    assert load(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "import A from './a'\nimport {\n  B,\n  C\n} from \"b\"\nexport const d = {\n  e: 1\n}\n\nText.",
            "Text.",
        ),
        ("export default ({ children }) => <A>{children}</A>\n\nText.", "Text."),
        ("import duties rose.\n\nexport default settings\n\nExport them.", None),
        ("<Note>\nSome *text*.\n</Note>\nAfter.", "Some text.\n\nAfter."),
        ("<Tabs items={['a', 'b']}>\n\nText\n\n</Tabs>", "Text"),
        ('<Card\n  title="x"\n  icon={<Icon />}\n>\nText\n</Card>', "Text"),
        ("A <Foo.Bar a={{ b: 1 }} {...c} /> b <>c</> <a href={d}>e</a>.", "A b c e."),
        ("<div className={a} onClick={() => b}>\nText\n</div>", "Text"),
        ("A {/* remark */}b. `<A b={c}>`", "A b. <A b={c}>"),
        ("if a < b {c} > d <file.txt>", None),
        ("<TABLE><TR><TD>a</TD></TR></TABLE>", "a"),
    ],
)
def test_the_markup_of_mdx_is_not_text(source: str, text: str | None) -> None:
    assert load(source).text == (source if text is None else text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Fees {#fees .big}\n\nText.\n\n## Hours{: .x }\n\nB", "Fees\n\nText.\n\nHours\n\nB"),
        ("Text.\n{: .note }\n\n{:.wide}\n- a\n{: #b}", "Text.\n\na"),
        ('[a](b){:target="_blank"} ![c](d){width=30} `e`{.py} **f**{.g}.', "a c e f."),
        ("| a |\n|---|\n| b |\n{: .table}\n\n{:toc}\n\nEnd", "a\nb\n\nEnd"),
        (
            "The {.class} and {#id} of f(x){y=1} and \\sum_{i=1}.",
            "The {.class} and {#id} of f(x){y=1} and \\sum_{i=1}.",
        ),
        ("# The set {x}\n\n`{.a}` {...}", "The set {x}\n\n{.a} {...}"),
    ],
)
def test_attribute_lists_are_not_text(source: str, text: str) -> None:
    assert load(source).text == text


def test_an_attribute_list_does_not_separate_a_list_from_its_lead_in() -> None:
    document = load("Steps:\n\n{: .steps}\n\n1. a\n2. b")
    [only] = document.lists
    assert only.lead_in is not None


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("See [[target|what is *shown*]] and [[Page name]].", "See what is *shown* and Page name."),
        ("[[Page#Part]] [[#Part]] [[a/b\\|c]]", "Page > Part Part c"),
        ("| [[a\\|b]] | c |\n|---|---|", "b\tc"),
        ("![[map.png|300]]\n\nText ![[note#part]] here.", "Text here."),
        ("[[_TOC_]]\n\n[[toc]]\n\nText", "Text"),
        ("`[[a|b]]` [[1]](c) [[2]] [[d]](e) [[f]]: g", "[[a|b]] [1] [[2]] [d] [[f]]: g"),
        ("[[a]]\n\n[a]: https://un.example", "[a]"),
        ("if [[ -f x ]] then", "if [[ -f x ]] then"),
    ],
)
def test_wikilinks_read_as_what_they_show(source: str, text: str) -> None:
    assert load(source).text == text
