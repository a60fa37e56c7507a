// gobayeux (Go) cannot be had here: this is what it does on the wire, and fails where it would.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {RawSession, post} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until, within} from "./support/wait.mjs";

const isStrings = value => Array.isArray(value) && value.every(each => typeof each === "string");
/** What its JSON decoder takes for each member of a message and of advice; another type fails the whole answer. */
const types = {
    ...Object.fromEntries(["id", "channel", "clientId", "version", "minimumVersion", "connectionType", "timestamp", "subscription", "error"]
        .map(name => [name, value => typeof value === "string"])),
    successful: value => typeof value === "boolean",
    supportedConnectionTypes: isStrings,
    ext: value => typeof value === "object",
    data: () => true,
    advice: advice => Object.entries(advice).every(([name, value]) => adviceTypes[name]?.(value) ?? true),
};
const adviceTypes = {
    "reconnect": value => typeof value === "string",
    "timeout": Number.isInteger,
    "interval": Number.isInteger,
    "multiple-clients": value => typeof value === "boolean",
    "hosts": isStrings,
};

/** Its ways: no ids, a cookie jar, one request at a time, one goroutine that subscribes and polls. */
class GoBayeux {
    received = new Map(); // by subscription, what its channel was given
    failure = null;
    #url;
    #cookie;
    #clientId;
    #requests = []; // channels that are to be subscribed

    static async started(url) {
        const client = new GoBayeux();
        client.#url = url;
        const answers = await client.#post([{channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"]}]);
        assert.equal(answers.length, 1, "too many messages");
        assert.equal(answers[0].channel, "/meta/handshake");
        assert.equal(answers[0].successful, true);
        client.#clientId = answers[0].clientId;
        client.stopped = client.#poll().catch(error => client.failure = error);
        return client;
    }

    subscribe(...channels) {
        this.#requests.push(...channels);
    }

    /** Ends it after the poll that is held. */
    stop() {
        this.stopping = true;
        return this.stopped;
    }

    async #poll() {
        while (!this.stopping) {
            const channels = this.#requests.splice(0);
            if (channels.length > 0) {
                const answers = await this.#send(...channels.map(subscription => ({channel: "/meta/subscribe", subscription})));
                assert.ok(answers.every(({channel, successful}) => channel !== "/meta/subscribe" || successful));
                channels.forEach(channel => this.received.set(channel, []));
            }
            const answers = await this.#send({channel: "/meta/connect", connectionType: "long-polling"});
            assert.ok(answers.every(({channel, successful}) => channel !== "/meta/connect" || successful), JSON.stringify(answers));
            this.#deliver(answers);
        }
        const [reply] = await this.#send({channel: "/meta/disconnect"});
        assert.equal(reply.successful, true);
    }

    /** Hands over what is collected of a channel when a message of another one follows; the last ones it forgets. */
    #deliver(answers) {
        let batch = [];
        for (const answer of answers) {
            if (batch.length > 0 && batch[0].channel !== answer.channel) {
                const {channel} = batch[0];
                if (channel === "/meta/connect") {
                    assert.ok(batch[0].advice, "looks into the advice");
                }
                assert.ok(channel === "/meta/connect" || this.received.has(channel), `${channel} is not subscribed`);
                this.received.get(channel)?.push(...batch.map(({data}) => data));
                batch = [];
            }
            batch.push(answer);
        }
    }

    #send(...messages) {
        return this.#post(messages.map(message => ({...message, clientId: this.#clientId})));
    }

    async #post(messages) {
        const {status, headers, messages: answers, text} = await post(this.#url, messages,
            {Accept: "application/json", ...this.#cookie && {Cookie: this.#cookie}});
        assert.equal(status, 200, text);
        this.#cookie = headers["set-cookie"]?.[0].split(";")[0] ?? this.#cookie;
        for (const answer of answers) {
            for (const [name, value] of Object.entries(answer)) {
                assert.ok(types[name]?.(value) ?? true, `cannot decode ${name} of ${JSON.stringify(answer)}`);
            }
        }
        return answers;
    }
}

describe("gobayeux", () => {
    let server;
    before(async () => {
        server = await Server.start("--timeout", "300");
    });
    after(() => server?.stop());

    it("gets all events of its channels, and ends well", async () => {
        const client = await within("gobayeux has started", GoBayeux.started(server.url), 3000);
        client.subscribe("/one", "/two");
        const got = () => JSON.stringify(Object.fromEntries(client.received));
        const gets = expected => until(() => `${JSON.stringify(expected)}, got ${got()}`, () => {
            assert.equal(client.failure, null);
            return got() === JSON.stringify(expected);
        });
        await gets({"/one": [], "/two": []});
        const writer = await RawSession.connected(server.url);
        await writer.send({channel: "/one", data: {n: 1}});
        await gets({"/one": [{n: 1}], "/two": []});
        await writer.send({channel: "/one", data: {n: 2}}, {channel: "/two", data: {n: 3}}, {channel: "/two", data: {n: 4}},
            {channel: "/one", data: {n: 5}});
        await gets({"/one": [{n: 1}, {n: 2}, {n: 5}], "/two": [{n: 3}, {n: 4}]});
        // Messages that come while it subscribes are in the answer to that, which it does not look at: not these.
        client.subscribe("/three");
        await until("the third channel", () => client.received.has("/three"));
        await writer.send({channel: "/three", data: {n: 6}});
        await gets({"/one": [{n: 1}, {n: 2}, {n: 5}], "/two": [{n: 3}, {n: 4}], "/three": [{n: 6}]});
        await client.stop();
        assert.equal(client.failure, null);
    });

    it("is told in one answer what it has subscribed, without ids", async () => {
        const session = await RawSession.connected(server.url);
        const subscribe = subscription => ({channel: "/meta/subscribe", subscription, id: undefined});
        const answers = await session.send(subscribe("/a"), subscribe("/b"));
        assert.deepEqual(answers, ["/a", "/b"].map(subscription => ({channel: "/meta/subscribe", subscription, successful: true})));
    });
});
