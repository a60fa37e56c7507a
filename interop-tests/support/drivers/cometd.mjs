// CometD's JavaScript client of any generation, and its jQuery binding.

import {Driver} from "./driver.mjs";

// How long a script that does not come is missed after the poll's own time is over.
const maxNetworkDelay = 2000;

const extensionClasses = {ack: "AckExtension", binary: "BinaryExtension", reload: "ReloadExtension", timesync: "TimeSyncExtension"};

/** Binary data as JSON. */
function readable({data, last, meta}) {
    return {bytes: [...new Uint8Array(data)], last, meta};
}

export class CometDDriver extends Driver {
    #library;
    #cometd;
    #subscriptions = new Map();
    #extensions = {};

    /** @param library what the package exports: CometD and the extensions */
    constructor(library) {
        super();
        this.#library = library;
    }

    get transport() {
        const transport = this.#cometd.getTransport();
        return transport && (transport.getType?.() ?? transport.type);
    }

    /** Waits until the first poll has come back. */
    async connect({url, transport, extensions = []}) {
        const cometd = this.#cometd = new this.#library.CometD();
        // It takes the first that works.
        const transports = [...cometd.getTransportTypes()];
        transports.slice(0, transports.indexOf(transport)).forEach(better => cometd.unregisterTransport(better));
        cometd.configure({url, logLevel: "error", backoffIncrement: 50, maxBackoff: 200, maxNetworkDelay});
        this.#subscriptions.clear();
        this.counts = {};
        for (const name of extensions) {
            this.#extensions[name] = new this.#library[extensionClasses[name]]();
            cometd.registerExtension(name, this.#extensions[name]);
        }
        cometd.registerExtension("witness", {incoming: message => {
            this.saw(message);
            return message;
        }});
        // Subscriptions do not outlive the session, and applications make them anew where they learn of a new one.
        cometd.addListener("/meta/handshake", reply => {
            if (reply.successful) {
                cometd.batch(() => [...this.#subscriptions.keys()].forEach(channel => this.#listen(channel)));
            }
        });
        const connected = new Promise(resolve => {
            const listener = cometd.addListener("/meta/connect", reply => {
                cometd.removeListener(listener);
                resolve(reply);
            });
        });
        const handshake = await new Promise(resolve => cometd.handshake({}, resolve));
        if (!handshake.successful) {
            throw new Error(`handshake refused: ${JSON.stringify(handshake)}`);
        }
        await connected;
        return handshake;
    }

    #listen(channel, callback) {
        const received = message => this.heard(channel, message.ext?.binary ? readable(message.data) : message.data);
        this.#subscriptions.set(channel, this.#cometd.subscribe(channel, received, {}, callback));
    }

    subscribe(channel) {
        return new Promise(resolve => this.#listen(channel, resolve));
    }

    unsubscribe(channel) {
        const subscription = this.#subscriptions.get(channel);
        this.#subscriptions.delete(channel);
        return new Promise(resolve => this.#cometd.unsubscribe(subscription, {}, resolve));
    }

    publish(channel, data) {
        return new Promise(resolve => this.#cometd.publish(channel, data, {}, resolve));
    }

    /** @param bytes their values */
    publishBinary(channel, bytes, last, meta) {
        return new Promise(resolve => this.#cometd.publishBinary(channel, new Uint8Array(bytes), last, meta, resolve));
    }

    remoteCallBinary(target, bytes, last, meta) {
        return new Promise(resolve => this.#cometd.remoteCallBinary(target, new Uint8Array(bytes), last, meta, 0,
            answer => resolve(readable(answer.data))));
    }

    /** Does [method, ...arguments] of this driver in one batch, and returns all replies. */
    batch(calls) {
        let replies;
        this.#cometd.batch(() => replies = calls.map(([method, ...args]) => this[method](...args)));
        return Promise.all(replies);
    }

    remoteCall(target, data) {
        return new Promise(resolve => this.#cometd.remoteCall(target, data, 0, {}, resolve));
    }

    serverTime() {
        return this.#extensions.timesync.getServerTime();
    }

    /** What a page calls when it is unloaded, to go on with its session when it has been loaded again. */
    prepareReload() {
        this.#cometd.reload();
    }

    disconnect() {
        return new Promise(resolve => this.#cometd.disconnect({}, resolve));
    }
}
