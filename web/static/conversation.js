// Ask without leaving the page: show the question at once, then replace it with the answer.
import { announce, element, fetchPart, isPlain, root } from "./element.js";
import { keep } from "./store.js";

const MAX_TURNS = 6; // older turns become links
const MAX_LINKS = 20; // older links are removed

const talk = document.querySelector(".talk");
const form = talk?.querySelector("form.ask");
const turns = talk?.querySelector(".turns");
const field = form?.elements.q;
const hint = field?.placeholder;
const start = here();
let request = null;
let queued = ""; // sent while another question is being answered

function here() {
  return location.pathname + location.search;
}

const shown = () => [...turns.querySelectorAll(".turn:not([hidden])")];

function updateForm(last) {
  for (const welcome of talk.querySelectorAll(".welcome")) welcome.hidden = Boolean(last) || welcome.matches(".empty");
  talk.querySelector("h1").classList.toggle("unseen", Boolean(last));
  form.querySelector("label").textContent = last ? form.dataset.next : form.dataset.first;
  field.placeholder = last ? form.dataset.next : hint;
  for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
  for (const [name, value] of new URLSearchParams(last?.dataset.next ?? form.dataset.start)) {
    form.append(element("input", { type: "hidden", name, value }));
  }
}

function pending(question) {
  const cancel = element("button", { type: "button", className: "quiet" }, "Cancel");
  cancel.addEventListener("click", () => request?.abort());
  const progress = element("p", { className: "progress" }, "Searching the documents… ", cancel);
  return element("article", { className: "turn pending" }, element("h2", { className: "question" }, question), progress);
}

function failed(question, address) {
  const retry = element("a", { className: "retry", href: address }, "Try again");
  retry.dataset.ask = "";
  return element(
    "article",
    { className: "turn failed" },
    element("h2", { className: "question" }, question),
    element("p", { className: "verdict" }, "The question could not be answered."),
    element("p", {}, "The server did not respond correctly."),
    element("p", {}, retry),
  );
}

function toTrail(turn) {
  const heading = turn.querySelector(".question").textContent;
  let trail = talk.querySelector(".trail");
  if (!trail) {
    trail = element("nav", { className: "trail", ariaLabel: "Earlier questions" }, element("ol"));
    turns.before(trail);
  }
  const links = trail.firstElementChild;
  links.append(element("li", {}, element("a", { href: turn.dataset.address }, heading)));
  while (links.children.length > MAX_LINKS) links.firstElementChild.remove();
  turn.remove();
}

function present(turn) {
  const heading = turn.querySelector(".question");
  heading.tabIndex = -1;
  if (!field.value) heading.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
  const parts = turn.querySelectorAll(".band, .verdict");
  announce([...parts].map((part) => part.textContent).join(" ") || heading.textContent);
}

export async function ask(address, question) {
  if (request) return;
  request = new AbortController();
  for (const stale of turns.querySelectorAll(".turn[hidden], .turn.failed")) stale.remove();
  const waiting = pending(question);
  turns.append(waiting);
  for (const welcome of talk.querySelectorAll(".welcome")) welcome.hidden = true;
  talk.querySelector("h1").classList.add("unseen");
  form.ariaBusy = "true";
  field.value = "";
  waiting.scrollIntoView({ block: "nearest" });
  announce("Searching the documents…");
  let answered = null;
  try {
    const reply = await fetchPart(address, ".turn", request.signal);
    const turn = reply.part ?? failed(question, address);
    waiting.replaceWith(turn);
    if (reply.ok && reply.part) {
      answered = turn;
      turn.dataset.address = address;
      history.pushState({}, "", address);
      document.title = reply.title;
    } else if (!turn.querySelector(".retry")) field.value ||= question;
    present(turn);
  } catch (error) {
    if (error.name === "AbortError") {
      waiting.remove();
      field.value ||= question;
      field.focus();
      announce("Cancelled.");
    } else {
      const turn = failed(question, address);
      waiting.replaceWith(turn);
      present(turn);
    }
  }
  request = null;
  form.ariaBusy = "false";
  const all = shown().filter((turn) => turn.dataset.address);
  updateForm(answered ?? all.at(-1) ?? (turns.querySelector(".failed") ? { dataset: {} } : null));
  for (const old of all.slice(0, -MAX_TURNS)) toTrail(old);
  if (answered) keep();
  const next = queued;
  queued = "";
  if (answered && next && field.value === next) form.requestSubmit();
}

export function cancel() {
  request?.abort();
  return Boolean(request);
}

function show() {
  request?.abort();
  const all = [...turns.querySelectorAll(".turn")];
  const at = all.findIndex((turn) => turn.dataset.address === here());
  if (at < 0 && (here() !== start || start !== `${root}/`)) return location.reload();
  all.forEach((turn, place) => (turn.hidden = place > at));
  updateForm(all[at]);
  document.title = at < 0 ? "normqa" : `${all[at].querySelector(".question").textContent} · normqa`;
}

if (turns) {
  const first = turns.querySelector(".turn");
  if (first) first.dataset.address = start;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = field.value;
    if (request) queued = question;
    else if (question.trim()) ask(`${root}/?${new URLSearchParams(new FormData(form))}`, question);
  });
  talk.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    ask(link.getAttribute("href"), new URL(link.href).searchParams.get("q"));
  });
  addEventListener("popstate", () => {
    if (here() !== shown().at(-1)?.dataset.address) show();
  });
  keep();
}
