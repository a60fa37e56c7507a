// What is agreed on when a WebSocket opens, with the client library of Node.

import assert from "node:assert/strict";
import {once} from "node:events";
import {describe, it} from "node:test";
import WebSocket from "ws";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

/** An open socket, or the status of the refusal. */
async function opened(server, protocols, options) {
    const socket = new WebSocket(server.url.replace("http", "ws"), protocols, options);
    const refused = once(socket, "unexpected-response").then(([request, response]) => {
        request.destroy();
        return response.statusCode;
    });
    refused.catch(() => {});
    return Promise.race([once(socket, "open").then(() => socket), refused]);
}

async function closed(socket) {
    socket.close();
    await once(socket, "close");
}

describe("the subprotocol of a WebSocket", () => {
    it("may be any or none when none is demanded, and is not confirmed", async () => {
        const server = await Server.start();
        const socket = await opened(server, []);
        assert.equal(socket.protocol, "");
        await closed(socket);
        await server.stop();
    });

    it("has to be offered when it is demanded", async () => {
        const server = await Server.start("--ws.protocol", "bayeux.v1");
        const socket = await opened(server, ["other", "bayeux.v1"]);
        assert.equal(socket.protocol, "bayeux.v1");
        await closed(socket);
        assert.equal(await opened(server, ["other"]), 400);
        assert.equal(await opened(server, []), 400);
        await server.stop();
    });
});

describe("the compression of a WebSocket", () => {
    const long = {text: "again and ".repeat(1_000)};

    /** Publishes to /long what its own session is subscribed to; what comes back, and in how many bytes. */
    async function echoed(socket) {
        const arrived = [];
        socket.on("message", data => arrived.push(...JSON.parse(data.toString())));
        const replyTo = async message => {
            socket.send(JSON.stringify([message]));
            return until(`the reply to ${message.channel}`, () => arrived.find(({channel, successful}) => channel === message.channel && successful));
        };
        const {clientId} = await replyTo({channel: "/meta/handshake", version: "1.0"});
        await replyTo({channel: "/meta/subscribe", clientId, subscription: "/long"});
        const before = socket._socket.bytesRead;
        await replyTo({channel: "/long", clientId, data: long});
        const {data} = await until("the message", () => arrived.find(message => message.data !== undefined));
        return {data, size: socket._socket.bytesRead - before};
    }

    it("is agreed on when client and server want it", async () => {
        const server = await Server.start("--ws.permessage-deflate", "true");
        const socket = await opened(server, [], {perMessageDeflate: true});
        assert.match(socket.extensions, /^permessage-deflate\b/);
        const {data, size} = await echoed(socket);
        assert.deepEqual(data, long);
        assert.ok(size < 1_000, `${size} bytes`);
        await closed(socket);
        const plain = await opened(server, [], {perMessageDeflate: false});
        assert.equal(plain.extensions, "");
        assert.deepEqual((await echoed(plain)).data, long);
        await closed(plain);
        await server.stop();
    });

    it("is bounded by the size of a message", async () => {
        const server = await Server.start("--ws.permessage-deflate", "true", "--ws.max-message-size", "100000");
        const socket = await opened(server, [], {perMessageDeflate: {threshold: 0}});
        socket.send(" ".repeat(100_001));
        assert.equal((await once(socket, "close"))[0], 1009);
        await server.stop();
    });

    it("is not there by default", async () => {
        const server = await Server.start();
        const socket = await opened(server, [], {perMessageDeflate: true});
        assert.equal(socket.extensions, "");
        assert.ok((await echoed(socket)).size > 10_000);
        await closed(socket);
        await server.stop();
    });
});

it("a WebSocket on which something comes that is not UTF-8 is closed with 1007", async () => {
    const server = await Server.start();
    const socket = await opened(server, []);
    socket.send(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), {binary: false});
    const [code] = await once(socket, "close");
    assert.equal(code, 1007);
    await server.stop();
});

it("pages of allowed origins alone open a WebSocket", async () => {
    const server = await Server.start("--allow-origin", "https://*.example.org");
    for (const origin of [server.origin, "https://a.example.org"]) {
        await closed(await opened(server, [], {origin}));
    }
    for (const origin of ["https://example.org", "https://evil.example", "null"]) {
        assert.equal(await opened(server, [], {origin}), 403, origin);
    }
    await server.stop();
});
