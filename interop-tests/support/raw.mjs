// Bayeux by hand over HTTP, for what no client would send and for looking at the wire.

import {request} from "node:http";
import {once} from "node:events";

/** Posts the body and returns {status, headers, text, messages}; messages is null when the reply is not JSON. */
export async function post(url, body, headers = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const call = request(url, {method: "POST", agent: false,
        headers: {"Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers}});
    call.end(text);
    const [response] = await once(call, "response");
    const chunks = [];
    for await (const chunk of response) {
        chunks.push(chunk);
    }
    const reply = {status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString(),
        messages: null};
    if (/^application\/json\b/.test(response.headers["content-type"])) {
        reply.messages = JSON.parse(reply.text);
    }
    return reply;
}

/** A session that does only what it is told, with its cookie. */
export class RawSession {
    #url;
    #cookie;
    #ids = 0;
    clientId;

    static async connected(url) {
        const session = new RawSession();
        session.#url = url;
        const reply = await post(url, [{channel: "/meta/handshake", id: "h", version: "1.0",
            supportedConnectionTypes: ["long-polling"]}]);
        session.clientId = reply.messages[0].clientId;
        session.#cookie = reply.headers["set-cookie"]?.[0].split(";")[0];
        await session.send({channel: "/meta/connect", connectionType: "long-polling"});
        return session;
    }

    /** Sends messages in one request, each with the clientId and an id of its own, and returns what came back. */
    async send(...messages) {
        const filled = messages.map(message => ({id: String(++this.#ids), clientId: this.clientId, ...message}));
        const reply = await post(this.#url, filled, this.#cookie ? {Cookie: this.#cookie} : {});
        if (reply.status !== 200) {
            throw new Error(`HTTP ${reply.status} for ${JSON.stringify(filled)}: ${reply.text}`);
        }
        return reply.messages;
    }

    /** Polls without being held. */
    poll() {
        return this.send({channel: "/meta/connect", connectionType: "long-polling", advice: {timeout: 0}});
    }
}
