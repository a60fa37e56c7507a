// A WebSocket by hand: what no client would do, such as to stop reading.

import {once} from "node:events";
import {connect} from "node:net";
import {until} from "./wait.mjs";

/** A text frame. The mask is all zeros, so that the payload stays as it is. */
function textFrame(text) {
    const payload = Buffer.from(text);
    const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
        : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
    return Buffer.concat([head, payload]);
}

export class RawSocket {
    received = ""; // everything behind the upgrade, heads of frames and all
    closed = false;
    clientId;
    #socket;

    /** A socket with a session that has been connected once. */
    static async connected(url) {
        const raw = new RawSocket();
        const {hostname, port, pathname} = new URL(url);
        raw.#socket = connect(Number(port), hostname);
        raw.#socket.setEncoding("latin1");
        raw.#socket.on("data", data => raw.received += data);
        raw.#socket.on("error", () => {});
        raw.#socket.on("close", () => raw.closed = true);
        await once(raw.#socket, "connect");
        raw.#socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        await raw.receives(/^HTTP\/1.1 101 .*\r\n\r\n/s);
        raw.send({channel: "/meta/handshake", id: "h", version: "1.0", supportedConnectionTypes: ["websocket"]});
        raw.clientId = (await raw.receives(/"clientId":"(\w+)"/))[1];
        raw.send({channel: "/meta/connect", id: "c", connectionType: "websocket"});
        await raw.receives(/"id":"c"/);
        return raw;
    }

    send(...messages) {
        this.#socket.write(textFrame(JSON.stringify(messages.map(message => ({clientId: this.clientId, ...message})))));
    }

    receives(pattern) {
        return until(() => `${pattern} in ${this.received.slice(-500)}`, () => pattern.exec(this.received));
    }

    /** Reads no more; the system's buffers fill. */
    pause() {
        this.#socket.pause();
    }

    resume() {
        this.#socket.resume();
    }

    destroy() {
        this.#socket.destroy();
    }
}
