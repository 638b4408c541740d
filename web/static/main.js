// Enhancements of pages that work without JavaScript.
import "./conversation.js";
import "./copy.js";
import "./keys.js";
import "./preview.js";
import "./source.js";
import "./store.js";
import "./suggest.js";

if (document.querySelector("[data-view]")) import("./original.js");

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
