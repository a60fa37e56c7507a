// Faye's client of any generation.

import {Driver} from "./driver.mjs";

// In the client's own order: it takes the first that it can use. Its handshake goes by long-polling, or by
// callback-polling to other origins, whatever comes then.
const transports = ["websocket", "eventsource", "long-polling", "cross-origin-long-polling", "callback-polling"];

export class FayeDriver extends Driver {
    #library;
    #client;
    #subscriptions = new Map();

    /** @param library what the package exports: Client */
    constructor(library) {
        super();
        this.#library = library;
    }

    get transport() {
        return this.#client._dispatcher?.connectionType ?? this.#client._transport?.connectionType; // since 1.1, before
    }

    /** Waits until the first poll has come back. */
    async connect({url, transport}) {
        const client = this.#client = new this.#library.Client(url, {retry: 0.1});
        transports.slice(0, transports.indexOf(transport)).forEach(better => client.disable(better));
        client.addExtension({incoming: (message, callback) => {
            this.saw(message);
            callback(message);
            this.replied(message);
        }});
        const connected = this.nextReply("/meta/connect");
        client.connect();
        return connected;
    }

    #settled(request) {
        return new Promise(resolve => {
            request.callback(() => resolve({successful: true}));
            request.errback(error => resolve({successful: false, error: error && {code: error.code, message: error.message}}));
        });
    }

    subscribe(channel) {
        const subscription = this.#client.subscribe(channel, data => this.heard(channel, data));
        this.#subscriptions.set(channel, subscription);
        return this.#settled(subscription);
    }

    unsubscribe(channel) {
        const reply = this.nextReply("/meta/unsubscribe");
        this.#subscriptions.get(channel).cancel();
        this.#subscriptions.delete(channel);
        return reply;
    }

    publish(channel, data) {
        return this.#settled(this.#client.publish(channel, data));
    }

    /** Does [method, ...arguments] of this driver at once, which Faye sends together, and returns all replies. */
    batch(calls) {
        return Promise.all(calls.map(([method, ...args]) => this[method](...args)));
    }

    disconnect() {
        const reply = this.nextReply("/meta/disconnect");
        this.#client.disconnect();
        return reply;
    }
}
