// Many lean clients, and what became of all they said to each other.

import {DeliveryLedger} from "./delivery-ledger.mjs";
import {LeanClient} from "./lean-client.mjs";

const add = (sum, counts) => Object.entries(counts).forEach(([name, count]) => sum[name] = (sum[name] ?? 0) + count);

export class Crowd {
    ledger = new DeliveryLedger();
    members = new Set();
    #origin;
    #times;
    #random;
    #made = 0;
    #past = {};
    errors = new Set();

    /**
     * @param times hold and patience of LeanClient
     * @param random a function such as randomOf() gives
     */
    constructor(origin, times, random) {
        this.#origin = origin;
        this.#times = times;
        this.#random = random;
    }

    /** A new member, which has joined its room. */
    async join({transport, acknowledges, room}) {
        const client = new LeanClient(this.#origin,
            {name: `c${++this.#made}`, transport, acknowledges, room, ...this.#times, ledger: this.ledger, random: this.#random});
        await client.join();
        this.members.add(client);
        return client;
    }

    async leave(client) {
        this.members.delete(client);
        await client.leave();
        this.#close(client);
    }

    vanish(client) {
        this.members.delete(client);
        client.vanish();
        this.#close(client);
    }

    #close(client) {
        add(this.#past, this.#countsOf(client));
    }

    /** What is owed to those who acknowledge is lost; others may miss what a fault has swallowed. */
    #countsOf(client) {
        const owed = (client.owed ?? client.reader.owed()).length;
        if (client.error) {
            this.errors.add(`${client.transport}: ${client.error}`);
        }
        return {...client.counts, delivered: client.reader.counts.delivered, twice: client.reader.counts.twice,
            ...client.acknowledges ? {lost: owed, disordered: client.reader.counts.disordered} : {missed: owed}};
    }

    get counts() {
        const sum = {joined: this.#made, ...this.ledger.counts};
        add(sum, {lost: 0, twice: 0, disordered: 0, missed: 0, sessionsLost: 0});
        add(sum, this.#past);
        this.members.forEach(client => add(sum, this.#countsOf(client)));
        return sum;
    }
}
