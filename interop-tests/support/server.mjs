// Starts and stops the program under test.

import {spawn} from "node:child_process";
import {once} from "node:events";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.BAYEUXD ?? `${repository}build/release/bin/bayeuxd`;
export const demo = `${repository}server/demo`;

const startDeadline = 10_000;
const stopDeadline = 10_000;

/** A running bayeuxd on a port of 127.0.0.1 that the system chose. */
export class Server {
    #options;
    #process;
    #port = 0;
    log = [];

    /** @param options what follows --listen on the command line */
    static async start(...options) {
        const server = new Server();
        server.#options = options;
        await server.#run();
        return server;
    }

    /** http://127.0.0.1:PORT, and the Bayeux endpoint below it. */
    get origin() {
        return `http://127.0.0.1:${this.#port}`;
    }

    get url() {
        return `${this.origin}/cometd`;
    }

    get pid() {
        return this.#process.pid;
    }

    /** Ends the program as a service manager does and takes back all it knew; the port stays the same. */
    async restart() {
        await this.stop();
        await this.#run();
    }

    async stop() {
        const child = this.#process;
        if (child.exitCode !== null || child.signalCode !== null) {
            throw new Error(`bayeuxd ended by itself with ${child.signalCode ?? child.exitCode}:\n${this.log.join("\n")}`);
        }
        const exit = once(child, "exit");
        const timer = setTimeout(() => child.kill("SIGKILL"), stopDeadline);
        child.kill("SIGTERM");
        const [code, signal] = await exit;
        clearTimeout(timer);
        if (code !== 0) {
            throw new Error(`bayeuxd ended with ${signal ?? code} after SIGTERM:\n${this.log.join("\n")}`);
        }
    }

    async #run() {
        const child = spawn(program, ["--listen", `127.0.0.1:${this.#port}`, ...this.#options],
            {stdio: ["ignore", "ignore", "pipe"]});
        this.#process = child;
        const orphaned = () => child.kill("SIGKILL");
        process.once("exit", orphaned);
        child.once("exit", () => process.off("exit", orphaned));
        await new Promise((resolve, reject) => {
            const failed = reason => {
                clearTimeout(timer);
                child.kill("SIGKILL");
                reject(new Error(`${program} ${reason}\n${this.log.join("\n")}`));
            };
            const timer = setTimeout(failed, startDeadline, "did not say that it is listening");
            child.once("error", error => failed(`could not be started: ${error.message}`));
            const ended = code => failed(`ended with ${code}`);
            child.once("exit", ended);
            createInterface({input: child.stderr}).on("line", line => {
                this.log.push(line);
                const address = /\blistening\b.*127\.0\.0\.1:(\d+)/.exec(line);
                if (address) {
                    this.#port = Number(address[1]);
                    clearTimeout(timer);
                    child.off("exit", ended);
                    resolve();
                }
            });
        });
    }
}
