// A Bayeux client without comfort, of which a thousand fit into a test. It tries again whatever fails, except to publish:
// of a message whose acknowledgement does not come nobody knows whether it was published.

import {setTimeout as pause} from "node:timers/promises";
import {HttpConnection, SocketConnection, StreamConnection} from "./lean-connection.mjs";
import {until} from "./wait.mjs";

const longestPause = 200;

export const transports = ["long-polling", "callback-polling", "websocket", "eventsource"];

export class LeanClient {
    #origin;
    #hold;
    #patience;
    #random;
    #ledger;
    #ids = 0;
    #waiting = new Map(); // replies, by the id of the message
    #polls; // connections, each made when it is needed
    #posts;
    #socket;
    #stream;
    #batch = 0;
    #polling = null;
    #gone = false;
    counts = {failures: 0, handshakes: 0, sessionsLost: 0};

    /**
     * @param acknowledges whether it uses the extension ack
     * @param hold how long the server holds a poll, in ms
     * @param patience how long an answer may take beside that
     */
    constructor(origin, {name, transport, acknowledges, room, hold, patience, ledger, random}) {
        Object.assign(this, {name, transport, acknowledges, room});
        this.#origin = origin;
        this.#hold = hold;
        this.#patience = patience;
        this.#ledger = ledger;
        this.#random = random;
    }

    /** Shakes hands, subscribes to the room and polls from then on. */
    async join() {
        const handshake = await this.#insist({channel: "/meta/handshake", version: "1.0",
            supportedConnectionTypes: [this.#connectionType], ...this.acknowledges ? {ext: {ack: true}} : {}});
        ++this.counts.handshakes;
        this.clientId = handshake.clientId;
        this.reader = this.#ledger.reader(this.room);
        this.#polling = this.#poll();
        await this.#insist({channel: "/meta/subscribe", subscription: this.room, clientId: this.clientId});
        this.reader.subscribed();
        this.#openStream();
    }

    say(text = "") {
        return this.#ledger.publish(this.room, this.name, async entry => {
            const reply = await this.#ask({channel: this.room, clientId: this.clientId, data: {...entry, text}});
            if (!reply.successful) {
                throw new Error(reply.error);
            }
        });
    }

    /** As a page that is loaded again: all connections are new, the session is the same. */
    reload() {
        [this.#polls, this.#posts, this.#socket, this.#stream].forEach(connection => connection?.break());
    }

    /** Waits for what it is owed, then ends its session. */
    async leave() {
        if (this.acknowledges) {
            await until(() => `what ${this.name} is owed: ${this.reader.owed().slice(0, 10)}`,
                () => this.error || this.reader.owed().length === 0, 60_000);
        }
        this.owed = this.reader.owed();
        this.#gone = true;
        await this.#insist({channel: "/meta/disconnect", clientId: this.clientId}).catch(() => {});
        this.reload();
        await this.#polling;
    }

    /** As a program that is killed. */
    vanish() {
        this.owed = this.acknowledges ? [] : this.reader.owed();
        this.#gone = true;
        this.reload();
    }

    get #connectionType() {
        return this.transport === "eventsource" ? "long-polling" : this.transport;
    }

    async #poll() {
        while (!this.#gone) {
            try {
                const reply = await this.#ask({channel: "/meta/connect", connectionType: this.#connectionType, clientId: this.clientId,
                    ...this.acknowledges ? {ext: {ack: this.#batch}} : {}}, this.#hold);
                if (!reply.successful && !this.#gone) {
                    ++this.counts.sessionsLost;
                    this.error = reply.error;
                    this.advice = reply.advice;
                    return;
                }
            } catch {
                await this.#failed();
            }
        }
    }

    /** Asks again and again, and gives in to a refusal only. */
    async #insist(message) {
        for (;;) {
            let reply;
            try {
                reply = await this.#ask(message);
            } catch {
                await this.#failed();
                continue;
            }
            if (!reply.successful) {
                throw new Error(`${message.channel} was refused: ${reply.error}`);
            }
            return reply;
        }
    }

    #failed() {
        ++this.counts.failures;
        return pause(this.#random() * longestPause);
    }

    /** Sends a message once; its reply. */
    async #ask(message, hold = 0) {
        const id = String(++this.#ids);
        const waiting = {};
        const replied = new Promise((resolve, reject) => Object.assign(waiting, {resolve, reject}));
        this.#waiting.set(id, waiting);
        const connection = waiting.connection = this.#send(message.channel === "/meta/connect", {...message, id}, id);
        const timer = setTimeout(() => connection.break(), hold + this.#patience);
        try {
            return await replied;
        } finally {
            clearTimeout(timer);
            this.#waiting.delete(id);
        }
    }

    /** The connection on which it has been sent; when that breaks the reply fails. */
    #send(isPoll, message, id) {
        if (this.transport === "websocket") {
            if (!this.#socket || this.#socket.broken) {
                const socket = new SocketConnection(`${this.#origin}/cometd`, messages => this.#take(messages), () => this.#fail(socket));
                this.#socket = socket;
            }
            this.#socket.send([message]);
            return this.#socket;
        }
        const connection = isPoll ? this.#polls = this.#http(this.#polls) : this.#posts = this.#http(this.#posts);
        const text = JSON.stringify([message]);
        const answer = this.transport === "callback-polling"
            ? connection.request("GET", `/cometd?jsonp=took&message=${encodeURIComponent(text)}`)
            : connection.request("POST", "/cometd", text);
        answer.then(({status, text}) => {
            if (status !== 200) {
                throw new Error(`HTTP status ${status}`);
            }
            this.#take(JSON.parse(this.transport === "callback-polling" ? /^\/\*\*\/took\((.*)\)$/s.exec(text)[1] : text));
        }).catch(error => this.#waiting.get(id)?.reject(error));
        return connection;
    }

    #http(connection) {
        if (connection && !connection.broken && !connection.busy) {
            return connection;
        }
        connection?.break();
        return new HttpConnection(this.#origin);
    }

    #openStream() {
        if (this.transport === "eventsource" && !this.#gone) {
            this.#stream = new StreamConnection(`${this.#origin}/cometd/${this.clientId}`, messages => this.#take(messages),
                () => this.#failed().then(() => this.#openStream()));
        }
    }

    /** Messages that came together. */
    #take(messages) {
        for (const message of messages) {
            if (message.successful === undefined) {
                this.reader.got(message.data);
                continue;
            }
            if (message.channel === "/meta/connect" && message.successful) {
                this.#batch = message.ext?.ack ?? this.#batch;
            }
            this.#waiting.get(message.id)?.resolve(message);
        }
    }

    #fail(socket) {
        for (const {connection, reject} of this.#waiting.values()) {
            if (connection === socket) {
                reject(new Error("the socket broke"));
            }
        }
    }
}
