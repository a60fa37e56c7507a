// Who subscribes to what, by the service monitor: lists, and then what has changed.

import {CometdClient} from "./cometd-client.js";
import {openWithPage} from "./connection.js";
import {showConnection} from "./masthead.js";

const $ = id => document.getElementById(id);
const client = new CometdClient("/cometd");

function cell(text, className = "", tag = "td") {
    const made = document.createElement(tag);
    made.textContent = text;
    made.className = className;
    return made;
}

function rowHead(text, className) {
    const made = cell(text, className, "th");
    made.scope = "row";
    return made;
}

/** The rows of one kind, in order; only what changes is touched. */
class Table {
    #body;
    #count;
    #key;
    #cells;
    #rows = new Map(); // key to element
    #hidden = 0; // rows that the server did not tell of

    /** key is the member by which a row is known; cells makes the elements of one. */
    constructor(name, key, cells) {
        this.#body = $(`${name}s`);
        this.#count = $(`${name}-count`);
        this.#key = key;
        this.#cells = cells;
    }

    received({event, rows, gone, total}) {
        if (event === "list") {
            this.#rows.clear();
            this.#body.replaceChildren();
            this.#hidden = total - rows.length;
        }
        for (const row of rows) {
            this.#show(row);
        }
        for (const key of gone ?? []) {
            this.#rows.get(key)?.remove();
            this.#rows.delete(key);
        }
        this.#count.textContent = this.#rows.size + (this.#hidden > 0 ? ` of ${this.#rows.size + this.#hidden}` : "");
    }

    #show(row) {
        const key = row[this.#key];
        const element = document.createElement("tr");
        element.append(...this.#cells(row));
        const former = this.#rows.get(key);
        this.#rows.set(key, element);
        if (former) {
            former.replaceWith(element);
        } else {
            const next = [...this.#rows].filter(([other]) => other > key)
                .reduce((least, entry) => least && least[0] < entry[0] ? least : entry, null);
            this.#body.insertBefore(element, next ? next[1] : null);
        }
    }
}

const channels = new Table("channel", "channel", ({channel, subscribers}) =>
    [rowHead(channel), cell(subscribers, "number")]);
const sessions = new Table("session", "session", ({session, peer, transport, subscriptions, count}) =>
    [rowHead(session, "number"), cell(peer), cell(transport),
        cell(subscriptions.join("  ") + (count > subscriptions.length ? ` and ${count - subscriptions.length} more` : ""))]);

openWithPage(client, () => {
    showConnection("connecting");
    client.open({
        ready() {
            client.subscribe("/monitor/channels", message => channels.received(message));
            client.subscribe("/monitor/sessions", message => sessions.received(message));
        },
        state: showConnection,
        failed() {},
    });
});
