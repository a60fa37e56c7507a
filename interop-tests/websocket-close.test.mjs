// How a WebSocket ends, on the TCP connection itself. What frames mean is tested without sockets, in tests/websocket_*.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {RawSession} from "./support/raw.mjs";
import {RawSocket, frame} from "./support/raw-socket.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

const text = 0x81;
const ping = 0x89;
const close = frame(0x88, [0x03, 0xe8]);
const closed = code => Buffer.from([0x88, 0x02, code >> 8, code & 255]).toString("latin1");

for (const ioThreads of ["0", "2"]) {
    describe(`the end of a WebSocket, with ${ioThreads} I/O threads`, () => {
        let server;
        before(async () => server = await Server.start("--io-threads", ioThreads));
        after(() => server?.stop());

        /** All that comes, once the server has said all; its own close frame has a reason behind the code. */
        async function answerTo(...pieces) {
            const socket = await RawSocket.opened(server.url);
            for (const piece of pieces) {
                socket.write(piece);
            }
            await until(() => `the server's end, got ${socket.received}`, () => socket.ended);
            socket.destroy();
            return socket.received;
        }

        it("is the server's to make, after its close frame", async () => {
            assert.equal(await answerTo(close), closed(1000));
        });

        it("comes with no answer to what is sent behind a close, however much that is", async () => {
            const behind = Buffer.concat(Array(100).fill(Buffer.concat([frame(text, "x".repeat(10_000)), frame(ping, "p")])));
            assert.equal(await answerTo(Buffer.concat([close, behind])), closed(1000));
            assert.equal(await answerTo(Buffer.concat([close, close])), closed(1000));
        });

        it("is told before the connection is reset by what is still on its way", async () => {
            const behind = Buffer.alloc(1_000_000, "x");
            const told = await answerTo(Buffer.concat([frame(0x83, "reserved opcode"), behind]));
            assert.match(told, /^\x88.\x03\xea[ -~]+$/s);
        });

        it("comes with the first byte that is no UTF-8, and the rest is not waited for", async () => {
            const told = await answerTo(frame(0x01, "begun"), frame(0x00, [0xf4, 0x90]));
            assert.match(told, /^\x88.\x03\xef[ -~]+$/s);
        });

        it("comes when the client ends its sending, with a close frame or without", async () => {
            for (const [last, expected] of [[close, closed(1000)], [frame(ping, "p"), "\x8a\x01p"]]) {
                const socket = await RawSocket.opened(server.url);
                socket.write(last);
                socket.endSending();
                await until("the server's end", () => socket.ended);
                assert.equal(socket.received, expected);
                await until("the end of both", () => socket.closed);
            }
        });

        it("loses nothing that a client published before it closed or hung up", async () => {
            for (const end of [socket => socket.write(close), socket => socket.endSending()]) {
                const reader = await RawSession.connected(server.url);
                await reader.send({channel: "/meta/subscribe", subscription: "/last"});
                const socket = await RawSocket.connected(server.url);
                socket.send({channel: "/last", data: 1});
                end(socket);
                const messages = await reader.send({channel: "/meta/connect", connectionType: "long-polling"});
                assert.ok(messages.some(({channel, data}) => channel === "/last" && data === 1), JSON.stringify(messages));
                socket.destroy();
            }
        });
    });
}
