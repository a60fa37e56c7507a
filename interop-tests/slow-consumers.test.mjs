// A thousand subscribers, of whom fifty never read: the others get all, the fifty end, memory stays.

import assert from "node:assert/strict";
import {it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {HttpSocket} from "./support/http-socket.mjs";
import {RawSession, post} from "./support/raw.mjs";
import {RawSocket} from "./support/raw-socket.mjs";
import {until} from "./support/wait.mjs";

const readerCount = 950;
const rounds = 60;
const text = "x".repeat(16_000);
const memoryLimit = 160e6; // what a thousand connections need, and a portion for each of them

const urlOf = server => `${server.origin}/cometd`;

/** In groups, so that connecting does not take all that the system has for it. */
async function many(count, make) {
    const made = [];
    while (made.length < count) {
        made.push(...await Promise.all(Array.from({length: Math.min(50, count - made.length)}, make)));
    }
    return made;
}

async function socketReader(url) {
    const socket = await RawSocket.connected(url);
    socket.send({channel: "/meta/subscribe", id: "s", subscription: "/all"});
    await socket.receives(/"id":"s"/);
    socket.send({channel: "/meta/connect", id: "held", connectionType: "websocket"});
    socket.received = "";
    return socket;
}

/** A session over long-polling of a program without cookies; its clientId. */
async function subscribed(url) {
    const {messages: [{clientId}]} = await post(url,
        [{channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"]}]);
    await post(url, [{channel: "/meta/connect", clientId, connectionType: "long-polling"}]);
    await post(url, [{channel: "/meta/subscribe", clientId, subscription: "/all"}]);
    return clientId;
}

/** Connections that ask for much and stop reading. */
const deaf = {
    async websocket(server) {
        const socket = await socketReader(urlOf(server));
        socket.pause();
        return socket;
    },
    async eventStream(server) {
        const clientId = await subscribed(urlOf(server));
        const http = await HttpSocket.to(server.origin);
        http.write(`GET /cometd/${clientId} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
        await http.receives(/retry: \d+\n\n/);
        http.pause();
        return http;
    },
    async poll(server) {
        const clientId = await subscribed(urlOf(server));
        const http = await HttpSocket.to(server.origin);
        http.pause();
        const body = JSON.stringify([{channel: "/meta/connect", clientId, connectionType: "long-polling"}]);
        http.write(`POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        return http;
    },
    async pipeline(server) {
        const http = await HttpSocket.to(server.origin);
        http.pause();
        http.write("OPTIONS /cometd HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30_000));
        return http;
    }
};

it("a thousand subscribers, of whom fifty never read", async () => {
    const server = await Daemon.start(["--services", "monitor", "--request-timeout", "4000", "--keep-alive-timeout", "4000",
        "--max-interval", "2000", "--timeout", "60000", "--max-sessions-per-browser", "-1"]);
    const ends = [];
    try {
        const writer = await RawSession.connected(urlOf(server));
        const readers = await many(readerCount, () => socketReader(urlOf(server)));
        ends.push(...readers);
        const withReaders = await server.descriptors();
        const silent = [];
        for (const [kind, count] of [["websocket", 20], ["eventStream", 10], ["poll", 10], ["pipeline", 10]]) {
            silent.push(...await many(count, () => deaf[kind](server)));
        }
        ends.push(...silent);

        for (let n = 0; n < rounds; ++n) {
            assert.equal((await writer.send({channel: "/all", data: {text, n}}))[0].successful, true);
            const expected = `[{"channel":"/all","data":{"text":"${text}","n":${n}}}]`;
            await until(`message ${n} at all who read`, () => readers.every(({received}) => received.length >= expected.length));
            for (const reader of readers) {
                const {length} = expected;
                assert.equal(reader.received.length - length, 4, `one frame: ${reader.received.slice(length)}`);
                assert.ok(reader.received.endsWith(expected), reader.received.slice(-100));
                reader.received = "";
            }
        }

        await until("the connections of those who do not read to end",
            async () => await server.descriptors() <= withReaders, 30_000);
        assert.ok(readers.every(({ended, closed}) => !ended && !closed), "of the others none has");
        assert.ok(server.log.some(line => /cut off .*: it has not read for request-timeout/.test(line)), server.log.join("\n"));
        await until("all sessions but those of readers to end", async () => await server.sessions() === readerCount);
        const peak = await server.peakMemory();
        assert.ok(peak < memoryLimit || await server.sanitizer(), `needed ${peak} bytes`);
    } finally {
        ends.forEach(end => end.destroy());
        await server.stop();
    }
});
