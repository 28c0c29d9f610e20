// What things are called on this page, and how numbers are written.

/** The journey in order, with the words a visitor reads while waiting. */
export const STAGES = [
  { id: "queued", words: "Waiting in line" },
  { id: "guard", words: "Checking the house rules" },
  { id: "sanitize", words: "Reading your words" },
  { id: "generate", words: "Painting" },
  { id: "inspect", words: "Looking it over" },
  { id: "rehost", words: "Putting it in safe keeping" },
  { id: "deliver", words: "Bringing it to you" },
];

/** Every button a job can carry. `emoji` is for the Discord and Slack views, where buttons wear one. */
export const ACTIONS = {
  vary: { label: "Vary", icon: "vary", emoji: "🎨", done: "Variation" },
  reroll: { label: "Reroll", icon: "reroll", emoji: "🎲", done: "Reroll" },
  edit: { label: "Edit", icon: "edit", emoji: "✏️", done: "Edit" },
  upscale: { label: "HD", icon: "upscale", emoji: "🔍", done: "HD version" },
  reword: { label: "Change the words", icon: "edit", emoji: "✏️", done: "New wording" },
  delete: { label: "Delete", icon: "delete", emoji: "🗑️", done: "Deletion" },
  report: { label: "Report", icon: "report", emoji: "🚩", done: "Report" },
  appeal: { label: "Ask a moderator", icon: "report", emoji: "🙋", done: "Appeal" },
};

/** Switches that break something on purpose. */
export const FAULTS = {
  provider_down: "The first engine is down",
  provider_slow: "The first engine is slow",
  provider_refuses: "The first engine refuses",
  backup_down: "The backup is down as well",
  sanitizer_down: "Nobody can check the words",
};

const PROVIDERS = {
  openai: "OpenAI",
  bfl: "Black Forest Labs",
  replicate: "Replicate",
  fal: "fal",
  runpod: "RunPod",
  flux: "self-hosted",
};

export const OFFLINE_LABEL = "Offline preview — not an AI model";

/** @param {{provider: string, model: string}} image */
export function engineName({ provider, model }) {
  if (provider === "offline") return model === "backup" ? "Offline renderer (backup)" : "Offline renderer";
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
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** @param {number} usd */
export function money(usd) {
  if (usd === 0) return "free";
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
