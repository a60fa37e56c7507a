// Several tabs of one browser: one is held, the others are told to poll now and then.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Client, load} from "./support/client.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

describe("two clients with one browser's cookie", () => {
    let CometD;
    let server;

    before(async () => {
        CometD = await load("cometd-9");
        server = await Server.start("--multi-session-interval", "100");
    });
    after(() => server?.stop());

    it("are both served, the second at the interval that it is advised", async () => {
        const first = await Client.connected(CometD, server.url);
        await first.polling();
        const second = new Client(CometD, server.url);
        const advised = [];
        second.cometd.addListener("/meta/connect", reply => advised.push(reply.advice));
        await second.connect();
        await until("the advice for multiple clients", () => advised.at(-1)?.["multiple-clients"]);
        assert.deepEqual({...advised.at(-1), timeout: undefined},
            {"multiple-clients": true, reconnect: "retry", interval: 100, timeout: undefined});

        const channels = [await first.subscribe("/both"), await second.subscribe("/both")];
        const stranger = await RawSession.connected(server.url);
        await stranger.send({channel: "/both", data: 1});
        await until("the message in both", () => channels.every(({messages}) => messages.length === 1));

        // Whoever is left has the browser's place for itself again.
        await first.disconnect();
        await until("a poll without that advice", async () => {
            await stranger.send({channel: "/both", data: 2});
            return !advised.at(-1)?.["multiple-clients"];
        });
        await second.disconnect();
    });

    it("do not slow down a client of another browser", async () => {
        const browser = await Client.connected(CometD, server.url);
        await browser.polling();
        const stranger = await RawSession.connected(server.url);
        await stranger.send({channel: "/meta/subscribe", subscription: "/wake"});
        const poll = stranger.send({channel: "/meta/connect", connectionType: "long-polling"});
        await browser.publish("/wake", "up");
        const [message, reply] = await poll;
        assert.deepEqual(message, {channel: "/wake", data: "up"});
        assert.equal(reply.successful, true);
        assert.equal(reply.advice, undefined);
        await browser.disconnect();
    });
});
