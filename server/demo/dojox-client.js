// The chat's connection by dojox.cometd of Dojo 1.7, the last of the line that began in 2008. It is loaded by
// Dojo's own loader; see cometd-client.js for what the members mean.

import {stateOf} from "./connection.js";

const {dojo, dojox} = window;
dojo.require("dojox.cometd");

// Dojo 1.7 takes a request without any answer for an empty local file, so that dojox.cometd would poll a server
// that is away twenty times a second. The handler of the content is the place to tell it better.
dojo.contentHandlers["bayeux"] = xhr => {
    if (xhr.status === 0) {
        throw new Error("no answer");
    }
    return dojo.contentHandlers["json"](xhr);
};
dojox.cometd.handleAs = "bayeux";

export class DojoxClient {
    #topic = null;

    constructor(url) {
        this.url = url;
    }

    get clientId() {
        return this.#topic && dojox.cometd.clientId;
    }

    open(events) {
        this.#topic = dojo.subscribe("/cometd/meta", meta => {
            switch (meta.action) {
            case "handshake":
                // dojox.cometd forgets its subscriptions with each handshake, and keeps what is sent now
                // for the time when it is connected.
                if (meta.successful) {
                    events.ready();
                } else {
                    events.state(meta.response?.advice?.reconnect === "none" ? "closed" : "reconnecting");
                }
                break;
            case "connect":
                events.state(stateOf(meta.response));
                break;
            case "publish":
                events.failed();
                break;
            }
        });
        // What an answer says of a message of ours is told to extensions only.
        dojox.cometd._extendInList = [message => {
            if (message.successful === false && !message.channel.startsWith("/meta/")) {
                events.failed();
            }
            return message;
        }];
        dojox.cometd._backoffMax = 4000;
        dojox.cometd.init(this.url);
    }

    subscribe(channel, listener) {
        dojox.cometd.subscribe(channel, message => listener(message.data));
    }

    publish(channel, data) {
        dojox.cometd.publish(channel, data);
    }

    close() {
        if (this.#topic) {
            dojo.unsubscribe(this.#topic);
            this.#topic = null;
            dojox.cometd.disconnect();
            // There is but one dojox.cometd: a poll that ends after the next init() would end that session too.
            const poll = dojox.cometd.currentTransport?._poll;
            if (poll) {
                poll.ioArgs.args.failOk = true;
                poll.cancel();
            }
        }
    }
}
