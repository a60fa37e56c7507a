// The pages' connection by the npm package "cometd", used as it comes.

import {CometD} from "./node_modules/cometd/cometd.js";
import {stateOf} from "./connection.js";

const maxSendBayeuxMessageSize = 1_000_000; // what the server takes; more than 8192 would not be sent

/**
 * What the pages want of a Bayeux client; dojox-client.js has the same members, as far as the chat needs them.
 *
 * open(events) shakes hands and keeps the connection until close(). It calls events.ready() after every
 * handshake, the first one and those after the server or the network was away, for that is when a client
 * has to subscribe; events.state(name) with "connected", "shared" (another tab of this browser holds the
 * poll, so this one asks every few seconds), "reconnecting" or "closed"; events.failed() when a message
 * was not taken.
 */
export class CometdClient {
    #cometd = null;

    constructor(url) {
        this.url = url;
    }

    /** The session's id, or null without session. */
    get clientId() {
        return this.#cometd && this.#cometd.getClientId();
    }

    open(events) {
        // A new object for each stay: a late answer to the poll of the last one cannot disturb this one.
        const cometd = new CometD();
        this.#cometd = cometd;
        cometd.configure({url: this.url, logLevel: "warn", maxBackoff: 4000, maxSendBayeuxMessageSize});
        cometd.addListener("/meta/handshake", this.#ifOpen(reply => {
            if (reply.successful) {
                cometd.batch(events.ready);
            } else {
                events.state(reply.advice?.reconnect === "none" ? "closed" : "reconnecting");
            }
        }));
        cometd.addListener("/meta/connect", this.#ifOpen(reply => events.state(stateOf(reply))));
        cometd.addListener("/meta/publish", this.#ifOpen(reply => reply.successful || events.failed()));
        cometd.handshake();
    }

    /** What it returns is for unsubscribe(). */
    subscribe(channel, listener) {
        return this.#cometd.subscribe(channel, this.#ifOpen(message => listener(message.data)));
    }

    unsubscribe(subscription) {
        this.#cometd.unsubscribe(subscription);
    }

    /** answered(reply), when given, gets the server's reply, or one with `failure` when there was none. */
    publish(channel, data, answered = () => {}) {
        this.#cometd?.publish(channel, data, this.#ifOpen(answered));
    }

    /** Messages that the server sends to this client alone, on a channel that nobody subscribes to. */
    listen(channel, listener) {
        this.#cometd.addListener(channel, this.#ifOpen(message => message.data !== undefined && listener(message.data)));
    }

    /** A remote call: resolves with its result, or rejects with what its failure says. */
    call(target, data) {
        return new Promise((resolve, reject) => this.#cometd.remoteCall(target, data, this.#ifOpen(reply =>
            reply.successful ? resolve(reply.data) : reject(new Error(reply.data ?? reply.error ?? "the server cannot be reached")))));
    }

    close() {
        const cometd = this.#cometd;
        this.#cometd = null;
        cometd?.disconnect();
    }

    /** Silences what a former stay still receives. */
    #ifOpen(handler) {
        const cometd = this.#cometd;
        return message => {
            if (this.#cometd === cometd) {
                handler(message);
            }
        };
    }
}
