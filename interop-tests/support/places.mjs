// Where a client of the matrix runs: a thread of Node, a page, a program of another language. Each offers the
// methods of its driver (drivers/driver.mjs), which return promises here.

import {spawn} from "node:child_process";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";
import {Worker} from "node:worker_threads";
import {deadline, within} from "./wait.mjs";

const methods = ["connect", "subscribe", "unsubscribe", "publish", "publishAll", "batch", "remoteCall", "publishBinary",
    "remoteCallBinary", "serverTime", "received", "status", "prepareReload", "disconnect"];

class Place {
    constructor() {
        for (const method of methods) {
            this[method] = (...args) => within(`the client's ${method}`, this.call(method, args));
        }
    }

    /** What could tell why something went wrong here. */
    get notes() {
        return [];
    }
}

/** Another thread or process that answers {id, method, args} with {id, result} or {id, error}. */
class DistantPlace extends Place {
    #ids = 0;
    #calls = new Map();
    #failure;

    call(method, args) {
        return new Promise((resolve, reject) => {
            if (this.#failure) {
                throw this.#failure;
            }
            const id = ++this.#ids;
            this.#calls.set(id, {resolve, reject});
            this.send({id, method, args});
        });
    }

    answered({id, result, error}) {
        const {resolve, reject} = this.#calls.get(id);
        this.#calls.delete(id);
        if (error) {
            reject(error instanceof Error ? error : new Error(error));
        } else {
            resolve(result);
        }
    }

    failed(error) {
        this.#failure = error;
        this.#calls.forEach(({reject}) => reject(error));
    }
}

/** A thread of this process, so that what CometD's adapters keep for a process is kept for one client. */
export class ThreadPlace extends DistantPlace {
    #worker;

    constructor({name, family}) {
        super();
        this.#worker = new Worker(new URL("drivers/worker.mjs", import.meta.url), {workerData: {name, family}});
        this.#worker.on("message", answer => this.answered(answer));
        this.#worker.on("error", error => this.failed(error));
    }

    send(call) {
        this.#worker.postMessage(call);
    }

    close() {
        return this.#worker.terminate();
    }
}

/** Ruby with the client of Debian's ruby-faye. */
export class RubyPlace extends DistantPlace {
    #process;
    notes = [];

    constructor() {
        super();
        this.#process = spawn("ruby", [fileURLToPath(new URL("drivers/faye.rb", import.meta.url))], {stdio: ["pipe", "pipe", "pipe"]});
        createInterface({input: this.#process.stdout}).on("line", line => this.answered(JSON.parse(line)));
        createInterface({input: this.#process.stderr}).on("line", line => this.notes.push(line));
        this.#process.on("error", error => this.failed(error));
        this.#process.on("exit", status => this.failed(new Error(`ruby ended with ${status}:\n${this.notes.join("\n")}`)));
    }

    send(call) {
        this.#process.stdin.write(`${JSON.stringify(call)}\n`);
    }

    close() {
        this.#process.kill("SIGKILL");
    }
}

/** A page of its own in a context of a browser; contexts share nothing. */
export class PagePlace extends Place {
    #page;
    notes = [];

    /** @param url of drivers/page.html at the origin that is wanted */
    static async open(context, url, {name}) {
        const place = new PagePlace();
        place.#page = await context.newPage();
        place.#page.setDefaultTimeout(deadline);
        place.#page.on("console", message => place.notes.push(message.text()));
        place.#page.on("pageerror", error => place.notes.push(String(error)));
        await place.#page.goto(`${url}?client=${name}`);
        await place.#loaded();
        return place;
    }

    async #loaded() {
        await this.#page.waitForFunction("window.driver");
    }

    call(method, args) {
        return this.#page.evaluate(([name, values]) => window.driver[name](...values), [method, args]);
    }

    async reload() {
        await this.prepareReload();
        await this.#page.reload();
        await this.#loaded();
    }

    close() {
        return this.#page.close();
    }
}
