/** Training jobs: submitted, followed, waited for, changed, and what they made. */
import { ArtifactFile } from "./artifacts.js";
import { follow, hasEnded } from "./events.js";
import { List, numbered } from "./pages.js";
import { Deadline } from "./waiting.js";
const PAGE_LIMIT = 100;
/** The jobs of a customer. */
export class Jobs {
    #transport;
    constructor(transport) {
        this.#transport = transport;
    }
    /** Submits a job; its projected cost is held. The same `idempotencyKey` again gives the same job. */
    async submit(job, options = {}) {
        return this.of(await this.#transport.call("submit_training_job", { body: job }, options));
    }
    /** What a job would cost and how it would be divided; changes nothing. */
    preview(job, options = {}) {
        return this.#transport.call("preview_training_job", { body: job }, options);
    }
    async get(id, options = {}) {
        return this.of(await this.#transport.call("get_training_job", { path: { id } }, options));
    }
    /** All jobs, newest first. */
    list(filters = {}, options = {}) {
        return new List((cursor) => this.#transport.call("list_training_jobs", { query: { limit: PAGE_LIMIT, ...filters, cursor } }, options));
    }
    /** A row of a list as a job that one can do something with. */
    of(data) {
        return new Job(this.#transport, data);
    }
}
/** One job. `data` is what the service last said of it; `refresh`, `wait`, `cancel`, `retry` and `extend` renew it. */
export class Job {
    data;
    #transport;
    constructor(transport, data) {
        this.data = data;
        this.#transport = transport;
    }
    /** What JSON holds of it: the service's row. */
    toJSON() {
        return this.data;
    }
    get id() {
        return this.data.id;
    }
    get status() {
        return this.data.status;
    }
    /** Whether nothing more happens to it unless it is retried. */
    get hasEnded() {
        return hasEnded(this.status);
    }
    /** Asks how it is now. */
    async refresh(options = {}) {
        this.data = await this.#transport.call("get_training_job", { path: { id: this.id } }, options);
        return this;
    }
    /** What happens to it, from the beginning or behind `after`, to its last state: states, log lines, metrics, files. */
    follow(options = {}) {
        return follow(this.#transport, this.id, options);
    }
    /** Waits for its end, however it ends: look at `status`, and at `data.failure` if it is `failed`. */
    async wait(options = {}) {
        const { timeoutSeconds, onEvent, signal } = options;
        if (timeoutSeconds === undefined) {
            return this.waitUnder(signal, onEvent);
        }
        const deadline = new Deadline(timeoutSeconds, `The job did not end within ${timeoutSeconds} s.`, signal);
        try {
            return await this.waitUnder(deadline.signal, onEvent);
        }
        finally {
            deadline.release();
        }
    }
    async waitUnder(signal, onEvent) {
        let heard = 0;
        if (onEvent === undefined) {
            if ((await this.refresh({ signal })).hasEnded) {
                return this;
            }
            heard = this.data.newest_event ?? 0; // nobody wants to hear what was before
        }
        do {
            for await (const event of this.follow({ signal, after: heard })) {
                heard = event.number;
                onEvent?.(event);
            }
            await this.refresh({ signal });
        } while (!this.hasEnded); // else it was retried since its end was told
        return this;
    }
    /** Cancels it; what is completed stays charged. */
    async cancel(options = {}) {
        return this.changed(await this.#transport.call("cancel_training_job", { path: { id: this.id } }, options));
    }
    /** Runs its failed and cancelled units again. */
    async retry(options = {}) {
        return this.changed(await this.#transport.call("retry_training_job", { path: { id: this.id } }, options));
    }
    /** Lets its units run so long in all. */
    async extend(maxRuntimeSeconds, options = {}) {
        const body = { max_runtime_seconds: maxRuntimeSeconds };
        return this.changed(await this.#transport.call("extend_training_job", { path: { id: this.id }, body }, options));
    }
    /** How it would be after such a change, and what that would cost and return; changes nothing. */
    previewChange(change, options = {}) {
        const path = { id: this.id };
        if (typeof change === "object") {
            const body = { max_runtime_seconds: change.extendTo, preview: true };
            return this.#transport.call("extend_training_job", { path, body }, options);
        }
        return this.#transport.call(`${change}_training_job`, { path, body: { preview: true } }, options);
    }
    /** Its compute units, in the order of the plan. */
    units(options = {}) {
        const path = { id: this.id };
        return new List((cursor) => this.#transport.call("list_compute_units", { path, query: { limit: PAGE_LIMIT, cursor } }, options));
    }
    /** Why its units wait. */
    explain(options = {}) {
        const path = { id: this.id };
        return new List((cursor) => this.#transport.call("explain_training_job", { path, query: { limit: PAGE_LIMIT, cursor } }, options));
    }
    /** The lines that a unit wrote, up to now. */
    logs(unitId, options = {}) {
        const path = { id: this.id, unit_id: unitId };
        const { attempt } = options;
        return numbered(options.after ?? 0, (after) => this.#transport.call("list_unit_logs", { path, query: { after, attempt, limit: PAGE_LIMIT } }, options));
    }
    /** The points that its units logged, up to now. */
    metrics(options = {}) {
        const path = { id: this.id };
        return numbered(options.after ?? 0, (after) => this.#transport.call("list_metrics", { path, query: { after, limit: PAGE_LIMIT } }, options));
    }
    /** The files that it made; those with `data.open` can be downloaded now. */
    async artifacts(options = {}) {
        const path = { id: this.id };
        const rows = new List((cursor) => this.#transport.call("list_artifacts", { path, query: { limit: PAGE_LIMIT, cursor } }, options));
        return (await rows.all()).map((row) => new ArtifactFile(this.#transport, this.id, row));
    }
    changed(answer) {
        this.data = answer;
        return answer;
    }
}
