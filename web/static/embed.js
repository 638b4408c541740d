// Define <norm-qa server="…">, which asks a normqa server and shows the quotes. docs/embed.md describes it.
{
  const SECONDS = 60;
  const BANDS = { strong: "Strong match", fair: "Fair match", weak: "Weak match: check it", uncalibrated: "Found" };
  const REFUSALS = { empty_index: "There are no documents to search.", other_language: "No answer found: the documents are in another language." };
  const ROLLED_BACK = "The index was rolled back to an older state of the documents. Text that has changed since may be quoted.";
  const UNREACHABLE = "The server did not respond, or does not allow this page to ask. Try again later.";

  // A constructed style sheet is not subject to the policy of the page for inline styles.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host { all: initial; display: inline-block; color-scheme: light dark;
  --paper: light-dark(#fdfcf9, #191816); --ink: light-dark(#1d1c1a, #eae6dd); --quiet: light-dark(#66625b, #a49e92);
  --rule: light-dark(#d9d4c8, #3b3832); --accent: light-dark(#1f4e79, #8fbbe8); --mark: light-dark(#fbe9a0, #5b4c12); }
:host([inline]) { display: block; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.box { padding: 1rem; border: 1px solid var(--rule); border-radius: 6px; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
dialog.box { width: min(32rem, 100vw - 2rem); max-height: calc(100dvh - 2rem); margin: 1rem 1rem auto auto; overflow: auto; }
dialog::backdrop { background: #0004; }
header { display: flex; justify-content: space-between; margin-bottom: .5rem; }
h2 { margin: 0; font-size: 1.1rem; }
p, ol, ul { margin: .5rem 0; padding: 0; list-style: none; }
label { display: block; margin-bottom: .25rem; color: var(--quiet); font-size: .85rem; }
.field { display: flex; gap: .5rem; }
input { flex: 1; min-width: 0; padding: .5rem; border: 1px solid var(--quiet); border-radius: 4px; background: none; color: inherit; font: inherit; }
button { min-width: 2rem; min-height: 2rem; padding: .5rem 1rem; border: 1px solid transparent; border-radius: 4px; background: var(--accent); color: var(--paper); font: 600 1rem/1.25 system-ui, sans-serif; cursor: pointer; }
.close { padding: 0; background: none; color: inherit; font-size: 1.5rem; }
[aria-disabled=true] { opacity: .6; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.status { font-weight: 600; min-height: 1.5em; }
.note { color: var(--quiet); font-size: .9rem; }
ol { counter-reset: quote; }
li { counter-increment: quote; margin: 0 0 1rem; padding-inline-start: .75rem; border-inline-start: 3px solid var(--rule); }
blockquote, .context { max-width: 65ch; margin: 0 0 .25rem; font: 1.05rem/1.55 Georgia, "DejaVu Serif", serif; white-space: pre-wrap; }
.context { color: var(--quiet); font-size: 1rem; }
cite { display: flex; gap: .35em; font-style: normal; font-size: .9rem; color: var(--quiet); }
ol cite::before { flex: none; content: counter(quote) "."; }
mark { background: var(--mark); color: inherit; }
a { display: inline-block; min-height: 1.5rem; color: var(--accent); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (prefers-reduced-motion: no-preference) { dialog[open] { animation: appear .15s; } }
@keyframes appear { from { opacity: 0; } }
@media (forced-colors: active) { mark { background: Mark; color: MarkText; forced-color-adjust: none; } button { --accent: ButtonFace; --paper: ButtonText; border-color: ButtonBorder; } }
`);

  // Make an element. Its children are text or other elements, never markup.
  const element = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // Return a link that opens in a new tab; only its text if it leads away from the server.
  const link = (text, address, server) => {
    const target = new URL(address, server);
    if (target.origin !== server.origin) return text;
    return element("a", { href: target.href, target: "_blank", rel: "noopener" }, text, element("span", { className: "unseen" }, " (opens in a new tab)"));
  };

  // Split the text of a quote around its answer. Positions count code points.
  const parts = ({ text, start, end, answer }) => {
    if (answer.start === start && answer.end === end) return [text];
    const characters = [...text];
    const slice = (from, to) => characters.slice(from - start, to - start).join("");
    return [slice(start, answer.start), element("mark", {}, slice(answer.start, answer.end)), slice(answer.end, end)];
  };

  const passage = (quote, isAnswer = true) =>
    element("blockquote", { lang: quote.document.language ?? "", dir: "auto" }, ...(isAnswer ? parts(quote) : [quote.text]));

  const context = (quote) =>
    quote.context.map((part) => element("p", { className: "context", lang: quote.document.language ?? "", dir: "auto" }, part.text));

  const source = (quote, server) => {
    const page = quote.page && `page ${quote.page_label ?? quote.page}`;
    const place = [[quote.document.title, ...quote.section].join(" › "), page, quote.recognised && "recognised text"];
    return element("cite", {}, link(place.filter(Boolean).join(", "), quote.href, server));
  };

  const passages = (quotes, server, isAnswer) =>
    element("ol", {}, ...quotes.map((quote) => element("li", {}, ...context(quote), passage(quote, isAnswer), source(quote, server))));

  // A list: its introduction, its items and one source.
  const list = (quotes, hasLeadIn, server) => {
    const items = hasLeadIn ? quotes.slice(1) : quotes;
    const shown = items.map((item) => element("li", {}, passage(item)));
    return [...(hasLeadIn ? [passage(quotes[0])] : context(quotes[0])), element("ul", {}, ...shown), source(quotes[0], server)];
  };

  const note = (text) => element("p", { className: "note" }, text);

  const names = (positions) => (positions.length ? positions.map((position) => `quote ${position + 1}`).join(", ") : "no answer found");

  // Return what an answer says beside its quotes.
  const notes = ({ question, searched_as, index, absent, items_left }) => [
    index.warning,
    index.rolled_back && ROLLED_BACK,
    searched_as !== question.trim().replace(/\s+/g, " ").normalize() && `Searched as: ${searched_as}`,
    absent.length && `Not mentioned in these passages: ${absent.join(", ")}.`,
    items_left && `${items_left} more items are in the document.`,
  ].filter(Boolean).map(note);

  // Return an answer as elements.
  const view = (answer, server) => {
    const { quotes, near_misses, kind, has_best_sentence, has_lead_in } = answer;
    const shown = [...notes(answer), ...answer.parts.map((part) => note(`${part.question} – ${names(part.quotes)}`))];
    if (near_misses.length) shown.push(note("Closest passages, which may not answer the question"), passages(near_misses, server, false));
    if (kind === "list" && quotes.length) {
      const best = has_best_sentence ? quotes.slice(0, 1) : [];
      if (best.length) shown.push(passages(best, server));
      shown.push(...list(quotes.slice(best.length), has_lead_in, server));
    } else if (quotes.length) shown.push(passages(quotes, server));
    const whole = new URL(`?${new URLSearchParams({ q: answer.question })}`, server);
    return [...shown, element("p", {}, link("Continue on the full page", whole, server))];
  };

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  const verdict = ({ status, reason, band, quotes }) =>
    status === "answered" ? `${BANDS[band] ?? "Found"} (${count(quotes.length, "quote")})` : (REFUSALS[reason] ?? "No answer found in these documents.");

  const home = document.currentScript?.src;

  class NormQa extends HTMLElement {
    #asking = null;
    #field = element("input", { id: "q", required: true, autofocus: true, maxLength: 2000, autocomplete: "off", enterKeyHint: "search" });
    #button = element("button", {}, "Ask");
    #status = element("p", { className: "status", role: "status" });
    #answer = element("div", {});

    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      const isInline = this.hasAttribute("inline");
      const given = this.getAttribute("label");
      const label = given || "Ask the documents";
      const lang = given ? (this.closest("[lang]")?.lang ?? "") : "en";
      const form = element("form", { role: "search", ariaLabel: label }, element("label", { htmlFor: "q", lang: isInline ? lang : "en" }, isInline ? label : "Question"), element("div", { className: "field" }, this.#field, this.#button));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#ask(this.#field.value.trim());
      });
      const content = [form, this.#status, this.#answer];
      if (isInline) {
        this.#field.autofocus = false;
        shadow.append(element("div", { className: "box", lang: "en" }, ...content));
        return;
      }
      const close = element("button", { className: "close", ariaLabel: "Close" }, "×");
      const header = element("header", {}, element("h2", { lang }, label), close);
      const dialog = element("dialog", { className: "box", lang: "en", ariaLabel: label, closedBy: "any" }, header, ...content);
      const open = element("button", { part: "button", ariaHasPopup: "dialog", lang }, label);
      close.addEventListener("click", () => dialog.close());
      open.addEventListener("click", () => dialog.showModal());
      shadow.append(open, dialog);
    }

    disconnectedCallback() {
      this.#asking?.abort();
      this.#asking = null;
    }

    // The address of the server: the attribute, or else where this script is from.
    get #server() {
      const server = new URL(this.getAttribute("server") || new URL(".", home), document.baseURI);
      if (!server.protocol.startsWith("http")) throw new TypeError("no address");
      server.pathname = server.pathname.replace(/\/*$/, "/");
      server.search = server.hash = "";
      return server;
    }

    async #ask(question) {
      if (!question || this.#button.ariaDisabled === "true") return;
      this.#asking?.abort();
      const asking = (this.#asking = new AbortController());
      const timer = setTimeout(() => asking.abort(), SECONDS * 1000);
      this.#show("Searching the documents …", true);
      try {
        const server = this.#server;
        const headers = { "Content-Type": "application/json" };
        const body = JSON.stringify({ question });
        const reply = await fetch(new URL("ask", server), { method: "POST", headers, body, credentials: "omit", signal: asking.signal });
        const told = await reply.json();
        if (asking !== this.#asking) return;
        if (reply.ok) this.#show(verdict(told), false, view(told, server));
        else this.#fail(told.message, Number(reply.headers.get("Retry-After")));
      } catch {
        if (asking === this.#asking) this.#show(UNREACHABLE);
      } finally {
        clearTimeout(timer);
      }
    }

    #show(status, isBusy = false, shown = []) {
      this.#status.textContent = status;
      this.#answer.ariaBusy = String(isBusy);
      this.#answer.replaceChildren(...shown);
    }

    // Show an error. If the server says when to try again, ask nothing before.
    #fail(message, seconds) {
      if (!(seconds > 0)) return this.#show(message || UNREACHABLE);
      this.#button.ariaDisabled = "true";
      this.#show(`${message} Try again in ${count(seconds, "second")}.`);
      setTimeout(() => {
        this.#button.ariaDisabled = "false";
        this.#show("You can ask again.");
      }, seconds * 1000);
    }
  }

  if (!customElements.get("norm-qa")) customElements.define("norm-qa", NormQa);
}
