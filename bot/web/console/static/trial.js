// What each layer would say about a prompt; nothing is made.

import { api } from "./api.js";
import { field, guarded, h, name, say } from "./dom.js";
import { pending } from "./draft.js";
import { provenance } from "./provenance.js";

/** @param {HTMLElement} main */
export async function show(main) {
  const words = h("textarea", { rows: 3, required: true, dir: "auto", maxlength: 4000 });
  const outcome = h("div", { role: "status" });
  const test = h("button", { class: "button primary" }, say("test_button"));
  const form = h("form", { class: "card" }, h("p", { class: "hint" }, say("test_hint")), field("words", say("test_label"), words), h("div", { class: "row" }, test, pending().length > 0 && h("span", { class: "hint" }, say("test_draft"))));
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    guarded(test, async () => outcome.replaceChildren(result(await api("test", { words: words.value, edits: pending() }))));
  });
  main.append(form, outcome, ...provenance());
}

/** @param {any} run */
function result(run) {
  const by = run.decided_by && ` · ${say("decided_by", { layer: name("layer", run.decided_by) })}${run.reason ? ` (${name("reason", run.reason)})` : ""}`;
  const drawn = run.decision === "allow" || run.decision === "rewrite";
  return h(
    "section",
    { class: "card" },
    h("p", { class: drawn ? "verdict is-allowed" : "verdict is-refused" }, h("strong", {}, name("decision", run.decision)), by),
    h("ol", { class: "layers" }, ...run.layers.map(layer)),
    run.hits.length > 0 && h("p", {}, `${say("block_list")}: `, run.hits.map((/** @type {any} */ hit) => `${hit.term} (${say(hit.match)})`).join(", ")),
    run.safe_prompt && h("p", { dir: "auto" }, h("span", { class: "hint" }, `${say("would_draw")}: `), run.safe_prompt),
    run.suggestion && h("p", { dir: "auto" }, h("span", { class: "hint" }, `${say("would_suggest")}: `), run.suggestion),
    drawn && run.picture_checks.length > 0 && h("p", { class: "hint" }, `${say("would_look")}: ${run.picture_checks.map((/** @type {string} */ check) => name("layer", check)).join(", ")}`),
  );
}

/** @param {any} layer */
function layer(layer) {
  const scores = layer.scores.map((/** @type {[string, number]} */ [category, score]) => `${category} ${score}`).join(", ");
  const reason = layer.reason && layer.reason !== "none" && ` (${name("reason", layer.reason)})`;
  return h("li", {}, h("strong", {}, name("layer", layer.name)), ` ${name("says", layer.says)}`, reason, scores && h("span", { class: "hint" }, ` ${scores}`));
}
