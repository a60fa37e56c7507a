// A network between client and server that can be cut.

import {once} from "node:events";
import {connect, createServer} from "node:net";
import {Transform} from "node:stream";

/** Forwards the connections that it takes on a port of its own, until it is cut. */
export class Cable {
    #listener;
    #port = 0;
    #target;
    #sockets = new Set();
    #breaks = [];

    static async to(origin) {
        const cable = new Cable();
        cable.#target = Number(new URL(origin).port);
        await cable.mend();
        return cable;
    }

    get origin() {
        return `http://127.0.0.1:${this.#port}`;
    }

    /** Breaks all connections and takes no more. */
    cut() {
        this.#listener.close();
        for (const socket of this.#sockets) {
            socket.destroy();
        }
    }

    /**
     * Breaks a connection in the middle of what comes from the server, again and again: whichever brings the last of
     * so many bytes since the time before. New connections are taken as ever.
     */
    breakAfter(...bytes) {
        this.#breaks = bytes;
    }

    /** How often that is still to happen. */
    get breaks() {
        return this.#breaks.length;
    }

    async mend() {
        this.#listener = createServer(near => {
            const far = connect(this.#target, "127.0.0.1");
            for (const [socket, other] of [[near, far], [far, near]]) {
                this.#sockets.add(socket);
                socket.on("error", () => other.destroy());
                socket.on("close", () => {
                    this.#sockets.delete(socket);
                    other.destroy();
                });
            }
            near.pipe(far);
            far.pipe(this.#fuse(near, far)).pipe(near);
        });
        this.#listener.listen(this.#port, "127.0.0.1");
        await once(this.#listener, "listening");
        this.#port = this.#listener.address().port;
    }

    #fuse(near, far) {
        return new Transform({transform: (chunk, _, done) => {
            if (this.#breaks.length === 0 || (this.#breaks[0] -= chunk.length) > 0) {
                done(null, chunk);
                return;
            }
            const passed = chunk.length + this.#breaks.shift();
            near.end(chunk.subarray(0, passed), () => near.destroy());
            far.destroy();
        }});
    }
}
