// dojox.cometd of Dojo 1.7, the last of the line that began in 2008. There is one connection in a page.

import {until} from "../wait.mjs";
import {Driver} from "./driver.mjs";

export class DojoxDriver extends Driver {
    #dojo;
    #dojox;
    #listeners = new Map();
    #ids = new Map(); // of publishes under way, by id: what waits for the acknowledgement

    constructor({dojo}) {
        super();
        this.#dojo = dojo;
    }

    get transport() {
        const {currentTransport} = this.#dojox;
        return currentTransport === this.#formEncoded ? "long-polling-form-encoded" : currentTransport?._connectionType;
    }

    get #formEncoded() {
        return window.dojox.cometd.longPollTransportFormEncoded;
    }

    /** Waits until the first poll has come back. */
    async connect({url, transport, extensions = []}) {
        const dojo = this.#dojo;
        // Whichever is loaded first is taken.
        dojo.require(transport === "long-polling-form-encoded" ? "dojox.cometd.longPollTransportFormEncoded" : "dojox.cometd");
        extensions.forEach(name => dojo.require(`dojox.cometd.${name}`));
        const first = this.#dojox === undefined;
        const cometd = this.#dojox = window.dojox.cometd;
        if (first) {
            this.#watch();
        }
        this.#listeners.clear();
        this.counts = {};
        const connected = this.nextReply("/meta/connect");
        cometd.init(url);
        return connected;
    }

    #watch() {
        const cometd = this.#dojox;
        cometd._backoffIncrement = 50;
        // A script that does not come is missed when the poll's own time and this one are over.
        cometd.expectedNetworkDelay = 2000;
        cometd._extendInList.push(message => {
            this.saw(message);
            if (message.successful !== undefined) {
                this.#ids.get(message.id)?.(message);
                this.replied(message);
            }
            return message;
        });
        // It forgets its subscriptions with each handshake, and keeps what is sent now for when it is connected.
        this.#dojo.subscribe("/cometd/meta", ({action, successful}) => {
            if (action === "handshake" && successful) {
                [...this.#listeners].forEach(([channel, listener]) => cometd.subscribe(channel, listener));
            }
        });
    }

    subscribe(channel) {
        const listener = message => this.heard(channel, message.data);
        this.#listeners.set(channel, listener);
        const reply = this.nextReply("/meta/subscribe");
        this.#dojox.subscribe(channel, listener);
        return reply;
    }

    unsubscribe(channel) {
        const listener = this.#listeners.get(channel);
        this.#listeners.delete(channel);
        const reply = this.nextReply("/meta/unsubscribe");
        this.#dojox.unsubscribe(channel, listener);
        return reply;
    }

    /** It tells nobody what came of a message: the id that it will get is the only trace of it. */
    publish(channel, data) {
        const acknowledged = new Promise(resolve => this.#ids.set(`${this.#dojox.messageId + this.#queued}`, resolve));
        this.#dojox.publish(channel, data);
        return acknowledged;
    }

    get #queued() {
        return this.#dojox._messageQ.length;
    }

    /** Does [method, ...arguments] of this driver in one batch, and returns all replies. */
    batch(calls) {
        this.#dojox.startBatch();
        const replies = calls.map(([method, ...args]) => this[method](...args));
        this.#dojox.endBatch();
        return Promise.all(replies);
    }

    serverTime() {
        return this.#dojox.timesync.getServerTime();
    }

    /** Waits for the end of the last poll: it does not look at the reply to its disconnect. */
    async disconnect() {
        this.#dojox.disconnect();
        await until("the end of the last poll", () => !this.#dojox._polling);
        return {successful: true};
    }
}
