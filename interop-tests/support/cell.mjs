// A cell of the matrix: what a client must find over a transport, at a place.

import assert from "node:assert/strict";
import {fileURLToPath} from "node:url";
import {Cable} from "./cable.mjs";
import {PagePlace, RubyPlace, ThreadPlace} from "./places.mjs";
import {randomOf, seed} from "./random.mjs";
import {RawSession, post} from "./raw.mjs";
import {Server} from "./server.mjs";
import {until, within} from "./wait.mjs";

export const interopTests = fileURLToPath(new URL("..", import.meta.url));

const twentyValues = [
    0, false, "", null, true, 1, -1.5, 9007199254740991, 1e-7, "text",
    "Grüße, señor, 日本語, עברית, 🧵", "line\nbreak\ttab \"quotes\" back\\slash", "\u2028\u2029\u0000\u001f\ufeff", "<b>&amp;</b>",
    [], {}, [null, [0, {"": ""}]], {deep: {deeper: [false, {deepest: null}]}}, {data: 0, id: 1, clientId: "x"}, "twentieth",
];

// Longer than the server's hold of a poll would be too long: the first one must be answered at once.
const connectDeadline = 3000;
const hold = 4000;

const serverOptions = ["--services", "chat,echo", "--www", interopTests, "--timeout", String(hold), "--multi-session-interval", "100",
    "--allow-origin", "http://127.0.0.1:*", "--allow-origin", "http://localhost:*"];

/** Runs all steps with a server of its own; fails with the name of the step that failed. */
export class Cell {
    #tabs = [];

    /** @param options more of them for the server */
    constructor(client, where, transport, options = []) {
        Object.assign(this, {client, where, transport, options});
        this.name = [`${client.title} ${client.version}`, where, transport, ...options].join(", ");
    }

    /** Whether the requests of the client's pages have cookies. The jQuery of CometD 3.0 sends none to other origins. */
    get hasCookies() {
        return this.where === "same origin"
            || this.where === "other origin" && !(this.client.name === "cometd-jquery-3" && this.transport === "long-polling");
    }

    /** @param browser for cells with pages; @param otherServer serves pages of other origins */
    async run(browser, otherServer) {
        this.server = await Server.start(...serverOptions, ...this.options);
        this.cable = await Cable.to(this.server.origin);
        this.url = `${this.cable.origin}/cometd`;
        try {
            await this.#open(browser, otherServer);
            for (const step of this.#steps()) {
                await this.#do(step);
            }
        } finally {
            await Promise.all(this.#tabs.map(tab => tab.close()));
            await this.context?.close();
            this.cable.cut();
            await this.server.stop();
        }
    }

    /** Another client, which in a browser is another tab of it. */
    async open() {
        const {client, context} = this;
        const tab = context ? await PagePlace.open(context, `${this.pages}/support/drivers/page.html`, client)
            : client.family === "ruby" ? new RubyPlace() : new ThreadPlace(client);
        this.#tabs.push(tab);
        return tab;
    }

    async #open(browser, otherServer) {
        if (this.where !== "program") {
            this.context = await browser.newContext();
            this.pages = {
                "same origin": this.cable.origin,
                "other origin": otherServer.origin,
                "other site": otherServer.origin.replace("127.0.0.1", "localhost"),
            }[this.where];
        }
        this.place = await this.open();
    }

    #steps() {
        const {extensions = [], calls} = this.client;
        return [
            connects, this.context && hasTheCookieThatItMayHave, takesMessages, publishes, isRefused, sendsBatches, unsubscribes,
            calls && callsRemotely, recoversFromRestart, disconnects,
            extensions.length > 0 && connectsWithExtensions,
            extensions.includes("ack") && losesNothing,
            extensions.includes("timesync") && synchronisesClocks,
            extensions.includes("binary") && carriesBytes,
            extensions.length > 0 && disconnects,
            extensions.includes("reload") && this.context && survivesReload,
            extensions.length > 0 && this.context && sharesTheBrowser,
        ].filter(Boolean);
    }

    async #do(step) {
        try {
            await step(this);
        } catch (error) {
            const notes = this.#tabs.flatMap(({notes}) => notes).slice(-20);
            throw new Error(`${this.name}: ${step.name}: ${error.message}\n${[...notes, ...this.server.log.slice(-10)].join("\n")}`,
                {cause: error});
        }
    }

    connect(place = this.place, extensions = []) {
        return within("the client is connected", place.connect({url: this.url, transport: this.transport, extensions}), connectDeadline);
    }

    /** Waits until the subscription has got as many messages, and returns all that it got. */
    async received(subscription, count, place = this.place) {
        let received = [];
        await until(() => `${count} messages for ${subscription}, got ${JSON.stringify(received)}`,
            async () => (received = await place.received(subscription)).length >= count);
        return received;
    }
}

async function connects(cell) {
    const reply = await cell.connect();
    if (cell.client.family === "cometd") {
        assert.equal(reply.version, "1.0");
        assert.ok(reply.supportedConnectionTypes.includes(cell.transport));
    }
    await usesItsTransport(cell);
}

