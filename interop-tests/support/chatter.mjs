// Somebody in a chat room, with the newest client, as a page or a bot of a user would be.

import {Client} from "./client.mjs";
import {until} from "./wait.mjs";

export class Chatter {
    wire = []; // everything that came, replies and advice too

    static async join(CometD, url, user, room) {
        const chatter = new Chatter();
        chatter.user = user;
        chatter.room = room;
        chatter.client = new Client(CometD, url);
        chatter.client.cometd.registerExtension("wire", {incoming: message => {
            chatter.wire.push(message);
            return message;
        }});
        await chatter.client.connect();
        await chatter.client.subscribe(`/chat/${room}`);
        await chatter.client.subscribe(`/members/${room}`);
        await chatter.client.publish("/service/members", {user, room: `/chat/${room}`});
        return chatter;
    }

    say(chat) {
        return this.client.publish(`/chat/${this.room}`, {user: this.user, chat});
    }

    whisper(peer, chat) {
        return this.client.publish("/service/privatechat", {user: this.user, room: `/chat/${this.room}`, chat, peer});
    }

    /** The data of all messages of the room so far. */
    get heard() {
        return this.wire.filter(message => message.channel === `/chat/${this.room}` && message.data !== undefined)
            .map(message => message.data);
    }

    hears(chat) {
        return until(() => `${this.user} hears ${chat}, heard ${JSON.stringify(this.heard)}`,
            () => this.heard.find(data => data.chat === chat));
    }

    /** Waits until the newest list has these names and no other, in any order. */
    members(...names) {
        const newest = () => this.wire.findLast(message => message.channel === `/members/${this.room}`)?.data;
        return until(() => `${this.user} sees ${names}, saw ${newest()}`,
            () => [...newest() ?? []].sort().join() === names.sort().join());
    }

    leave() {
        return this.client.disconnect();
    }
}
