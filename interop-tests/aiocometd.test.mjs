// aiocometd (Python) cannot be had here: this is what it does on the wire, and fails where it would.

import assert from "node:assert/strict";
import {once} from "node:events";
import {after, before, describe, it} from "node:test";
import {WebSocket} from "ws";
import {post, RawSession} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until, within} from "./support/wait.mjs";

/** Its ways: no cookies (its HTTP library keeps none of IP addresses), ids that begin anew, advice that is replaced, not merged. */
class Aiocometd {
    events = [];
    subscriptions = new Set();
    sessions = []; // the clientIds that it has had
    connects = 0; // that have been answered
    failure = null; // why its connect task has ended
    #url;
    #types;
    #transport = "long-polling"; // of every handshake, at first
    #clientId;
    #ids = 0;
    #advice = {};
    #subscribesOnConnect = false;
    #socket;
    #pending = new Map();
    #open = true;

    static async opened(url, types) {
        const client = new Aiocometd();
        client.#url = url;
        client.#types = types;
        const reply = await client.#handshake();
        const common = types.find(type => reply.supportedConnectionTypes.includes(type));
        if (common !== client.#transport) { // a transport of its own, that knows of nothing but the clientId
            client.#transport = common;
            client.#ids = 0;
            client.#advice = {};
        }
        await client.#connect();
        client.#stayConnected().catch(error => client.failure = error);
        return client;
    }

    subscribe(subscription) {
        return this.#send({channel: "/meta/subscribe", subscription});
    }

    unsubscribe(subscription) {
        return this.#send({channel: "/meta/unsubscribe", subscription});
    }

    publish(channel, data) {
        return this.#send({channel, data});
    }

    /** Gives its connect up, and says so. */
    async disconnect() {
        this.#open = false;
        const reply = await this.#send({channel: "/meta/disconnect"});
        this.#socket?.close();
        return reply;
    }

    async #handshake() {
        this.#ids = 0;
        const message = {channel: "/meta/handshake", version: "1.0", minimumVersion: "1.0", supportedConnectionTypes: this.#types};
        const reply = await this.#exchange([{...message, id: this.#nextId()}]);
        assert.equal(reply.successful, true, JSON.stringify(reply));
        this.#clientId = reply.clientId;
        this.sessions.push(reply.clientId);
        this.#subscribesOnConnect = true;
        return reply;
    }

    /** The subscriptions of the session before go with the connect, and the connect's reply comes in the same answer. */
    async #connect() {
        const again = this.#subscribesOnConnect ? [...this.subscriptions] : [];
        const reply = await this.#send({channel: "/meta/connect", connectionType: this.#transport},
            ...again.map(subscription => ({channel: "/meta/subscribe", subscription})));
        this.#subscribesOnConnect = !reply.successful;
        ++this.connects;
    }

    async #stayConnected() {
        while (this.#open) {
            // It sleeps so many seconds.
            assert.ok(this.#advice.interval < 1, `would sleep for ${this.#advice.interval} s`);
            if (this.#advice.reconnect === "handshake") {
                await this.#handshake();
            } else {
                assert.equal(this.#advice.reconnect, "retry", "does nothing any more");
                await this.#connect();
            }
        }
    }

    #send(...messages) {
        return this.#exchange(messages.map(message => ({...message, clientId: this.#clientId, id: this.#nextId()})));
    }

    #nextId() {
        return String(this.#ids++);
    }

    /** The reply to the first of the messages. */
    async #exchange(messages) {
        // It comes back after a second, this one at once.
        return until("the server is there", async () => {
            try {
                return await (this.#transport === "websocket" ? this.#exchangeBySocket(messages) : this.#exchangeByPost(messages));
            } catch (error) {
                if (!["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(error.code)) {
                    throw error;
                }
                return undefined;
            }
        });
    }

    async #exchangeByPost(messages) {
        const {messages: answers} = await post(this.#url, messages);
        assert.ok(answers, "application/json, whatever the status");
        const reply = this.#consume(answers, messages[0]);
        assert.ok(reply, `no reply to ${JSON.stringify(messages[0])} in ${JSON.stringify(answers)}`);
        return reply;
    }

    async #exchangeBySocket(messages) {
        if (this.#socket?.readyState !== WebSocket.OPEN) {
            await this.#openSocket();
        }
        const reply = new Promise((resolve, reject) => this.#pending.set(messages[0].id, {resolve, reject}));
        this.#socket.send(JSON.stringify(messages));
        return reply;
    }

    async #openSocket() {
        this.#socket = new WebSocket(this.#url.replace("http", "ws"));
        this.#socket.on("message", text => {
            const answers = JSON.parse(text);
            this.#consume(answers);
            // Whatever has the id is the reply.
            for (const answer of answers) {
                this.#pending.get(answer.id)?.resolve(answer);
                this.#pending.delete(answer.id);
            }
        });
        this.#socket.on("close", () => {
            this.#pending.forEach(({reject}) => reject(Object.assign(new Error("closed"), {code: "ECONNRESET"})));
            this.#pending.clear();
        });
        this.#socket.on("error", () => {}); // "close" comes too
        await once(this.#socket, "open");
    }

    #consume(answers, first) {
        let reply;
        for (const answer of answers) {
            this.#advice = answer.advice ?? this.#advice;
            if (answer.channel === "/meta/subscribe" || answer.channel === "/meta/unsubscribe") {
                assert.equal(typeof answer.subscription, "string", "it is put into a set");
                const subscribed = answer.successful && answer.channel === "/meta/subscribe";
                this.subscriptions[subscribed ? "add" : "delete"](answer.subscription);
            }
            if (!reply && first && answer.channel === first.channel && answer.id === first.id && "successful" in answer) {
                reply = answer;
            } else if (!/^\/(meta|service)\//.test(answer.channel) && "data" in answer) {
                this.events.push([answer.channel, answer.data]);
            }
        }
        return reply;
    }
}

