// The prompt box can be typed in before the modules that work it have arrived. What is sent until then waits in the
// form, where composer.js takes it up. A classic script, so that it runs before anybody can press anything.

/** @param {HTMLFormElement} form */
function keepForLater(form) {
  form.dataset.early = "sent";
  form.setAttribute("aria-busy", "true");
  form.classList.add("is-sending");
  form.elements.namedItem("prompt").readOnly = true;
}

/** @param {Event} event @param {HTMLFormElement|null} form */
function early(event, form) {
  if (form?.id !== "composer" || form.dataset.early === "over") return;
  // The browser's own answers would be a line break, or the words in the address.
  event.preventDefault();
  keepForLater(form);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.id === "prompt") early(event, event.target.form);
});
document.addEventListener("submit", (event) => early(event, event.target));
