// Every client, over every transport it has, from every kind of place. The README shows the table of what was
// measured; `node matrix.test.mjs --write` writes it there.

import assert from "node:assert/strict";
import {readFile, writeFile} from "node:fs/promises";
import {after, before, describe, it} from "node:test";
import {launch} from "./support/browser.mjs";
import {Cell, interopTests} from "./support/cell.mjs";
import {versionOf} from "./support/client.mjs";
import {clients} from "./support/clients.mjs";
import {seed} from "./support/random.mjs";
import {Server} from "./support/server.mjs";
import {tableOf, withTable} from "./support/table.mjs";

const known = clients.map(client => ({...client, version: versionOf(client.name)}));
const cells = known.flatMap(client => Object.entries(client.runs).flatMap(([where, transports]) =>
    transports.map(transport => new Cell(client, where, transport))));
/** By the newest clients, which ask for compression. */
const compressed = known.filter(({name}) => ["cometd-9", "faye-1.4", "ruby-faye"].includes(name)).flatMap(client =>
    ["program", "same origin"].filter(where => client.runs[where]).map(where =>
        new Cell(client, where, "websocket", ["--ws.permessage-deflate=true", "--io-threads=2"])));
const readme = new URL("../README.md", import.meta.url);

describe("the matrix", () => {
    const passed = new Map(); // by cell, once it has run
    let browser;
    let otherServer;

    before(async () => {
        console.log(`random cuts: SEED=${seed}`);
        browser = await launch();
        otherServer = await Server.start("--www", interopTests);
    });
    after(async () => {
        await browser?.close();
        await otherServer?.stop();
    });

    describe("has a cell that works:", {concurrency: 4}, () => {
        for (const cell of cells) {
            it(cell.name, async () => {
                passed.set(cell, false);
                await cell.run(browser, otherServer);
                passed.set(cell, true);
            });
        }
    });

    describe("has more than defaults:", {concurrency: 4}, () => {
        for (const cell of compressed) {
            it(cell.name, () => cell.run(browser, otherServer));
        }
    });

    it("blocks cookies of another site, whatever their attributes", async () => {
        const server = await Server.start("--allow-origin", "*", "--browser-cookie-same-site", "None", "--browser-cookie-secure", "true");
        for (const [name, kept] of [["127.0.0.1", ["BAYEUX_BROWSER"]], ["localhost", []]]) {
            const context = await browser.newContext();
            const page = await context.newPage();
            await page.goto(`${otherServer.origin.replace("127.0.0.1", name)}/support/drivers/page.html`);
            const status = await page.evaluate(url => fetch(url, {
                method: "POST", credentials: "include", body: '[{"channel":"/meta/handshake","version":"1.0"}]',
            }).then(response => response.status), server.url);
            assert.equal(status, 200);
            assert.deepEqual((await context.cookies()).map(cookie => cookie.name), kept, name);
            await context.close();
        }
        await server.stop();
    });

    it("is what the README shows", async () => {
        assert.equal(passed.size, cells.length, "all cells were run");
        const text = await readFile(readme, "utf8");
        const measured = withTable(text, tableOf(passed));
        if (process.argv.includes("--write")) {
            await writeFile(readme, measured);
        } else {
            assert.equal(text, measured, "node interop-tests/matrix.test.mjs --write brings it up to date");
        }
    });
});
