import { root } from "./element.js";

// Show the progress of a rebuild. Without JavaScript the form is posted and the page reloads at the end.
const form = document.querySelector("form.rebuild");

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const whole = (rest + value).split("\n\n");
    rest = whole.pop();
    for (const event of whole) {
      const { event: name, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (data) yield [name, JSON.parse(data)];
    }
  }
}

function show(text, { done, total } = {}) {
  const bar = form.querySelector("progress");
  const stage = form.querySelector("#stage");
  if (stage.textContent !== text) stage.textContent = text; // announced once, not for every passage
  bar.hidden = total === undefined;
  if (total) [bar.max, bar.value] = [total, done];
  else bar.removeAttribute("value");
}

async function rebuild() {
  const reply = await fetch(form.action, { method: "POST", headers: { Accept: "text/event-stream" } });
  if (reply.status === 401) return location.assign(`${root}/admin`);
  if (!reply.ok) return fail(await reply.json());
  for await (const [name, data] of eventsOf(reply.body)) {
    if (name === "stage") show(`${data.name} …`, { done: 0, total: data.total });
    else if (name === "progress") show(`${data.name} …`, data);
    else if (name === "error") return fail(data);
    else if (name === "done") return location.assign(`${root}/admin?done=${data.built ? "built" : "unchanged"}`);
  }
  throw new Error("the stream ended early");
}

function fail({ message, hint }) {
  show(`${message} ${hint}`);
  setBusy(false);
}

function setBusy(busy) {
  form.ariaBusy = String(busy);
  form.querySelector("button").ariaDisabled = String(busy);
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  setBusy(true);
  show("Starting …", { total: 0 });
  rebuild().catch(() => fail({ message: "The connection was lost.", hint: "The build may still be running. Reload this page." }));
});

// The browser may restore the page as it was left: busy.
window.addEventListener("pageshow", (event) => form && event.persisted && (show(""), setBusy(false)));
