// Whether a picture is ours, and what its file says about where it comes from.

import { api, session } from "./api.js";
import { field, guarded, h, say } from "./dom.js";

export function provenance() {
  const file = h("input", { type: "file", accept: "image/png,image/jpeg,image/webp" });
  const named = h("input", { type: "text", autocomplete: "off", maxlength: 300, dir: "auto" });
  const outcome = h("div", { role: "status" });
  const look = h("button", { class: "button" }, say("verify_button"));
  const form = h("form", { class: "card" }, h("h3", {}, say("verify_title")), h("p", { class: "hint" }, session.sends_files ? `${say("verify_hint")} ${say("verify_sends")}` : say("verify_hint")), field("verify-file", say("verify_file"), file), field("verify-named", say("verify_named"), named), h("div", { class: "row" }, look));
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const chosen = /** @type {HTMLInputElement} */ (file).files?.[0];
    guarded(look, async () => {
      const found = chosen ? await api("verify-file", chosen) : await api("verify", { text: named.value });
      outcome.replaceChildren(h("section", { class: "card" }, ...found.lines.map((/** @type {string} */ line) => h("p", { dir: "auto" }, line))));
      outcome.scrollIntoView({ block: "nearest" });
    });
  });
  return [form, outcome];
}
