// What script adds to pages that work without it.
import "./conversation.js";
import "./copy.js";
import "./keys.js";
import "./preview.js";
import "./source.js";
import "./store.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