for (const types of [["websocket", "long-polling"], ["long-polling"]]) {
    describe(`aiocometd over ${types[0]}`, () => {
        let server;
        const clients = [];
        before(async () => {
            server = await Server.start("--services", "echo", "--timeout", "300");
        });
        after(async () => {
            for (const client of clients) {
                await client.disconnect();
                assert.equal(client.failure, null);
            }
            await server?.stop();
        });

        const open = async () => {
            const client = await within("aiocometd is open", Aiocometd.opened(server.url, types), 3000);
            clients.push(client);
            return client;
        };
        const gets = (client, ...events) => until(() => `${JSON.stringify(events)}, got ${JSON.stringify(client.events)}`, () => {
            assert.equal(client.failure, null);
            return JSON.stringify(client.events) === JSON.stringify(events);
        });

        it("gets events in order, with exact and wildcard subscriptions, and replies to what it publishes", async () => {
            const client = await open();
            for (const channel of ["/exact", "/wild/*"]) {
                assert.equal((await client.subscribe(channel)).successful, true);
            }
            const writer = await RawSession.connected(server.url);
            await writer.send({channel: "/exact", data: {n: 1}}, {channel: "/wild/one", data: {n: 2}}, {channel: "/exact", data: {n: 3}});
            await gets(client, ["/exact", {n: 1}], ["/wild/one", {n: 2}], ["/exact", {n: 3}]);
            // Somebody else's message has no id that it could take for that of a reply.
            await writer.send(...[0, 1, 2, 3, 4, 5, 6, 7].map(id => ({id: String(id), channel: "/wild/id", data: id})));
            assert.equal((await client.publish("/exact", {n: 4})).successful, true);
            await gets(client, ["/exact", {n: 1}], ["/wild/one", {n: 2}], ["/exact", {n: 3}],
                ...[0, 1, 2, 3, 4, 5, 6, 7].map(id => ["/wild/id", id]), ["/exact", {n: 4}]);
            assert.equal((await client.unsubscribe("/exact")).successful, true);
        });

        it("is answered when there is nothing to say", async () => {
            const client = await open();
            await until("three connects", () => client.connects >= 3);
        });

        it("is not advised to wait when there are several from one address", async () => {
            for (const client of [await open(), await open(), await open()]) {
                await until("two connects", () => client.connects >= 2);
            }
        });

        it("comes back after a restart with its subscriptions", async () => {
            const client = await open();
            await client.subscribe("/first");
            await client.subscribe("/second/*");
            await server.restart();
            await until(() => `another session, failed with ${client.failure}`, () => client.sessions.length > 1);
            const connects = client.connects;
            await until("a connect of it", () => client.connects > connects);
            const writer = await RawSession.connected(server.url);
            await writer.send({channel: "/first", data: 1}, {channel: "/second/x", data: 2});
            await gets(client, ["/first", 1], ["/second/x", 2]);
        });
    });
}