function usesItsTransport({place, transport}) {
    return until(`transport ${transport}`, async () => (await place.status()).transport === transport);
}

async function hasTheCookieThatItMayHave({context, url, client, transport, hasCookies}) {
    const kept = (await context.cookies(url)).map(({name}) => name);
    const isSet = client.family !== "cometd" || transport !== "websocket"; // Faye's first request is no WebSocket's
    assert.deepEqual(kept, hasCookies && isSet ? ["BAYEUX_BROWSER"] : []);
}

async function takesMessages(cell) {
    const {place, client} = cell;
    for (const channel of ["/m/one", "/m/*", "/m/**", "/deep/**"]) {
        assert.equal((await place.subscribe(channel)).successful, true);
    }
    const writer = await RawSession.connected(cell.server.url);
    for (const data of twentyValues) {
        await writer.send({channel: "/m/one", data});
    }
    await writer.send({channel: "/m", data: "beside"}, {channel: "/m/one/two", data: "below"}, {channel: "/m/end", data: "end"});
    // What the client itself gives to nobody cannot be seen.
    const delivered = client.dropsFalsy ? twentyValues.filter(Boolean) : twentyValues;
    assert.deepEqual(await cell.received("/m/**", delivered.length + 2), [...delivered, "below", "end"]);
    assert.deepEqual(await place.received("/m/*"), [...delivered, "end"]);
    assert.deepEqual(await place.received("/m/one"), delivered);
    await writer.send({channel: "/deep", data: "above"}, {channel: "/deep/er/est", data: "below"}, {channel: "/deep/er", data: "end"});
    assert.deepEqual(await cell.received("/deep/**", 2), ["below", "end"]);
    assert.deepEqual((await place.status()).members, ["channel", "data"], "nothing of the publisher's envelope");
}

async function publishes(cell) {
    const {place} = cell;
    const reader = await RawSession.connected(cell.server.url);
    await reader.send({channel: "/meta/subscribe", subscription: "/own"});
    assert.equal((await place.subscribe("/own")).successful, true);
    const replies = await place.publishAll("/own", twentyValues);
    assert.ok(replies.every(({successful}) => successful === true), JSON.stringify(replies));
    const delivered = cell.client.dropsFalsy ? twentyValues.filter(Boolean) : twentyValues;
    assert.deepEqual(await cell.received("/own", delivered.length), delivered);
    assert.deepEqual((await reader.poll()).filter(({channel}) => channel === "/own").map(({data}) => data), twentyValues);
    assert.equal((await place.publish("/nobody/listens", {n: 1})).successful, true);
}

async function isRefused({place}) {
    const reply = await place.publish("/chat/room", {user: "x", chat: "dang"});
    assert.equal(reply.successful, false);
}

async function sendsBatches(cell) {
    const {place} = cell;
    const replies = await place.batch([["subscribe", "/batch/*"], ...[0, 1, 2, 3, 4].map(n => ["publish", "/batch/a", `n${n}`])]);
    assert.ok(replies.every(({successful}) => successful === true), JSON.stringify(replies));
    assert.deepEqual(await cell.received("/batch/*", 5), ["n0", "n1", "n2", "n3", "n4"]);
}

async function unsubscribes(cell) {
    const {place} = cell;
    const before = (await place.received("/m/one")).length;
    assert.equal((await place.unsubscribe("/m/one")).successful, true);
    const writer = await RawSession.connected(cell.server.url);
    const all = (await place.received("/m/**")).length;
    await writer.send({channel: "/m/one", data: "unsubscribed"}, {channel: "/m/two", data: "last"});
    assert.deepEqual((await cell.received("/m/**", all + 2)).slice(all), ["unsubscribed", "last"]);
    assert.equal((await place.received("/m/one")).length, before);
}

async function callsRemotely({place}) {
    for (const value of [{text: "äöü", list: [0, null]}, "", 0]) {
        const answer = await place.remoteCall("echo", value);
        assert.equal(answer.channel, "/service/echo");
        assert.deepEqual(answer.data, value);
    }
}

async function recoversFromRestart(cell) {
    const {place, server} = cell;
    const before = await place.status();
    const subscriptions = 5;
    await server.restart();
    let now;
    await until(() => `${subscriptions} subscriptions of a new session, ${JSON.stringify(now)} after ${JSON.stringify(before)}`, async () => {
        now = await place.status();
        return now.counts["/meta/handshake"] > before.counts["/meta/handshake"]
            && now.counts["/meta/subscribe"] >= before.counts["/meta/subscribe"] + subscriptions;
    });
    assert.notEqual(now.clientId, before.clientId);
    if (!cell.client.fallsBack) {
        await usesItsTransport(cell);
    }
    const all = (await place.received("/own")).length;
    const writer = await RawSession.connected(server.url);
    await writer.send({channel: "/own", data: "after the restart"});
    assert.deepEqual((await cell.received("/own", all + 1)).slice(all), ["after the restart"]);
}

