// The program as a process: its command line, its output, its signals, its end.

import assert from "node:assert/strict";
import {execFileSync, spawn} from "node:child_process";
import {once} from "node:events";
import {readFile, readdir} from "node:fs/promises";
import {setTimeout as pause} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {HttpSocket, connectOf, openSession, subscribeOf} from "./http-socket.mjs";
import {sanitizer} from "./sanitizer.mjs";
import {until, within} from "./wait.mjs";

export const program = process.env.BAYEUXD ?? fileURLToPath(new URL("../../build/release/bin/bayeuxd", import.meta.url));

const running = new Set();
process.once("exit", () => running.forEach(child => child.kill("SIGKILL")));

export class Daemon {
    #child;
    #exit;
    #connections = [];
    stdout = "";
    stderr = "";

    /** Starts it with these arguments; what comes of it is for the caller to see. */
    static spawn(args, {env = {}, descriptors = undefined} = {}) {
        const daemon = new Daemon();
        const options = {stdio: ["ignore", "pipe", "pipe"], env: {...process.env, ...env}};
        daemon.#child = descriptors === undefined ? spawn(program, args, options)
            : spawn("/bin/bash", ["-c", `ulimit -n ${descriptors} && exec "$0" "$@"`, program, ...args], options);
        running.add(daemon.#child);
        daemon.#exit = once(daemon.#child, "close").then(([code, signal]) => {
            running.delete(daemon.#child);
            return signal ?? code;
        });
        for (const stream of ["stdout", "stderr"]) {
            daemon.#child[stream].setEncoding("utf8").on("data", text => daemon[stream] += text);
        }
        return daemon;
    }

    /** Starts it and waits until it listens on as many addresses. */
    static async start(args, {addresses = 1, ...options} = {}) {
        const daemon = Daemon.spawn(["--listen", "127.0.0.1:0", ...args], options);
        await until(() => `bayeuxd listens, said ${daemon.stderr}`, () => daemon.origins.length >= addresses);
        return daemon;
    }

    /** Starts it for a test, and ends it after that, unless the test has done so. */
    static async during(args, test, options) {
        const daemon = await Daemon.start(args, options);
        try {
            await test(daemon);
            if (!daemon.ended) {
                await daemon.stop();
            }
        } catch (error) {
            daemon.#connections.forEach(http => http.destroy());
            daemon.signal("SIGKILL"); // or the process of this test would not end
            await daemon.exit();
            error.message += `\nbayeuxd said:\n${daemon.stderr}`;
            throw error;
        }
    }

    /** http://ADDRESS:PORT of each address that it listens on. */
    get origins() {
        return [...this.stderr.matchAll(/ listening on (\S+)\n/g)].map(match => match[1]);
    }

    get origin() {
        return this.origins[0];
    }

    /** A connection to it that ends with stop() at the latest. */
    async connection() {
        const http = await HttpSocket.to(this.origin);
        this.#connections.push(http);
        return http;
    }

    get log() {
        return this.stderr.split("\n").filter(line => line !== "");
    }

    signal(name) {
        this.#child.kill(name);
    }

    get pid() {
        return this.#child.pid;
    }

    get ended() {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }

    /** Whoever reads its log goes away. */
    closeLog() {
        this.#child.stderr.destroy();
    }

    /** Its exit status, or the signal that ended it. */
    exit() {
        return within("the end of bayeuxd", this.#exit);
    }

    /** Ends it as a service manager does, and fails unless it ends in order, so without a sanitizer's report. */
    async stop() {
        this.#connections.forEach(http => http.destroy());
        this.signal("SIGTERM");
        try {
            const status = await this.exit();
            assert.equal(status, 0, `bayeuxd ended with ${status}:\n${this.stderr}`);
        } finally {
            this.signal("SIGKILL");
        }
    }

    /** Changes what the system allows it; names and values as prlimit(1) has them. */
    limit(resource, value) {
        execFileSync("prlimit", ["--pid", `${this.pid}`, `--${resource}=${value}:`]);
    }

    /** Bytes of addresses that it has in use. */
    addressSpace() {
        return this.#bytes("VmSize");
    }

    /** Bytes of memory that it has in use. */
    memory() {
        return this.#bytes("VmRSS");
    }

    /** The most that it has had in use. */
    peakMemory() {
        return this.#bytes("VmHWM");
    }

    async #bytes(name) {
        const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8");
        return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)[1]);
    }

    /** Seconds that it computes within a second, which is measured. */
    async cpuTimeOfASecond() {
        const before = await this.#cpuTime();
        await pause(1_000);
        return await this.#cpuTime() - before;
    }

    async #cpuTime() {
        const fields = (await readFile(`/proc/${this.#child.pid}/stat`, "utf8")).split(") ")[1].split(" ");
        const ticksPerSecond = 100; // what Linux shows here, whatever the kernel's own clock
        return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    }

    /** The sessions that it has beside the one that looks, by its service monitor. */
    async sessions() {
        const http = await HttpSocket.to(this.origin);
        const session = await openSession(http);
        const lists = (await http.post([subscribeOf(session, "/monitor/sessions"), connectOf(session, {timeout: 0})])).messages;
        await http.post([{channel: "/meta/disconnect", ...session}]);
        http.destroy();
        return lists.find(({data}) => data?.event === "list").data.total - 1;
    }

    sanitizer() {
        return sanitizer(this.pid);
    }

    async descriptors() {
        return (await readdir(`/proc/${this.#child.pid}/fd`)).length;
    }
}
