// A WebSocket by hand: what no client would do, such as to stop reading.

import {once} from "node:events";
import {connect} from "node:net";
import {until} from "./wait.mjs";

/** A frame of up to 64 KB. The mask is all zeros, so that the payload stays as it is. */
export function frame(first, payload) {
    const bytes = Buffer.from(payload);
    const head = bytes.length < 126 ? Buffer.from([first, 0x80 | bytes.length, 0, 0, 0, 0])
        : Buffer.from([first, 0xfe, bytes.length >> 8, bytes.length & 255, 0, 0, 0, 0]);
    return Buffer.concat([head, bytes]);
}

export class RawSocket {
    received = ""; // everything behind the upgrade, heads of frames and all
    ended = false; // the server has said all
    closed = false;
    clientId;
    #socket;

    /** A socket without a session, whose end of sending is for the test to say. */
    static async opened(url) {
        const raw = new RawSocket();
        const {hostname, port, pathname} = new URL(url);
        raw.#socket = connect({host: hostname, port: Number(port), allowHalfOpen: true});
        raw.#socket.setEncoding("latin1");
        raw.#socket.on("data", data => raw.received += data);
        raw.#socket.on("error", () => {});
        raw.#socket.on("end", () => raw.ended = true);
        raw.#socket.on("close", () => raw.closed = true);
        await once(raw.#socket, "connect");
        raw.#socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        const [upgrade] = await raw.receives(/^HTTP\/1.1 101 .*\r\n\r\n/s);
        raw.received = raw.received.slice(upgrade.length);
        return raw;
    }

    /** A socket with a session that has been connected once. */
    static async connected(url) {
        const raw = await RawSocket.opened(url);
        raw.#socket.once("end", () => raw.#socket.end());
        raw.send({channel: "/meta/handshake", id: "h", version: "1.0", supportedConnectionTypes: ["websocket"]});
        raw.clientId = (await raw.receives(/"clientId":"(\w+)"/))[1];
        raw.send({channel: "/meta/connect", id: "c", connectionType: "websocket"});
        await raw.receives(/"id":"c"/);
        return raw;
    }

    send(...messages) {
        this.#socket.write(frame(0x81, JSON.stringify(messages.map(message => ({clientId: this.clientId, ...message})))));
    }

    /** Bytes, or text of one byte a character. */
    write(bytes) {
        this.#socket.write(bytes, "latin1");
    }

    endSending() {
        this.#socket.end();
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
