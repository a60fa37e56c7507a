// A network between clients and server on which connections fail in all the ways they do.

import {once} from "node:events";
import {connect, createServer} from "node:net";

/** How long a connection that fell silent stays open at the server's end. */
const silence = 8_000;
const longestDelay = 400;

class Link {
    #network;
    #near;
    #far;
    #broken = false; // what happens at one end is not told at the other any more
    #torn = false;

    constructor(network, near, far) {
        this.#network = network;
        this.#near = near;
        this.#far = far;
        for (const [from, to] of [[near, far], [far, near]]) {
            from.on("data", chunk => this.#forward(from, to, chunk));
            from.on("drain", () => this.#broken || to.resume());
            from.on("end", () => this.#broken || to.end());
            from.on("error", () => {});
            from.on("close", () => {
                network.forget(this);
                if (!this.#broken) {
                    to.destroy();
                }
            });
        }
    }

    #forward(from, to, chunk) {
        if (this.#torn) {
            this.#broken = true;
            to.write(chunk.subarray(0, Math.floor(this.#network.random() * chunk.length)), () => this.reset());
        } else if (!to.write(chunk)) {
            from.pause();
        }
    }

    /** Both ends get a reset. */
    reset() {
        this.#broken = true;
        this.#near.resetAndDestroy();
        this.#far.resetAndDestroy();
    }

    /** Both ends are told that the other one has nothing more to say. */
    end() {
        this.#broken = true;
        this.#near.destroy();
        this.#far.destroy();
    }

    /** Part of what is sent next arrives, then both ends get a reset. */
    tear() {
        this.#torn = true;
    }

    /** Nothing arrives any more, and nobody is told. What is sent piles up. */
    fallSilent() {
        this.#broken = true;
        this.#near.pause();
        this.#far.pause();
        setTimeout(() => {
            this.#near.destroy();
            this.#far.destroy();
        }, silence).unref();
    }

    /** What is sent arrives later. */
    delay() {
        this.#near.pause();
        this.#far.pause();
        setTimeout(() => {
            if (!this.#broken) {
                this.#near.resume();
                this.#far.resume();
            }
        }, this.#network.random() * longestDelay).unref();
    }
}

const faults = ["reset", "end", "tear", "fallSilent", "delay"];

export class FaultyNetwork {
    #listener;
    #links = new Set();
    #sockets = new Set();
    #harming;
    random;
    counts = Object.fromEntries(faults.map(fault => [fault, 0]));

    /** @param random a function such as randomOf() gives */
    static async to(origin, random) {
        const network = new FaultyNetwork();
        network.random = random;
        const target = Number(new URL(origin).port);
        network.#listener = createServer({noDelay: true, allowHalfOpen: true}, near => {
            const far = connect({port: target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true});
            [near, far].forEach(socket => {
                network.#sockets.add(socket);
                socket.on("close", () => network.#sockets.delete(socket));
            });
            network.#links.add(new Link(network, near, far));
        });
        network.#listener.listen({port: 0, host: "127.0.0.1", backlog: 4096});
        await once(network.#listener, "listening");
        return network;
    }

    get origin() {
        return `http://127.0.0.1:${this.#listener.address().port}`;
    }

    /** The faults so far. */
    get total() {
        return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    }

    forget(link) {
        this.#links.delete(link);
    }

    /** From now on this share of the connections fails each second, until it is called again. */
    harm(share) {
        clearInterval(this.#harming);
        const period = 100;
        if (share > 0) {
            this.#harming = setInterval(() => this.#strike(share * period / 1000), period);
        }
    }

    #strike(share) {
        for (const link of [...this.#links]) {
            if (this.random() < share) {
                const fault = faults[Math.floor(this.random() * faults.length)];
                ++this.counts[fault];
                link[fault]();
                if (fault === "fallSilent") {
                    this.#links.delete(link);
                }
            }
        }
    }

    /** All connections end. */
    close() {
        this.harm(0);
        this.#listener.close();
        this.#sockets.forEach(socket => socket.destroy());
    }
}
