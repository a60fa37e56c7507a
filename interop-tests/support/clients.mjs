// The clients of the matrix as data, for Node and for pages: what is loaded, which driver (drivers/FAMILY.mjs)
// handles it, and over which transports it runs in a program and in pages of each kind of origin.

const cometdTransports = ["websocket", "long-polling", "callback-polling"];
const everywhere = transports => ({"same origin": transports, "other origin": transports, "other site": transports});

// Generations before 8 are scripts that set window.org.cometd (and CommonJS), the others modules.
function cometd(generation) {
    const name = `cometd-${generation}`;
    const files = ["cometd", "AckExtension", "BinaryExtension", "ReloadExtension", "TimeSyncExtension"];
    return {
        name, title: "cometd", family: "cometd", extensions: ["ack", "binary", "reload", "timesync"], calls: true,
        ...generation < 8 ? {scripts: files.map(file => `${name}/${file}.js`)} : {module: `${name}/cometd.js`},
        runs: {program: ["websocket", "long-polling"], ...everywhere(cometdTransports)},
    };
}

// Faye takes eventsource and long-polling for its own origin only, and uses cross-origin-long-polling for others only.
function faye(generation, file) {
    return {
        name: `faye-${generation}`, title: "faye", family: "faye", scripts: [`faye-${generation}/${file}`],
        runs: {
            "program": ["websocket", "long-polling"],
            "same origin": ["websocket", "eventsource", "long-polling", "callback-polling"],
            "other origin": ["websocket", "cross-origin-long-polling", "callback-polling"],
            "other site": ["websocket", "cross-origin-long-polling", "callback-polling"],
        },
    };
}

export const clients = [
    ...[3, 4, 5, 7, 8, 9].map(cometd),
    {
        name: "cometd-jquery-3", title: "cometd-jquery", family: "cometd", extensions: ["ack", "timesync"], calls: false,
        // A socket that was closed while it waits for the next handshake it takes for one that never worked.
        fallsBack: true,
        scripts: ["jquery/dist/jquery.js", "cometd-jquery-3/org/cometd.js", "cometd-jquery-3/org/cometd/AckExtension.js",
            "cometd-jquery-3/org/cometd/TimeSyncExtension.js", "cometd-jquery-3/jquery/jquery.cometd.js"],
        runs: everywhere(cometdTransports),
    },
    faye("0.8", "browser/faye-browser.js"),
    faye("1.1", "browser/faye-browser.js"),
    faye("1.4", "client/faye-browser.js"),
    {
        name: "dojox", title: "dojox.cometd", family: "dojox", scripts: ["dojo/dojo.js"], dropsFalsy: true,
        extensions: ["ack", "timesync", "timestamp"],
        runs: {
            "same origin": ["long-polling", "long-polling-form-encoded"],
            "other origin": ["callback-polling"],
            "other site": ["callback-polling"],
        },
    },
    {
        name: "ruby-faye", title: "ruby-faye", family: "ruby",
        runs: {program: ["websocket", "long-polling"]},
    },
];
