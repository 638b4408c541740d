// Enhancements of pages that work without JavaScript.
import "./conversation.js";
import "./copy.js";
import "./keys.js";
import "./original.js";
import "./preview.js";
import "./source.js";
import "./store.js";
import "./suggest.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
