// The CometD JavaScript client of any generation, unmodified, behind promises.

import {execFileSync} from "node:child_process";
import {createRequire} from "node:module";
import {until, within} from "./wait.mjs";

const require = createRequire(import.meta.url);

/**
 * What a package of package.json exports: CometD and the extensions. Clients before 8 are CommonJS and want the
 * adapter of their time; both adapters own the global "window", so one thread can use one of the two.
 */
export async function loadLibrary(packageName) {
    const generation = Number(packageName.split("-")[1]);
    if (generation >= 8) {
        (await import("cometd-nodejs-client-2")).adapt();
        return import(packageName);
    }
    require("cometd-nodejs-client-1").adapt();
    for (const extension of ["Ack", "Binary", "Reload", "TimeSync"]) {
        require(`${packageName}/${extension}Extension`);
    }
    return require(packageName);
}

/** The CometD class of a package. */
export async function load(packageName) {
    return (await loadLibrary(packageName)).CometD;
}

export function versionOf(packageName) {
    if (packageName === "ruby-faye") {
        return execFileSync("ruby", ["-r", "faye", "-e", "print Faye::VERSION"], {encoding: "utf8"});
    }
    return require(`${packageName}/package.json`).version;
}

/** Takes a function that wants a callback as its last argument, and waits for that callback. */
function answer(what, call) {
    return within(what, new Promise(call));
}

export class Client {
    polls = 0; // sent since the beginning

    /** @param transport the only one that it shall use, or "any" */
    constructor(CometD, url, transport = "long-polling") {
        this.cometd = new CometD();
        for (const other of this.cometd.getTransportTypes()) {
            if (transport !== "any" && other !== transport) {
                this.cometd.unregisterTransport(other);
            }
        }
        this.cometd.configure({url, logLevel: "warn"});
        this.cometd.registerExtension("polls", {outgoing: message => {
            if (message.channel === "/meta/connect") {
                ++this.polls;
            }
            return message;
        }});
    }

    /** A client with a session, whose first poll has come back. */
    static async connected(CometD, url, transport) {
        const client = new Client(CometD, url, transport);
        await client.connect();
        return client;
    }

    /** The name of the transport in use. */
    get transport() {
        const transport = this.cometd.getTransport();
        return transport.getType?.() ?? transport.type;
    }

    async connect() {
        const connected = this.next("/meta/connect");
        const reply = await answer("handshake reply", done => this.cometd.handshake({}, done));
        if (!reply.successful) {
            throw new Error(`handshake refused: ${JSON.stringify(reply)}`);
        }
        await connected;
        return reply;
    }

    /** Waits until the poll that the server is to hold has been sent, and the server has answered something since. */
    async polling() {
        await until("second poll", () => this.polls >= 2);
        await this.publish("/service/polling", {});
    }

    /** The next message that a listener on the channel sees. */
    next(channel) {
        return within(`message on ${channel}`, new Promise(resolve => {
            const listener = this.cometd.addListener(channel, message => {
                this.cometd.removeListener(listener);
                resolve(message);
            });
        }));
    }

    /** Subscribes, waits for the reply, and returns {subscription, messages}; messages grows as they come. */
    async subscribe(channel) {
        const messages = [];
        let subscription;
        const reply = await answer(`subscribe reply for ${channel}`, done => {
            subscription = this.cometd.subscribe(channel, message => messages.push(message), {}, done);
        });
        if (!reply.successful) {
            throw new Error(`subscribe refused: ${JSON.stringify(reply)}`);
        }
        return {subscription, messages};
    }

    unsubscribe(subscription) {
        return answer("unsubscribe reply", done => this.cometd.unsubscribe(subscription, {}, done));
    }

    publish(channel, data) {
        return answer(`publish reply for ${channel}`, done => this.cometd.publish(channel, data, {}, done));
    }

    /** Ends the session; does nothing when there is none. */
    async disconnect() {
        if (!this.cometd.isDisconnected()) {
            return answer("disconnect reply", done => this.cometd.disconnect({}, done));
        }
    }
}
