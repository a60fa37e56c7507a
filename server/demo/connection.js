// What is the same for all pages and clients.

/** The state that a /meta/connect reply tells of; undefined when there was none. */
export function stateOf(reply) {
    if (reply?.advice?.reconnect === "none") {
        return "closed";
    }
    if (!reply?.successful) {
        return "reconnecting";
    }
    return reply.advice?.["multiple-clients"] ? "shared" : "connected";
}

export const isOnline = state => state === "connected" || state === "shared";

/** Ends the session while the page goes away, when the client's own requests would not be sent any more. */
export function sayGoodbye({clientId, url}) {
    if (clientId) {
        const farewell = [{id: "0", channel: "/meta/disconnect", clientId}];
        navigator.sendBeacon(url, new Blob([JSON.stringify(farewell)], {type: "application/json"}));
    }
}

/** Calls open() now, and again when the browser shows the page as it was before it went away, with a session that has ended. */
export function openWithPage(client, open) {
    addEventListener("pagehide", () => sayGoodbye(client));
    addEventListener("pageshow", event => {
        if (event.persisted) {
            client.close();
            open();
        }
    });
    open();
}
