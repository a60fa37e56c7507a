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

const cells = clients.map(client => ({...client, version: versionOf(client.name)}))
    .flatMap(client => Object.entries(client.runs).flatMap(([where, transports]) =>
        transports.map(transport => new Cell(client, where, transport))));
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

    it("is what the README shows", async context => {
        if (passed.size < cells.length) {
            return context.skip("not all cells were run");
        }
        const text = await readFile(readme, "utf8");
        const measured = withTable(text, tableOf(passed));
        if (process.argv.includes("--write")) {
            await writeFile(readme, measured);
        } else {
            assert.equal(text, measured, "node interop-tests/matrix.test.mjs --write brings it up to date");
        }
    });
});
