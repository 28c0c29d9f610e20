// The console: who is here, which area is shown, and what is not saved yet.

import { api, session, start } from "./api.js";
import { byId, h, say } from "./dom.js";
import { drawDraftBar } from "./draft.js";
import * as decisions from "./decisions.js";
import * as history from "./history.js";
import * as overview from "./overview.js";
import * as people from "./people.js";
import * as queue from "./queue.js";
import * as rules from "./rules.js";
import * as trial from "./trial.js";

/** @type {Record<string, {show: (main: HTMLElement, wanted: string) => Promise<void>}>} */
const AREAS = { overview, rules, test: trial, queue, decisions, people, history };

const main = byId("main");
let shown = 0;

await start();
document.documentElement.lang = session.language;
document.title = say("title");
byId("title").textContent = say("title");
byId("skip").textContent = say("skip");
byId("who").textContent = say("signed_in", { name: session.name, community: session.community });
byId("nav").setAttribute("aria-label", say("nav"));
byId("nav").append(...Object.keys(AREAS).map((area) => h("a", { href: `console#${area}`, id: `nav-${area}` }, say(area))));
const leave = byId("leave");
leave.hidden = false;
leave.textContent = say("leave");
leave.addEventListener("click", async () => {
  await api("leave", {});
  location.reload();
});
byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", () => show(true));
drawDraftBar();
show(false);

/** @param {boolean} moved somebody went here: the keyboard follows */
async function show(moved) {
  const [named, wanted = ""] = location.hash.slice(1).split("/");
  const area = Object.hasOwn(AREAS, named) ? named : "overview";
  for (const name of Object.keys(AREAS)) {
    if (name === area) byId(`nav-${name}`).setAttribute("aria-current", "page");
    else byId(`nav-${name}`).removeAttribute("aria-current");
  }
  byId(`nav-${area}`).scrollIntoView({ block: "nearest", inline: "nearest" });
  const turn = ++shown;
  const page = h("div", { class: "area" }, h("h2", {}, say(area)));
  main.setAttribute("aria-busy", "true");
  try {
    await AREAS[area].show(page, wanted);
  } catch (error) {
    page.append(h("p", { class: "problem" }, /** @type {Error} */ (error).message));
  }
  if (turn !== shown) return;
  main.replaceChildren(page);
  main.removeAttribute("aria-busy");
  const target = /** @type {HTMLElement|null} */ (page.querySelector(".is-wanted"));
  if (target) target.focus();
  else if (moved) main.focus({ preventScroll: false });
}

window.addEventListener("console:reload", () => show(false));
