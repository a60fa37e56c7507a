// Connections of a lean client: bytes to and from Bayeux messages, and nothing else. None mends itself.

import {connect} from "node:net";
import {WebSocket} from "ws";

/** One HTTP request at a time, over one TCP connection. */
export class HttpConnection {
    #socket;
    #host;
    #rest = Buffer.alloc(0);
    #waiting = null;
    broken = false;

    constructor(origin) {
        const {hostname, port, host} = new URL(origin);
        this.#host = host;
        this.#socket = connect({host: hostname, port: Number(port), noDelay: true});
        this.#socket.on("data", data => this.#received(data));
        this.#socket.on("error", () => {});
        this.#socket.on("close", () => this.break());
    }

    get busy() {
        return this.#waiting !== null;
    }

    /** {status, text} of the response; fails when the connection does. */
    request(method, path, body = "") {
        if (this.broken) {
            return Promise.reject(new Error("the connection is broken"));
        }
        return new Promise((resolve, reject) => {
            this.#waiting = {resolve, reject};
            this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nOrigin: http://${this.#host}\r\nContent-Type: application/json\r\n`
                + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
        });
    }

    #received(data) {
        this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
        const end = this.#rest.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        const head = this.#rest.toString("latin1", 0, end);
        const size = Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (this.#rest.length < end + 4 + size) {
            return;
        }
        const text = this.#rest.toString("utf8", end + 4, end + 4 + size);
        this.#rest = this.#rest.subarray(end + 4 + size);
        const {resolve} = this.#waiting;
        this.#waiting = null;
        if (/\r\nConnection: close/i.test(head)) {
            this.break();
        }
        resolve({status: Number(head.slice(9, 12)), text});
    }

    break() {
        this.broken = true;
        this.#socket.destroy();
        const waiting = this.#waiting;
        this.#waiting = null;
        waiting?.reject(new Error("the connection broke"));
    }
}

/** Messages come as the server sends them: onMessages takes those of one frame, onBroken is called once. */
export class SocketConnection {
    #socket;
    #onBroken;
    broken = false;

    constructor(url, onMessages, onBroken) {
        this.#onBroken = onBroken;
        this.#socket = new WebSocket(url.replace(/^http/, "ws"), {perMessageDeflate: false});
        this.#socket.on("message", data => this.broken || onMessages(JSON.parse(data)));
        this.#socket.on("error", () => {});
        this.#socket.on("close", () => this.break());
    }

    send(messages) {
        const text = JSON.stringify(messages);
        if (this.#socket.readyState === WebSocket.CONNECTING) {
            this.#socket.once("open", () => this.#socket.send(text));
        } else {
            this.#socket.send(text, () => {}); // who has lost it learns so from onBroken
        }
    }

    break() {
        if (!this.broken) {
            this.broken = true;
            this.#socket.terminate();
            this.#onBroken();
        }
    }
}

/** An EventSource, which brings messages and takes none. */
export class StreamConnection {
    #socket;
    #onBroken;
    #rest = "";
    broken = false;

    constructor(url, onMessages, onBroken) {
        this.#onBroken = onBroken;
        const {hostname, port, host, pathname} = new URL(url);
        this.#socket = connect({host: hostname, port: Number(port)});
        this.#socket.setEncoding("utf8");
        this.#socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`);
        this.#socket.on("data", text => {
            const events = (this.#rest + text).split("\n\n");
            this.#rest = events.pop();
            for (const event of events) {
                const data = /^data: (.*)$/m.exec(event);
                if (data && !this.broken) {
                    onMessages(JSON.parse(data[1]));
                }
            }
        });
        this.#socket.on("error", () => {});
        this.#socket.on("close", () => this.break());
    }

    break() {
        if (!this.broken) {
            this.broken = true;
            this.#socket.destroy();
            this.#onBroken();
        }
    }
}
