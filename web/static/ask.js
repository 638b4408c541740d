// Says at once that a question is under way, and keeps it from being sent twice.
const form = document.querySelector("form.ask");

function setBusy(busy) {
  form.querySelector(".progress").hidden = !busy;
  form.querySelector("button").disabled = busy;
  form.ariaBusy = String(busy);
}

form?.addEventListener("submit", (event) => {
  if (form.ariaBusy === "true") event.preventDefault();
  setBusy(true);
});

// Going back brings the page as it was left: busy.
window.addEventListener("pageshow", () => form && setBusy(false));
