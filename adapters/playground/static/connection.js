// Whether the studio can be reached, and waiting until it can.

/** The server did not answer; nothing is known about the request. */
export class ConnectionLost extends Error {}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** Fires `change` when `reachable` changes. */
class Connection extends EventTarget {
  reachable = true;

  /** @param {boolean} reachable */
  report(reachable) {
    if (this.reachable === reachable) return;
    this.reachable = reachable;
    this.dispatchEvent(new Event("change"));
  }
}

export const connection = new Connection();

/**
 * Call `attempt` again and again until the server answers, whatever it answers.
 * Only for calls that may be repeated.
 * @template T
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
export async function untilAnswered(attempt) {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await attempt();
      connection.report(true);
      return answer;
    } catch (error) {
      connection.report(!(error instanceof ConnectionLost));
      if (!(error instanceof ConnectionLost)) throw error;
    }
    await backOff(tries);
  }
}

/**
 * Wait before try number `tries` + 1: longer each time, cut short when the network comes back.
 * @param {number} tries
 */
export function backOff(tries) {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return pause(ceiling * (0.75 + Math.random() / 4));
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve(undefined);
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}
