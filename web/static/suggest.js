// Complete a question with known questions and headings: a combobox of the WAI-ARIA practices.
// Without JavaScript, the datalist of the first page offers known questions.
import { element, fetchJson, root } from "./element.js";

const field = document.querySelector("form.ask [name=q]");
const list = element("ul", { id: "suggestions", className: "suggestions", role: "listbox", ariaLabel: "Suggestions", hidden: true });
let request = null;
let timer = 0;
let active = -1;

function close() {
  clearTimeout(timer);
  request?.abort();
  list.hidden = true;
  field.ariaExpanded = "false";
  field.removeAttribute("aria-activedescendant");
  active = -1;
}

function mark(place) {
  active = place;
  [...list.children].forEach((option, at) => (option.ariaSelected = String(at === active)));
  if (active < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", list.children[active].id);
}

async function suggest() {
  request?.abort();
  request = new AbortController();
  const typed = field.value.trim();
  if (!typed) return close();
  let found;
  try {
    found = (await fetchJson(`${root}/suggest?${new URLSearchParams({ q: typed })}`, request.signal))?.suggestions ?? [];
  } catch {
    return; // a newer request, or no server: the question can be asked as it is
  }
  if (!found.length || document.activeElement !== field) return close();
  list.replaceChildren(...found.map((text, at) => element("li", { id: `suggestion-${at}`, role: "option" }, text)));
  list.hidden = false;
  field.ariaExpanded = "true";
  mark(-1);
}

function start() {
  field.removeAttribute("list");
  field.role = "combobox";
  field.ariaAutoComplete = "list";
  field.ariaExpanded = "false";
  field.setAttribute("aria-controls", list.id);
  field.parentElement.append(list);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 100);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const count = list.children.length + 1; // one more for what was typed
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(((active + 1 + (event.key === "ArrowDown" ? 1 : count - 1)) % count) - 1);
    } else if (event.key === "Enter") {
      if (active >= 0) field.value = list.children[active].textContent;
      close();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  field.addEventListener("blur", close);
  field.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    field.value = option.textContent;
    field.form.requestSubmit();
  });
}

if (field) start();
