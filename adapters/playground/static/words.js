// What things are called on this page, and how numbers are written.

import { t } from "./i18n.js";

/** The journey in order, with the words a visitor reads while waiting. */
export const STAGES = [
  { id: "queued", words: t("Waiting in line") },
  { id: "guard", words: t("Checking the house rules") },
  { id: "sanitize", words: t("Reading your words") },
  { id: "generate", words: t("Painting") },
  { id: "inspect", words: t("Looking it over") },
  { id: "rehost", words: t("Putting it in safe keeping") },
  { id: "deliver", words: t("Bringing it to you") },
];

/** Every button a job can carry. */
export const ACTIONS = {
  vary: { label: t("Vary"), icon: "vary", done: t("Variation") },
  reroll: { label: t("Reroll"), icon: "reroll", done: t("Reroll") },
  edit: { label: t("Edit"), icon: "edit", done: t("Edit") },
  upscale: { label: t("HD"), icon: "upscale", done: t("HD version") },
  reword: { label: t("Change the words"), icon: "edit", done: t("New wording") },
  delete: { label: t("Delete"), icon: "delete", done: t("Deletion") },
  report: { label: t("Report"), icon: "report", done: t("Report") },
  cancel: { label: t("Stop"), icon: "cancel", done: t("Stop") },
  appeal: { label: t("Ask a moderator"), icon: "report", done: t("Appeal") },
  notify: { label: t("Tell me when it works again"), icon: "bell", done: t("Tell me when it works again") },
};

const WORDING = t("the wording");
const RULES = t("the rules here");
const LIMIT = t("a limit");
const CHECK = t("the check of the picture");
const SERVICE = t("the image service");
const SETUP = t("something on our side");

/** What a reason code says in few words; the message above it says it in full. A test holds this to the server's codes. */
const REASONS = {
  sexual: t("sexual content"),
  minors: t("safety of minors"),
  violence: t("violence"),
  gore: t("blood and wounds"),
  hate: t("hate"),
  harassment: t("harassment"),
  self_harm: t("self-harm"),
  illicit: t("something dangerous"),
  real_person: t("a real person"),
  private_person: t("a real person"),
  deception: t("could mislead"),
  ip_character: t("a protected character"),
  injection: WORDING,
  unclear: WORDING,
  other: WORDING,
  too_long: WORDING,
  empty: WORDING,
  bad_option: WORDING,
  unreadable: t("the attached picture"),
  unreadable_words: WORDING,
  blocked_term: t("a blocked word"),
  provider_input: t("the image service’s own check"),
  provider_output: t("the image service’s own check"),
  output_check: CHECK,
  held: CHECK,
  disabled: RULES,
  channel: RULES,
  role: RULES,
  suspended: RULES,
  model_not_allowed: RULES,
  option_not_allowed: RULES,
  not_yours: RULES,
  unknown_job: RULES,
  quota: LIMIT,
  quota_here: LIMIT,
  cooldown: LIMIT,
  concurrency: LIMIT,
  appeals: LIMIT,
  budget: LIMIT,
  own_budget: LIMIT,
  busy_here: LIMIT,
  busy: SERVICE,
  warming_up: SERVICE,
  cold_start: SERVICE,
  queue_full: SERVICE,
  out_of_memory: SERVICE,
  unknown_outcome: SERVICE,
  not_fetched: SERVICE,
  timed_out: SERVICE,
  unsupported: SERVICE,
  out_of_funds: SETUP,
  misconfigured: SETUP,
  sanitizer_down: t("the check of the words is down"),
  check_down: t("the check of the picture is down"),
  storage: SETUP,
  delivery: SETUP,
  interrupted: SETUP,
  internal: SETUP,
  cancelled: t("your wish"),
};

/** @param {string} code @returns {string|null} null for a code that this page does not know */
export function reasonWords(code) {
  return REASONS[/** @type {keyof typeof REASONS} */ (code)] ?? null;
}

/** Switches that break something on purpose. */
export const FAULTS = {
  provider_down: t("The first engine is down"),
  provider_slow: t("The first engine is slow"),
  provider_refuses: t("The first engine refuses"),
  backup_down: t("The backup is down as well"),
  sanitizer_down: t("Nobody can check the words"),
};

const PROVIDERS = {
  openai: "OpenAI",
  bfl: "Black Forest Labs",
  replicate: "Replicate",
  fal: "fal",
  runpod: "RunPod",
  flux: t("self-hosted"),
};

export const OFFLINE_LABEL = t("Offline preview — not an AI model");

/** @param {{provider: string, model: string}} image */
export function engineName({ provider, model }) {
  if (provider === "offline") return model === "backup" ? t("Offline renderer (backup)") : t("Offline renderer");
  return `${model} (${PROVIDERS[/** @type {keyof typeof PROVIDERS} */ (provider)] ?? provider})`;
}

/** @param {string} id */
export function stageWords(id) {
  return STAGES[stageIndex(id)].words;
}

/** @param {string} id the position of a stage; `done` counts as the last, an unknown one as the first */
export function stageIndex(id) {
  if (id === "done") return STAGES.length - 1;
  return Math.max(0, STAGES.findIndex((stage) => stage.id === id));
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** @param {number} usd */
export function money(usd) {
  if (usd === 0) return t("free");
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(3)}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** @param {string} iso */
export function clockTime(iso) {
  const then = new Date(iso);
  const sameDay = then.toDateString() === new Date().toDateString();
  return sameDay ? clock.format(then) : `${day.format(then)}, ${clock.format(then)}`;
}

/** @param {string} text @param {number} length */
export function shortened(text, length) {
  const letters = Array.from(text);
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join("").trimEnd()}…`;
}
