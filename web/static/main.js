// Enhancements of pages that work without JavaScript.
import "./conversation.js";
import "./copy.js";
import "./keys.js";
import "./preview.js";
import "./source.js";
import { readStorage } from "./store.js";
import "./suggest.js";

if (document.querySelector(".brief") || readStorage("normqa.brief", "")) import("./brief.js");
if (document.querySelector("form.filter")) import("./documents.js");
if (document.querySelector("[data-view]")) import("./original.js");

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("change", async ({ target }) => {
  const { checked } = target; // the module, once loaded, shows what was stored before
  if (target.matches(".star input")) (await import("./brief.js")).collect(target, checked);
});
