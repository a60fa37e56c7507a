// What every client of the matrix is asked for, in Node or in a page. Arguments and results are JSON, so that they
// pass between threads, processes and pages.

export class Driver {
    #received = new Map(); // data by subscription, in the order in which it came
    #members = new Set();
    // What the client has been told so far: successful replies by meta channel, advice for several tabs.
    counts = {};
    clientId = null;
    timesync = null; // what the server has told of its time

    /** Notes a message as it came, before the client has dealt with it. */
    saw(message) {
        if (message.channel.startsWith("/meta/")) {
            if (message.successful) {
                this.#count(message.channel);
            }
            if (message.advice?.["multiple-clients"]) {
                this.#count("multiple-clients");
            }
            if (message.ext?.timesync) {
                this.timesync = message.ext.timesync;
            }
            if (message.channel === "/meta/handshake" && message.successful) {
                this.clientId = message.clientId;
            }
        } else if (message.data !== undefined && message.successful === undefined) {
            Object.keys(message).forEach(member => this.#members.add(member));
        }
    }

    #count(what) {
        this.counts[what] = (this.counts[what] ?? 0) + 1;
    }

    /** Notes what the client has given to the listener of a subscription. */
    heard(subscription, data) {
        if (!this.#received.has(subscription)) {
            this.#received.set(subscription, []);
        }
        this.#received.get(subscription).push(data);
    }

    received(subscription) {
        return this.#received.get(subscription) ?? [];
    }

    /** @return what is known of the session; members are those that events had */
    status() {
        const {clientId, transport, counts, timesync} = this;
        return {clientId, transport, counts, timesync, members: [...this.#members].sort()};
    }

    /** Publishes each value when the one before it is acknowledged, and returns the acknowledgements. */
    async publishAll(channel, values) {
        const replies = [];
        for (const value of values) {
            replies.push(await this.publish(channel, value));
        }
        return replies;
    }

    /** The next reply on a meta channel. */
    nextReply(channel) {
        return new Promise(resolve => (this.awaited ??= []).push({channel, resolve}));
    }

    /** To be called with each reply by drivers whose clients do not tell who asked of what came of it. */
    replied(message) {
        const index = (this.awaited ?? []).findIndex(({channel}) => channel === message.channel);
        if (index >= 0) {
            this.awaited.splice(index, 1)[0].resolve(message);
        }
    }
}
