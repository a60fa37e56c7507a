// What is particular to WebSocket: pushes, sockets that break, readers that do not read.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {after, before, describe, it} from "node:test";
import {Cable} from "./support/cable.mjs";
import {Client, load} from "./support/client.mjs";
import {RawSession, post} from "./support/raw.mjs";
import {RawSocket} from "./support/raw-socket.mjs";
import {sanitizer} from "./support/sanitizer.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

for (const packageName of ["cometd-9", "cometd-8"]) {
    describe(`${packageName} over WebSocket`, () => {
        let CometD;
        let server;
        before(async () => {
            CometD = await load(packageName);
            server = await Server.start();
        });
        after(() => server?.stop());

        it("gets messages while its connect stays held", async () => {
            const reader = await Client.connected(CometD, server.url, "websocket");
            await reader.polling();
            const connects = [];
            reader.cometd.addListener("/meta/connect", reply => connects.push(reply));
            const subscribed = await reader.subscribe("/pushed");
            const writer = await RawSession.connected(server.url);
            for (const data of [1, 2, 3]) {
                await writer.send({channel: "/pushed", data});
            }
            await until("three messages", () => subscribed.messages.length === 3);
            assert.deepEqual(connects, []);
            await reader.disconnect();
        });

        it("goes on with its session after its socket was cut, and gets all that was published since", async () => {
            const cable = await Cable.to(server.origin);
            try {
                const reader = new Client(CometD, `${cable.origin}/cometd`, "websocket");
                const connects = [];
                const handshakes = [];
                reader.cometd.configure({url: `${cable.origin}/cometd`, maxBackoff: 100, backoffIncrement: 50, logLevel: "error"});
                reader.cometd.addListener("/meta/connect", reply => connects.push(reply.successful));
                reader.cometd.addListener("/meta/handshake", reply => handshakes.push(reply.successful));
                await reader.connect();
                await reader.polling();
                const {messages} = await reader.subscribe("/cut");
                const writer = await RawSession.connected(server.url);
                let sent = 0;
                const writeTo = async end => {
                    while (sent < end) {
                        await writer.send(...Array.from({length: 10}, () => ({channel: "/cut", data: sent++})));
                    }
                };
                await writeTo(200);
                cable.cut(); // in the middle of the stream
                await until("the client's notice of it", () => connects.at(-1) === false);
                const cut = sent;
                await writeTo(400);
                await cable.mend();
                await until("a connect that succeeds", () => connects.at(-1) === true);
                await writeTo(500);
                await until(() => `the last message, got ${messages.at(-1)?.data}`, () => messages.at(-1)?.data === 499);
                const data = messages.map(message => message.data);
                assert.deepEqual(data.filter(n => n >= cut), Array.from({length: 500 - cut}, (_, n) => cut + n));
                assert.deepEqual(data, [...new Set(data)].sort((a, b) => a - b), "nothing twice, all in order");
                assert.deepEqual(handshakes, [true]);
                await reader.disconnect();
            } finally {
                cable.cut();
            }
        });

        it("falls back to long-polling where there is no WebSocket", async () => {
            const polling = await Server.start("--allowed-transports", "long-polling");
            try {
                const reader = new Client(CometD, polling.url, "any");
                reader.cometd.configure({url: polling.url, logLevel: "error"});
                const handshook = new Promise(resolve => reader.cometd.addListener("/meta/handshake",
                    reply => reply.successful && resolve()));
                reader.cometd.handshake();
                await handshook;
                const {messages} = await reader.subscribe("/fallen");
                assert.equal(reader.transport, "long-polling");
                await (await RawSession.connected(polling.url)).send({channel: "/fallen", data: 1});
                await until("the message", () => messages.length === 1);
                await reader.disconnect();
            } finally {
                await polling.stop();
            }
        });
    });
}

describe("a WebSocket whose client does not read", () => {
    const residentBytes = pid =>
        Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) * 1024;

    it("loses its session, not the server its memory nor others their messages", async () => {
        const server = await Server.start("--max-queue-bytes", "4194304");
        try {
            const [chunk, count] = ["x".repeat(100_000), 500];
            const reader = await Client.connected(await load("cometd-9"), server.url, "websocket");
            const seen = [];
            await new Promise(resolve => reader.cometd.subscribe("/flood", ({data}) => seen.push(data.n), {}, resolve));
            const slow = await RawSocket.connected(server.url);
            slow.send({channel: "/meta/subscribe", id: "s", subscription: "/flood"});
            await slow.receives(/"id":"s"/);
            slow.send({channel: "/meta/connect", id: "held", connectionType: "websocket"});
            slow.pause();

            const writer = await RawSession.connected(server.url);
            const before = residentBytes(server.pid);
            let most = 0;
            for (let n = 0; n < count; ++n) {
                await writer.send({channel: "/flood", data: {n, chunk}});
                most = Math.max(most, residentBytes(server.pid));
            }
            await until("all messages at the other client", () => seen.length === count);
            assert.deepEqual(seen, Array.from({length: count}, (_, n) => n));
            assert.ok(most - before < 24e6 || await sanitizer(server.pid), `grew by ${most - before} bytes`);
            const {messages} = await post(server.url,
                [{channel: "/meta/connect", id: "1", clientId: slow.clientId, connectionType: "long-polling"}]);
            assert.match(messages[0].error, /^402:/);
            assert.equal(messages[0].advice.reconnect, "handshake");

            // Once it reads again it learns the same.
            slow.resume();
            const answer = await slow.receives(/\[\{[^[]*"id":"held"[^[]*\}\]/);
            assert.match(answer[0], /402:/);
            assert.match(answer[0], /"reconnect":"handshake"/);
            slow.destroy();
            await reader.disconnect();
        } finally {
            await server.stop();
        }
    });
});
