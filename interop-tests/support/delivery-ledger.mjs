// Who has published what, what of it was acknowledged, and who has to have got it: the promise of bayeux(7), kept as
// a book. Every publisher numbers its messages and waits for one to be acknowledged, or to have failed, before the next.

class Publisher {
    sent = 0;
    underWay = false;
    unknown = new Set(); // numbers whose acknowledgement never came: these may arrive or not

    /** Numbers up to this have been acknowledged, but for the unknown ones. */
    get settled() {
        return this.underWay ? this.sent - 1 : this.sent;
    }
}

class Reader {
    #room;
    #first = new Map(); // by publisher: up to this number it owes nothing
    #last = new Map();
    #missing = new Map();
    counts = {delivered: 0, twice: 0, disordered: 0};

    constructor(room) {
        this.#room = room;
        for (const [name, publisher] of room) {
            this.#last.set(name, publisher.settled);
        }
        this.subscribed();
    }

    /** The server has said so: all that is published from now on has to come. */
    subscribed() {
        for (const [name, publisher] of this.#room) {
            this.#first.set(name, publisher.sent);
        }
    }

    got({from, n}) {
        ++this.counts.delivered;
        const last = this.#last.get(from) ?? 0;
        const missing = this.#missing.get(from) ?? new Set();
        if (n > last) {
            for (let skipped = last + 1; skipped < n; ++skipped) {
                missing.add(skipped);
            }
            this.#last.set(from, n);
        } else if (!missing.delete(n)) {
            ++this.counts.twice;
        } else if (!this.#room.get(from).unknown.has(n)) {
            ++this.counts.disordered; // one that has failed may still be on its way when the next is sent
        }
        missing.size > 0 ? this.#missing.set(from, missing) : this.#missing.delete(from);
    }

    /** What has been acknowledged and did not come. */
    owed() {
        const owed = [];
        for (const [name, {settled, unknown}] of this.#room) {
            const last = this.#last.get(name) ?? 0;
            const first = this.#first.get(name) ?? 0;
            const open = [...this.#missing.get(name) ?? []];
            for (let n = last + 1; n <= settled; ++n) {
                open.push(n);
            }
            owed.push(...open.filter(n => n > first && !unknown.has(n)).map(n => `${name}:${n}`));
        }
        return owed;
    }
}

export class DeliveryLedger {
    #rooms = new Map();
    counts = {published: 0, acknowledged: 0};

    #room(name) {
        if (!this.#rooms.has(name)) {
            this.#rooms.set(name, new Map());
        }
        return this.#rooms.get(name);
    }

    /**
     * Publishes once and writes down what became of it.
     * @param publish takes {from, n}; a promise of whether it was acknowledged, that fails when nobody knows
     */
    async publish(room, from, publish) {
        const publishers = this.#room(room);
        const publisher = publishers.get(from) ?? new Publisher();
        publishers.set(from, publisher);
        const n = ++publisher.sent;
        publisher.underWay = true;
        ++this.counts.published;
        try {
            await publish({from, n});
            ++this.counts.acknowledged;
        } catch {
            publisher.unknown.add(n);
        } finally {
            publisher.underWay = false;
        }
    }

    /** To be had before the server is asked for the subscription, and told when it has answered. */
    reader(room) {
        return new Reader(this.#room(room));
    }
}
