// The jobs this page knows, and how they descend from each other.

/** @typedef {import("./api.js").Job} Job */

/** Fires `change` with the job id as `detail` when a job is new or has news. */
class Jobs extends EventTarget {
  /** @type {Map<string, Job>} */
  #byId = new Map();

  /** @param {string} jobId */
  get(jobId) {
    return this.#byId.get(jobId);
  }

  /** @param {Job} job */
  put(job) {
    this.#byId.set(job.job_id, job);
    this.dispatchEvent(new CustomEvent("change", { detail: job.job_id }));
  }

  /** @param {string} jobId */
  drop(jobId) {
    this.#byId.delete(jobId);
    this.dispatchEvent(new CustomEvent("change", { detail: jobId }));
  }

  /**
   * All versions of one picture, oldest first, the job itself among them.
   * @param {Job} job
   */
  family(job) {
    const root = this.#rootOf(job);
    return [...this.#byId.values()]
      .filter((other) => this.#rootOf(other) === root)
      .sort((one, other) => one.version - other.version || one.created_at.localeCompare(other.created_at));
  }

  /** @param {Job} job */
  pictured(job) {
    return this.family(job).filter((version) => version.state === "delivered" && version.images.length > 0);
  }

  /** @param {Job} job */
  #rootOf(job) {
    let id = job.job_id;
    for (let parent = job.parent_id; parent; parent = this.#byId.get(parent)?.parent_id ?? null) id = parent;
    return id;
  }
}

export const jobs = new Jobs();
