// A network between client and server that can be cut.

import {once} from "node:events";
import {connect, createServer} from "node:net";

/** Forwards the connections that it takes on a port of its own, until it is cut. */
export class Cable {
    #listener;
    #port = 0;
    #target;
    #sockets = new Set();

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

    async mend() {
        this.#listener = createServer(near => {
            const far = connect(this.#target, "127.0.0.1");
            for (const [socket, other] of [[near, far], [far, near]]) {
                this.#sockets.add(socket);
                socket.pipe(other);
                socket.on("error", () => other.destroy());
                socket.on("close", () => {
                    this.#sockets.delete(socket);
                    other.destroy();
                });
            }
        });
        this.#listener.listen(this.#port, "127.0.0.1");
        await once(this.#listener, "listening");
        this.#port = this.#listener.address().port;
    }
}