async function disconnects({place, server}) {
    const {clientId} = await place.status();
    assert.equal((await place.disconnect()).successful, true);
    let answer;
    await until(() => `the session has ended, got ${JSON.stringify(answer)}`, async () => {
        const connect = {channel: "/meta/connect", connectionType: "long-polling", clientId, id: "1", advice: {timeout: 0}};
        answer = (await post(server.url, [connect])).messages.at(-1);
        return /^402:/.test(answer.error);
    });
    assert.equal(answer.advice.reconnect, "handshake");
}

async function connectsWithExtensions(cell) {
    await cell.connect(cell.place, cell.client.extensions);
}

/** Connections are broken in mid-stream, at lengths of it that chance has chosen. */
async function losesNothing(cell) {
    const {place, cable, transport} = cell;
    assert.equal((await place.subscribe("/numbers")).successful, true);
    const random = randomOf(cell.name);
    // Where a script breaks off in the headers, pages learn nothing of it and clients wait as long as a poll may take.
    const cuts = transport === "callback-polling" ? 2 : 5;
    cable.breakAfter(...Array.from({length: cuts}, () => Math.floor(random() * 1000)));
    const writer = await RawSession.connected(cell.server.url);
    let sent = 0;
    const send = count => writer.send(...Array.from({length: count}, () => ({channel: "/numbers", data: sent++ + 1})));
    let received = [];
    for (let breaks = cable.breaks; breaks > 0; breaks = cable.breaks) {
        await send(1 + Math.floor(random() * 5));
        await until(() => `a cut or number ${sent}, got ${received} (SEED=${seed})`, async () => {
            received = await place.received("/numbers");
            return received.at(-1) === sent || cable.breaks < breaks;
        });
    }
    await send(3);
    await until(() => `number ${sent}, got ${received} (SEED=${seed})`,
        async () => (received = await place.received("/numbers")).includes(sent));
    assert.deepEqual(received, Array.from({length: sent}, (_, n) => n + 1), `SEED=${seed}`);
    assert.equal((await place.status()).counts["/meta/handshake"], 1, "still the same session");
    await usesItsTransport(cell);
}

async function synchronisesClocks({place}) {
    const {timesync} = await place.status();
    assert.ok(["tc", "ts", "p", "a"].every(name => Number.isInteger(timesync?.[name])), `got ${JSON.stringify(timesync)}`);
    assert.ok(Math.abs(await place.serverTime() - Date.now()) < 60_000, "one machine has one clock");
}

async function carriesBytes(cell) {
    const {place} = cell;
    const pieces = [0, 1, 2, 3, 4, 5, 256].map(length => ({
        bytes: Array.from({length}, (_, at) => 255 - at), last: length === 256, meta: {length},
    }));
    // Who does not know of binary data gets it as text.
    const stranger = await RawSession.connected(cell.server.url);
    await stranger.send({channel: "/meta/subscribe", subscription: "/bytes"});
    assert.equal((await place.subscribe("/bytes")).successful, true);
    for (const {bytes, last, meta} of pieces) {
        assert.equal((await place.publishBinary("/bytes", bytes, last, meta)).successful, true);
    }
    assert.deepEqual(await cell.received("/bytes", pieces.length), pieces);
    const texts = (await stranger.poll()).filter(({channel}) => channel === "/bytes");
    assert.ok(texts.length === pieces.length && texts.every(({data}) => typeof data.data === "string"), JSON.stringify(texts));
    for (const {bytes, last, meta} of pieces) {
        assert.deepEqual(await place.remoteCallBinary("echo", bytes, last, meta), {bytes, last, meta});
    }
}

async function survivesReload(cell) {
    const {place} = cell;
    await cell.connect(place, ["reload"]);
    const {clientId} = await place.status();
    await place.reload();
    await cell.connect(place, ["reload"]);
    assert.equal((await place.status()).clientId, clientId);
    assert.equal((await place.subscribe("/reloaded")).successful, true);
    const writer = await RawSession.connected(cell.server.url);
    await writer.send({channel: "/reloaded", data: "still here"});
    assert.deepEqual(await cell.received("/reloaded", 1), ["still here"]);
    await disconnects(cell);
}

async function sharesTheBrowser(cell) {
    const tabs = [cell.place, await cell.open()];
    for (const tab of tabs) {
        await cell.connect(tab);
        assert.equal((await tab.subscribe("/tabs")).successful, true);
    }
    const writer = await RawSession.connected(cell.server.url);
    for (const data of ["one", "two"]) {
        await writer.send({channel: "/tabs", data});
        await Promise.all(tabs.map((tab, index) => cell.received("/tabs", data === "one" ? 1 : 2, tab)));
    }
    // Sockets are not counted, polls are: where the server knows the browser, one tab is asked to poll less often.
    const advised = async () => (await Promise.all(tabs.map(tab => tab.status()))).some(({counts}) => counts["multiple-clients"] > 0);
    if (cell.hasCookies && cell.transport !== "websocket") {
        await until("the advice for several tabs", advised);
    } else {
        assert.equal(await advised(), false);
    }
    for (const tab of tabs) {
        assert.deepEqual(await tab.received("/tabs"), ["one", "two"]);
        assert.equal((await tab.disconnect()).successful, true);
    }
}
