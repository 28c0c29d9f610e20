// The last decisions, and what each layer said.

import { api } from "./api.js";
import { h, name, say, time } from "./dom.js";

/** @param {HTMLElement} main */
export async function show(main) {
  const list = await api("decisions");
  main.append(h("p", { class: "hint" }, say("decisions_hint")));
  if (!list.length) return main.append(h("p", { class: "card hint" }, say("decisions_none")));
  main.append(...list.map(decision));
}

/** @param {any} one */
function decision(one) {
  const drawn = one.decision === "allow" || one.decision === "rewrite";
  const reason = one.reason && !drawn && ` · ${name("reason", one.reason)}`;
  const layers = one.layers.map((/** @type {string[]} */ [layer, says, why]) => h("li", {}, h("strong", {}, name("layer", layer)), ` ${name("says", says)}`, why && why !== "none" && ` (${name("reason", why)})`));
  return h(
    "details",
    { class: "card line" },
    h("summary", {}, h("span", { class: drawn ? "verdict is-allowed" : "verdict is-refused" }, name("decision", one.decision)), reason, " · ", one.who, " · ", time(one.at)),
    h("blockquote", { dir: "auto" }, one.words || say("queue_forgotten")),
    h("ol", { class: "layers" }, ...layers),
  );
}
