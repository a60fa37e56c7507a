// A thousand subscribers, of whom fifty never read: the others get all, the fifty end, memory stays.

import assert from "node:assert/strict";
import {readFileSync, readdirSync} from "node:fs";
import {it} from "node:test";
import {HttpSocket} from "./support/http-socket.mjs";
import {RawSession, post} from "./support/raw.mjs";
import {RawSocket} from "./support/raw-socket.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

const readerCount = 950;
const rounds = 60;
const text = "x".repeat(16_000);
const memoryLimit = 160e6; // what a thousand connections need, and a portion for each of them

const peakMemory = pid => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) * 1024;
const descriptors = pid => readdirSync(`/proc/${pid}/fd`).length;

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

/** Each is made with a session, stops reading, and says how to end it. */
const deaf = {
    async websocket(server) {
        const socket = await socketReader(server.url);
        socket.pause();
        return {clientId: socket.clientId, destroy: () => socket.destroy()};
    },
    async eventStream(server) {
        const clientId = await subscribed(server.url);
        const http = await HttpSocket.to(server.origin);
        http.write(`GET /cometd/${clientId} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
        await http.receives(/retry: \d+\n\n/);
        http.pause();
        return {clientId, destroy: () => http.destroy()};
    },
    async poll(server) {
        const clientId = await subscribed(server.url);
        const http = await HttpSocket.to(server.origin);
        http.pause();
        const body = JSON.stringify([{channel: "/meta/connect", clientId, connectionType: "long-polling"}]);
        http.write(`POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        return {clientId, destroy: () => http.destroy()};
    },
    async pipeline(server) {
        const http = await HttpSocket.to(server.origin);
        http.pause();
        http.write("OPTIONS /cometd HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30_000));
        return {destroy: () => http.destroy()};
    }
};

it("a thousand subscribers, of whom fifty never read", async () => {
    const server = await Server.start("--request-timeout", "4000", "--keep-alive-timeout", "4000", "--max-interval", "2000",
        "--timeout", "60000", "--max-sessions-per-browser", "-1");
    const ends = [];
    try {
        const writer = await RawSession.connected(server.url);
        const readers = await many(readerCount, () => socketReader(server.url));
        ends.push(...readers);
        const withReaders = descriptors(server.pid);
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
            () => descriptors(server.pid) <= withReaders, 30_000);
        assert.ok(readers.every(({ended, closed}) => !ended && !closed), "of the others none has");
        assert.ok(server.log.some(line => /cut off .*: it has not read for request-timeout/.test(line)), server.log.join("\n"));
        for (const {clientId} of silent.filter(({clientId}) => clientId)) {
            await until(`the end of session ${clientId}`, async () => {
                const {messages: [{error}]} = await post(server.url,
                    [{channel: "/meta/subscribe", clientId, subscription: "/none"}], {});
                return error?.startsWith("402:") || new Promise(resolve => setTimeout(resolve, 3_000));
            });
        }
        assert.ok(peakMemory(server.pid) < memoryLimit, `needed ${peakMemory(server.pid)} bytes`);
    } finally {
        ends.forEach(end => end.destroy());
        await server.stop();
    }
});
