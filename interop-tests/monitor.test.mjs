// The service monitor and its page.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Tab, launch} from "./support/browser.mjs";
import {Client, load} from "./support/client.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server, demo} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

describe("the service monitor", () => {
    let browser;
    let CometD;
    let server;

    before(async () => {
        browser = await launch();
        CometD = await load("cometd-9");
        server = await Server.start("--www", demo, "--services", "monitor", "--monitor.period", "100",
            "--max-sessions-per-browser", "-1");
    });
    after(async () => {
        await browser?.close();
        await server?.stop();
    });

    it("shows on its page who subscribes to what", async () => {
        const early = await Client.connected(CometD, server.url);
        await early.subscribe("/early");
        const tab = await Tab.open(await browser.newContext(), `${server.origin}/monitor.html`);
        await tab.state(/^Connected/);
        let shown;
        const shows = row => until(() => `the row ${row}, there are ${shown}`, async () => {
            shown = await tab.page.getByRole("row").evaluateAll(rows => rows.map(made => [...made.cells].map(cell => cell.textContent).join()));
            return row instanceof RegExp ? shown.some(text => row.test(text)) : shown.includes(row);
        });
        const shownNoMore = row => until(() => `no row ${row}`, async () => await tab.page.getByRole("row", {name: row}).count() === 0);
        await shows("/early,1");
        await shows(/^\d+,127\.0\.0\.1:\d+,long-polling,\/early$/);

        const late = await Client.connected(CometD, server.url, "websocket");
        const {subscription} = await late.subscribe("/early");
        await shows("/early,2");
        await shows(/^\d+,127\.0\.0\.1:\d+,websocket,\/early$/);
        await late.unsubscribe(subscription);
        await late.subscribe("/late");
        await shows("/early,1");
        await late.disconnect();
        await shownNoMore(/websocket \/late/);
        await early.disconnect();
        await shownNoMore("/early");

        const wire = await tab.wire();
        assert.match(wire, /"\/monitor\/sessions"/);
        assert.deepEqual(tab.errors, []);
    });

    it("tells no session's id", async () => {
        const watcher = await RawSession.connected(server.url);
        const other = await RawSession.connected(server.url);
        const told = JSON.stringify(await watcher.send({channel: "/meta/subscribe", subscription: "/monitor/*"}));
        assert.match(told, /"session":/);
        assert.ok(!told.includes(other.clientId));
    });
});
