// One stay in one room: the wire of CometD's ChatService, over any client that has the members of CometdClient.

import {sayGoodbye} from "./connection.js";

/** What the text of the composer asks for: "bob, carol::hi" is a whisper to two; a leading blank prevents it. */
export function parseDraft(draft) {
    const colons = draft.indexOf("::");
    if (colons <= 0 || draft.startsWith(" ")) {
        return {peers: [], text: draft.trim()};
    }
    const peers = draft.slice(0, colons).split(",").map(name => name.trim()).filter(Boolean);
    return {peers: [...new Set(peers)], text: draft.slice(colons + 2).trim()};
}

// The server writes &lt; and &gt; for the brackets of a public message, and for nothing else.
const unfiltered = text => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");

export class Room {
    #client;
    #events;
    #whispers = []; // sent and not yet come back: the copy for the sender does not say to whom it went

    /**
     * events: members(names) with the whole list, message({from, text, peers, whisper}), and those of the
     * client but ready: state(name), failed().
     */
    constructor(client, user, name, events) {
        this.#client = client;
        this.user = user;
        this.name = name;
        this.#events = events;
    }

    enter() {
        this.#client.open({
            ready: () => this.#join(),
            state: state => this.#events.state(state),
            failed: () => this.#events.failed(),
        });
    }

    say(text) {
        this.#client.publish(`/chat/${this.name}`, {user: this.user, chat: text});
    }

    whisper(peers, text) {
        this.#whispers.push({text, peers});
        this.#client.publish("/service/privatechat",
            {room: `/chat/${this.name}`, user: this.user, chat: text, peer: peers.join(",")});
    }

    leave() {
        this.#client.close();
    }

    abandon() {
        sayGoodbye(this.#client);
    }

    #join() {
        this.#client.subscribe(`/chat/${this.name}`, data => this.#received(data));
        this.#client.subscribe(`/members/${this.name}`, data => this.#listed(data));
        this.#client.publish("/service/members", {user: this.user, room: `/chat/${this.name}`});
    }

    #listed(names) {
        if (Array.isArray(names)) {
            this.#events.members(names.filter(name => typeof name === "string").map(unfiltered));
        }
    }

    #received(data) {
        // Others may publish here with pages of their own. CometD's demo also announces joins and leaves as
        // messages with a "membership"; here they are seen in the member list.
        if (typeof data?.user !== "string" || typeof data.chat !== "string" || data.membership) {
            return;
        }
        const message = {from: unfiltered(data.user), text: unfiltered(data.chat), peers: [],
            whisper: data.scope === "private"};
        if (message.whisper && message.from === this.user) {
            const sent = this.#whispers.findIndex(whisper => unfiltered(whisper.text) === message.text);
            if (sent >= 0) {
                message.peers = this.#whispers.splice(sent, 1)[0].peers;
            }
        }
        this.#events.message(message);
    }
}
