// A pad over a connection: brings its document together with the server again after each loss.

import {isOnline} from "./connection.js";
import {PadDocument} from "./pad-document.js";

const retryAfter = 500; // ms, when what was sent got lost and the connection did not

/**
 * Opens the pad with a client as CometdClient. events: those of PadDocument but send(); state(name) as the client's;
 * refused(error) when the server does not do what it was asked for.
 */
export function openPad(client, pad, events) {
    let connected = false;
    let retry;
    const send = message => client.publish("/service/pad", {pad, ...message}, reply => {
        if (reply.failure) {
            clearTimeout(retry);
            retry = setTimeout(() => connected && text.open(), retryAfter);
        } else if (!reply.successful) {
            if (message.change) {
                text.refused();
            }
            events.refused(reply.error);
        }
    });
    const text = new PadDocument({...events, send});
    client.open({
        ready() {
            client.subscribe(`/pad/${pad}`, message => text.received(message));
            text.open();
            connected = true;
        },
        state(state) {
            const before = connected;
            connected = isOnline(state);
            if (connected && !before) {
                text.open(); // messages may have got lost on the way
            }
            events.state(state);
        },
        failed() {},
    });
    return text;
}
