// Use, refusals and cost of the last 30 days, and what is left of the budget.

import { api } from "./api.js";
import { bars, legend, meter, ranking, table } from "./charts.js";
import { h, money, name, say } from "./dom.js";

const WARNING = 0.8;

/** @param {HTMLElement} main */
export async function show(main) {
  const { days, budgets } = await api("overview");
  main.append(h("div", { class: "cards" }, ...budgets.map(budgetCard)), useCard(days), costCard(days), reasonsCard(days));
}

/** @param {any} budget */
function budgetCard(budget) {
  const share = budget.cap ? (budget.used + budget.held) / budget.cap : 0;
  const words = budget.cap ? say("budget_used", { used: money(budget.used), cap: money(budget.cap) }) : say("budget_free", { used: money(budget.used) });
  return h(
    "section",
    { class: "card" },
    h("h3", {}, say(`budget_${budget.period}`)),
    h("p", { class: "figure" }, words),
    budget.cap > 0 && meter(share, share >= 1 ? "is-full" : share >= WARNING ? "is-near" : ""),
    budget.held > 0 && h("p", { class: "hint" }, say("budget_held", { held: money(budget.held) })),
  );
}

/** @param {any[]} days */
function useCard(days) {
  const allowed = days.map((day) => day.allowed);
  const refused = days.map((day) => day.refused);
  const summary = say("use_chart", { allowed: sum(allowed), refused: sum(refused) });
  const series = [
    { name: say("allowed"), values: allowed },
    { name: say("refused"), values: refused },
  ];
  const rows = days.map((day) => [day.day, day.allowed, day.refused]);
  return card("use", summary, bars(days.map((day) => day.day), series, summary, String), legend(series.map((one) => one.name)), table(say("use"), [say("day"), say("allowed"), say("refused")], rows.reverse()));
}

/** @param {any[]} days */
function costCard(days) {
  const cost = days.map((day) => day.cost);
  const summary = say("cost_chart", { cost: money(sum(cost)), pictures: sum(days.map((day) => day.pictures)) });
  const rows = days.map((day) => [day.day, day.pictures, money(day.cost)]);
  if (!sum(cost)) return card("cost", summary);
  return card("cost", summary, bars(days.map((day) => day.day), [{ name: say("cost"), values: cost }], summary, money), table(say("cost"), [say("day"), say("pictures"), say("cost")], rows.reverse()));
}

/** @param {any[]} days */
function reasonsCard(days) {
  /** @type {Record<string, number>} */
  const counted = {};
  for (const day of days) for (const [reason, number] of day.refusals) counted[reason] = (counted[reason] ?? 0) + number;
  const rows = Object.entries(counted).sort((one, other) => other[1] - one[1]).map(([reason, number]) => /** @type {[string, number]} */ ([name("reason", reason), number]));
  return h("section", { class: "card" }, h("h3", {}, say("reasons")), rows.length ? ranking(rows) : h("p", { class: "hint" }, say("reasons_none")));
}

/** @param {string} title @param {string} summary @param {...Node} content */
function card(title, summary, ...content) {
  return h("section", { class: "card" }, h("h3", {}, say(title)), h("p", { class: "hint" }, summary), ...content);
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((one, other) => one + other, 0);
}
