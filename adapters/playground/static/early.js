// What is typed and pressed before the modules that work the page have arrived waits for them here, and is pressed again
// when app.js says that they have. A classic script, so that it runs before anybody can press anything.
(() => {
  /** @type {(() => void)[]} */
  const waiting = [];

  /** The browser's own answers would be a line break, or the words in the address. @param {Event} event @param {HTMLFormElement} form */
  function send(event, form) {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    look(form, true);
    waiting.push(() => {
      look(form, false);
      form.requestSubmit();
    });
  }

  /** As the composer looks while it sends. @param {HTMLFormElement} form @param {boolean} sending */
  function look(form, sending) {
    form.setAttribute("aria-busy", String(sending));
    form.classList.toggle("is-sending", sending);
    form.elements.namedItem("prompt").readOnly = sending;
  }

  /** @type {Record<string, (event: any) => void>} */
  const listeners = {
    keydown: (event) => {
      const composing = event.isComposing || event.keyCode === 229; // Safari, see dialogs.js
      if (event.target.id === "prompt" && event.key === "Enter" && !event.shiftKey && !composing) send(event, event.target.form);
    },
    submit: (event) => event.target.id === "composer" && send(event, event.target),
    click: (event) => {
      const button = event.target.closest("button[type=button]");
      if (button) waiting.push(() => button.click());
    },
    change: (event) => {
      if (event.target.name === "view") waiting.push(() => event.target.click());
    },
  };

  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  document.addEventListener(
    "playground:ready",
    () => {
      for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
      for (const press of waiting) press();
    },
    { once: true },
  );
})();
