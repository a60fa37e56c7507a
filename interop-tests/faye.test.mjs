// What Faye's clients do beyond the matrix.

import assert from "node:assert/strict";
import {copyFile, mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, it} from "node:test";
import {launch} from "./support/browser.mjs";
import {Cable} from "./support/cable.mjs";
import {clients} from "./support/clients.mjs";
import {ThreadPlace} from "./support/places.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

const named = wanted => clients.find(({name}) => name === wanted);
const gets = async (place, subscription, expected) => {
    let received;
    await until(() => `${JSON.stringify(expected)}, got ${JSON.stringify(received)}`, async () => {
        received = await place.received(subscription);
        return JSON.stringify(received) === JSON.stringify(expected);
    });
};

describe("a server with the paths of Faye and CometD", () => {
    it("lets clients of both talk to each other", async () => {
        const server = await Server.start("--path", "/faye", "--path", "/bayeux", "--path", "/cometd");
        const places = [["faye-1.4", "/faye"], ["faye-0.8", "/bayeux"], ["cometd-9", "/cometd"]]
            .map(([name, path]) => ({place: new ThreadPlace(named(name)), path}));
        try {
            for (const {place, path} of places) {
                await place.connect({url: server.origin + path, transport: "websocket"});
                assert.equal((await place.subscribe("/talk")).successful, true);
            }
            for (const {place, path} of places) {
                assert.equal((await place.publish("/talk", path)).successful, true);
            }
            for (const {place} of places) {
                await gets(place, "/talk", ["/faye", "/bayeux", "/cometd"]);
                await place.disconnect();
            }
        } finally {
            await Promise.all(places.map(({place}) => place.close()));
            await server.stop();
        }
    });
});

describe("a page of Faye's server", () => {
    let www;
    let browser;
    before(async () => {
        const script = createRequire(import.meta.url).resolve("faye-1.4/client/faye-browser-min.js");
        www = await mkdtemp(join(tmpdir(), "bayeuxd-"));
        await mkdir(join(www, "bayeux"));
        await copyFile(script, join(www, "bayeux.js"));
        await copyFile(script, join(www, "bayeux", "client.js"));
        for (const source of ["/bayeux.js", "/bayeux/client.js"]) {
            await writeFile(join(www, source.replace("/bayeux", "page").replaceAll("/", "-").replace(".js", ".html")),
                `<!DOCTYPE html><script src="${source}"></script>`);
        }
        browser = await launch();
    });
    after(async () => {
        await browser?.close();
        await rm(www, {recursive: true});
    });

    for (const page of ["page.html", "page-client.html"]) {
        it(`works as it is, ${page}`, async () => {
            const server = await Server.start("--path", "/bayeux", "--www", www);
            const tab = await browser.newPage();
            try {
                await tab.goto(`${server.origin}/${page}`);
                // With the client that the server gave it, at the endpoint that Faye has by default.
                const echo = await tab.evaluate(() => new Promise((resolve, reject) => {
                    const client = new window.Faye.Client();
                    const subscription = client.subscribe("/messages", resolve);
                    subscription.then(() => client.publish("/messages", {text: "hello"}), reject);
                }));
                assert.deepEqual(echo, {text: "hello"});
            } finally {
                await tab.close();
                await server.stop();
            }
        });
    }
});

for (const name of ["faye-0.8", "faye-1.1", "faye-1.4"]) {
    describe(name, () => {
        let server;
        before(async () => {
            server = await Server.start("--services", "chat", "--timeout", "4000");
        });
        after(() => server?.stop());

        for (const transport of ["websocket", "long-polling"]) {
            it(`sends again what a cut has kept from the server, over ${transport}`, async () => {
                const cable = await Cable.to(server.origin);
                const place = new ThreadPlace(named(name));
                try {
                    const channel = `/cut/${transport}`;
                    await place.connect({url: `${cable.origin}/cometd`, transport});
                    await until(`transport ${transport}`, async () => (await place.status()).transport === transport);
                    assert.equal((await place.subscribe(channel)).successful, true);
                    cable.cut();
                    const published = place.publish(channel, "in the dark");
                    const writer = await RawSession.connected(server.url);
                    await writer.send({channel, data: "meanwhile"});
                    await cable.mend();
                    assert.equal((await published).successful, true);
                    await gets(place, channel, ["meanwhile", "in the dark"]);
                    assert.equal((await place.status()).counts["/meta/handshake"], 1);
                    await place.disconnect();
                } finally {
                    cable.cut();
                    await place.close();
                }
            });
        }

        it("understands errors", async () => {
            const place = new ThreadPlace(named(name));
            try {
                await place.connect({url: server.url, transport: "long-polling"});
                const deleted = await place.publish("/chat/room", {user: "x", chat: "dang"});
                assert.deepEqual(deleted, {successful: false, error: {code: 404, message: "message_deleted"}});
                const invalid = await place.subscribe("no channel");
                assert.equal(invalid.successful, false);
                assert.equal(invalid.error.code, 403);
                await place.disconnect();
            } finally {
                await place.close();
            }
        });
    });
}
