// What every generation of the CometD JavaScript client must find on each of its transports.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Client, load, loadExtension, versionOf} from "./client.mjs";
import {RawSession, post} from "./raw.mjs";
import {Server} from "./server.mjs";
import {until} from "./wait.mjs";

const twentyValues = [
    0, false, "", null, true, 1, -1.5, 9007199254740991, 1e-7, "text",
    "Grüße, señor, 日本語, עברית, 🧵", "line\nbreak\ttab \"quotes\" back\\slash", "\u2028\u2029\u0000\u001f\ufeff", "<b>&amp;</b>",
    [], {}, [null, [0, {"": ""}]], {deep: {deeper: [false, {deepest: null}]}}, {data: 0, id: 1, clientId: "x"}, "twentieth",
];

export function testClient(packageName) {
    for (const transport of ["long-polling", "websocket"]) {
        testClientOver(packageName, transport);
    }
}

function testClientOver(packageName, transport) {
    describe(`cometd ${versionOf(packageName)} over ${transport}`, () => {
        let CometD;
        let server;
        const clients = [];

        const client = async () => {
            const made = await Client.connected(CometD, server.url, transport);
            clients.push(made);
            return made;
        };
        const received = (subscribed, count) =>
            until(() => `${count} messages, got ${JSON.stringify(subscribed.messages)}`,
                () => subscribed.messages.length >= count);
        const dataOf = subscribed => subscribed.messages.map(message => message.data);

        before(async () => {
            CometD = await load(packageName);
            // The clients of one Node process share their cookies, so to the server they are one browser.
            server = await Server.start("--services", "chat,echo", "--max-sessions-per-browser", "-1");
        });

        after(async () => {
            await Promise.all(clients.map(each => each.disconnect()));
            await server?.stop();
        });

        it("shakes hands and connects", async () => {
            const alone = new Client(CometD, server.url, transport);
            clients.push(alone);
            const reply = await alone.connect();
            assert.equal(reply.version, "1.0");
            assert.ok(reply.supportedConnectionTypes.includes(transport));
            assert.equal(alone.cometd.isDisconnected(), false);
            assert.equal(alone.transport, transport);
        });

        it("gets 20 messages of another session in order, whatever their data", async () => {
            const [reader, writer] = [await client(), await client()];
            const subscribed = await reader.subscribe("/values/all");
            for (const value of twentyValues) {
                writer.cometd.publish("/values/all", value);
            }
            await received(subscribed, twentyValues.length);
            assert.deepEqual(dataOf(subscribed), twentyValues);
            for (const message of subscribed.messages) {
                assert.deepEqual(Object.keys(message).sort(), ["channel", "data"], "nothing of the publisher's envelope");
            }
        });

        it("gets a message once through exact, single and deep wildcard subscriptions", async () => {
            const [reader, writer] = [await client(), await client()];
            const exact = await reader.subscribe("/wild/one");
            const single = await reader.subscribe("/wild/*");
            const deep = await reader.subscribe("/wild/**");
            await writer.publish("/wild", "beside");
            await writer.publish("/wild/one", "first");
            await writer.publish("/wild/one/two", "second");
            await writer.publish("/wild/one", "last");
            await until("the last message", () => dataOf(deep).includes("last"));
            assert.deepEqual(dataOf(exact), ["first", "last"]);
            assert.deepEqual(dataOf(single), ["first", "last"]);
            assert.deepEqual(dataOf(deep), ["first", "second", "last"]);
        });

        it("gets messages with a wildcard subscription alone", async () => {
            const [single, deep, writer] = [await client(), await client(), await client()];
            const children = await single.subscribe("/alone/*");
            const descendants = await deep.subscribe("/alone/**");
            await writer.publish("/alone/a/b", 1);
            await writer.publish("/alone/a", 2);
            await Promise.all([received(children, 1), received(descendants, 2)]);
            assert.deepEqual(dataOf(children), [2]);
            assert.deepEqual(dataOf(descendants), [1, 2]);
            assert.deepEqual(descendants.messages.map(message => message.channel), ["/alone/a/b", "/alone/a"]);
        });

        it("sends a batch and gets its own and the others' messages and all replies", async () => {
            const [batcher, reader] = [await client(), await client()];
            const theirs = await reader.subscribe("/batch/a");
            const replies = [];
            const own = [];
            batcher.cometd.batch(() => {
                batcher.cometd.subscribe("/batch/*", message => own.push(message.data));
                for (const n of [0, 1, 2, 3, 4]) {
                    batcher.cometd.publish("/batch/a", n, {}, reply => replies.push(reply));
                }
            });
            await until("five replies", () => replies.length === 5);
            await until("five own messages", () => own.length === 5);
            await received(theirs, 5);
            assert.ok(replies.every(reply => reply.successful === true && reply.channel === "/batch/a"));
            assert.deepEqual(own, [0, 1, 2, 3, 4]);
            assert.deepEqual(dataOf(theirs), [0, 1, 2, 3, 4]);
        });

        it("is told that a publish was taken, with and without subscribers", async () => {
            const writer = await client();
            const reply = await writer.publish("/nobody/listens", {n: 1});
            assert.equal(reply.successful, true);
            assert.equal(reply.channel, "/nobody/listens");
            assert.equal(reply.data, undefined);
            assert.equal((await writer.publish("/service/nothing/there", {})).successful, true);
        });

        it("is told that a publish was refused", async () => {
            const writer = await client();
            const refusal = writer.next("/meta/unsuccessful");
            writer.cometd.send({id: "refused", channel: "/meta/nonsense", data: 1});
            assert.match((await refusal).error, /^403:denied_by_security_policy:/);
        });

        it("gets nothing any more after it has unsubscribed", async () => {
            const [reader, writer] = [await client(), await client()];
            const left = await reader.subscribe("/left");
            const kept = await reader.subscribe("/kept");
            await writer.publish("/left", "before");
            await received(left, 1);
            assert.equal((await reader.unsubscribe(left.subscription)).successful, true);
            // Listening on goes below the client's own bookkeeping: what would still come would be seen.
            const strays = [];
            reader.cometd.addListener("/left", message => strays.push(message));
            await writer.publish("/left", "after");
            await writer.publish("/kept", "end");
            await received(kept, 1);
            assert.deepEqual(strays, []);
            assert.deepEqual(dataOf(left), ["before"]);
        });

        it("disconnects and its session is gone", async () => {
            const leaver = await client();
            const id = leaver.cometd.getClientId();
            await leaver.polling();
            const poll = leaver.next("/meta/connect");
            const reply = await leaver.disconnect();
            assert.equal(reply.successful, true);
            assert.equal(leaver.cometd.isDisconnected(), true);
            assert.equal((await poll).advice.reconnect, "none", "the held poll is let go");
            const {messages} = await post(server.url,
                [{channel: "/meta/connect", connectionType: "long-polling", clientId: id, id: "1"}]);
            assert.match(messages[0].error, /^402:/);
            assert.equal(messages[0].advice.reconnect, "handshake");
        });

        it("calls the echo service and gets id and data back", async () => {
            const caller = await client();
            for (const value of [{text: "äöü", list: [0, null]}, "", 0]) {
                const answer = await caller.remoteCall("echo", value);
                assert.equal(answer.channel, "/service/echo");
                assert.deepEqual(answer.data, value);
            }
        });

        it("learns the server's clock", async () => {
            const begin = Date.now();
            const timesync = new (await loadExtension(packageName, "TimeSyncExtension"))();
            const alone = new Client(CometD, server.url, transport);
            clients.push(alone);
            alone.cometd.registerExtension("timesync", timesync);
            const reply = await alone.connect();
            assert.deepEqual(Object.keys(reply.ext.timesync).sort(), ["a", "p", "tc", "ts"]);
            // It is this machine's; what the client can be wrong is the time it has taken.
            assert.ok(Math.abs(timesync.getTimeOffset()) <= Date.now() - begin);
        });

        it("publishes bytes and gets bytes", async () => {
            const [reader, writer] = [await client(), await client()];
            const Binary = await loadExtension(packageName, "BinaryExtension");
            for (const each of [reader, writer]) {
                each.cometd.registerExtension("binary", new Binary());
            }
            const stranger = await client(); // knows nothing of binary data
            const subscribed = await reader.subscribe("/binary");
            const texts = await stranger.subscribe("/binary");
            const pieces = [0, 1, 2, 3, 4, 5, 250].map(length => Uint8Array.from({length}, (_, at) => 255 - at));
            for (const piece of pieces) {
                const reply = await writer.publishBinary("/binary", piece.buffer, false, {length: piece.length});
                assert.equal(reply.successful, true);
            }
            await Promise.all([received(subscribed, pieces.length), received(texts, pieces.length)]);
            for (const [at, piece] of pieces.entries()) {
                const {data, last, meta} = dataOf(subscribed)[at];
                assert.deepEqual(new Uint8Array(data), piece);
                assert.equal(last, false);
                assert.deepEqual(meta, {length: piece.length});
            }
            assert.equal(typeof dataOf(texts).at(-1).data, "string");
        });

        it("calls a service with bytes and gets bytes back", async () => {
            const caller = await client();
            caller.cometd.registerExtension("binary", new (await loadExtension(packageName, "BinaryExtension"))());
            for (const length of [0, 1, 2, 3, 4, 5, 250]) {
                const piece = Uint8Array.from({length}, (_, at) => 255 - at * 7);
                const answer = await caller.remoteCallBinary("echo", piece.buffer, true, {length});
                assert.deepEqual(new Uint8Array(answer.data.data), piece);
                assert.equal(answer.data.last, true);
                assert.deepEqual(answer.data.meta, {length});
            }
        });

        it("shakes hands again after the server was restarted and its listeners subscribe anew", async () => {
            const own = await Server.start("--services", "chat,echo", "--max-sessions-per-browser", "-1");
            try {
                const reader = new Client(CometD, own.url, transport);
                const messages = [];
                const sessions = [];
                const subscriptions = [];
                reader.cometd.addListener("/meta/handshake", reply => {
                    if (reply.successful) {
                        sessions.push(reply.clientId);
                        reader.cometd.subscribe("/after/restart", message => messages.push(message.data),
                            {}, subscribed => subscriptions.push(subscribed.successful));
                    }
                });
                await reader.connect();
                await until("the first subscription", () => subscriptions.length === 1);
                const raw = await RawSession.connected(own.url);
                await raw.send({channel: "/after/restart", data: "before"});
                await until("the first message", () => messages.length === 1);

                await own.restart();
                await until("the second subscription", () => subscriptions.length === 2);
                assert.notEqual(sessions[1], sessions[0]);
                const other = await RawSession.connected(own.url);
                await other.send({channel: "/after/restart", data: "after"});
                await until("the second message", () => messages.length === 2);
                assert.deepEqual(messages, ["before", "after"]);
                assert.deepEqual(subscriptions, [true, true]);
                await reader.disconnect();
            } finally {
                await own.stop();
            }
        });
    });
}
