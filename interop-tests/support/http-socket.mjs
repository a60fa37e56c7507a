// HTTP by hand: one TCP connection, and every byte on it as the test wants it.

import {once} from "node:events";
import {connect} from "node:net";
import {until} from "./wait.mjs";

export class HttpSocket {
    #socket;
    #received = Buffer.alloc(0);
    #ended = false;

    /** @param origin http://ADDRESS:PORT */
    static async to(origin) {
        const http = new HttpSocket();
        const {hostname, port} = new URL(origin);
        const socket = connect({host: hostname.replace(/[[\]]/g, ""), port: Number(port), allowHalfOpen: true, noDelay: true});
        http.#socket = socket;
        socket.on("data", data => http.#received = Buffer.concat([http.#received, data]));
        socket.on("end", () => http.#ended = true);
        socket.on("close", () => http.#ended = true);
        socket.on("error", () => {});
        await once(socket, "connect");
        return http;
    }

    write(text) {
        this.#socket.write(text);
    }

    /** The next response: {status, headers, text, messages}; a name of headers is in lower case. */
    async response({head = false} = {}) {
        const enough = () => {
            const end = this.#received.indexOf("\r\n\r\n");
            if (end < 0) {
                return null;
            }
            const [line, ...fields] = this.#received.subarray(0, end).toString("latin1").split("\r\n");
            const headers = {};
            for (const field of fields) {
                const colon = field.indexOf(":");
                const name = field.slice(0, colon).toLowerCase();
                headers[name] = (headers[name] === undefined ? "" : `${headers[name]}, `) + field.slice(colon + 1).trim();
            }
            const size = head ? 0 : Number(headers["content-length"] ?? 0);
            if (this.#received.length < end + 4 + size) {
                return null;
            }
            const text = this.#received.subarray(end + 4, end + 4 + size).toString();
            this.#received = this.#received.subarray(end + 4 + size);
            const messages = headers["content-type"] === "application/json" ? JSON.parse(text) : null;
            return {status: Number(line.split(" ")[1]), line, headers, text, messages};
        };
        const found = await until(() => `a response, got ${this.#received.toString().slice(0, 500)}`,
            () => enough() ?? this.#ended);
        return found === true ? enough() : found;
    }

    /** Sends a request and waits for its response. */
    request(method, path, {headers = {}, body} = {}) {
        this.write(requestText(method, path, {headers, body}));
        return this.response({head: method === "HEAD"});
    }

    /** Posts Bayeux messages, or text that should be some. */
    post(messages, {headers, path = "/cometd"} = {}) {
        return this.request("POST", path, {headers, body: typeof messages === "string" ? messages : JSON.stringify(messages)});
    }

    /** Waits for text that has no length told; it is taken with all before it. The match. */
    async receives(pattern) {
        const match = await until(() => `${pattern}, got ${this.#received.toString().slice(0, 500)}`,
            () => pattern.exec(this.#received.toString()));
        this.#received = Buffer.from(this.#received.toString().slice(match.index + match[0].length));
        return match;
    }

    /** Waits for the other side's end; what has come and was not read. */
    async end() {
        await until(() => "the end of the connection", () => this.#ended);
        return this.#received.toString();
    }

    /** Reads no more; the system's buffers fill. */
    pause() {
        this.#socket.pause();
    }

    endSending() {
        this.#socket.end();
    }

    /** Ends the connection with a reset, as who has crashed. */
    reset() {
        this.#socket.resetAndDestroy();
    }

    destroy() {
        this.#socket.destroy();
    }
}

export function requestText(method, path, {headers = {}, body} = {}) {
    const all = {Host: "test", ...body === undefined ? {} : {"Content-Length": Buffer.byteLength(body)}, ...headers};
    return `${method} ${path} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`
        + (body ?? "");
}

export const handshake = {channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"]};

/** A session that was opened on the connection and has been connected once. It brings back no cookie. */
export async function openSession(http) {
    const reply = await http.post([handshake]);
    const session = {clientId: reply.messages[0].clientId};
    await http.post([connectOf(session)]);
    return session;
}

export const connectOf = ({clientId}, advice) =>
    ({channel: "/meta/connect", connectionType: "long-polling", clientId, ...advice === undefined ? {} : {advice}});
export const subscribeOf = ({clientId}, subscription) => ({channel: "/meta/subscribe", subscription, clientId});
export const publishOf = ({clientId}, channel, data) => ({channel, data, clientId});

/** Waits until the engine has what other connections have sent; new ones go to the I/O loops in turn. */
export async function settle(origin) {
    for (let loop = 0; loop < 2; ++loop) {
        const http = await HttpSocket.to(origin);
        await http.post([handshake]);
        http.destroy();
    }
}
