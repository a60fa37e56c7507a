// The service monitor and its page.

import assert from "node:assert/strict";
import {before, describe, it} from "node:test";
import {Client, load} from "./support/client.mjs";
import {demoTabs} from "./support/demo-tabs.mjs";
import {RawSession} from "./support/raw.mjs";
import {until} from "./support/wait.mjs";

describe("the service monitor", () => {
    const there = demoTabs("--services", "monitor", "--monitor.period", "100", "--max-sessions-per-browser", "-1");
    let CometD;

    before(async () => {
        CometD = await load("cometd-9");
    });

    it("shows on its page who subscribes to what", async () => {
        const early = await Client.connected(CometD, there.server.url);
        await early.subscribe("/early");
        const tab = await there.open(`${there.server.origin}/monitor.html`);
        await tab.state(/^Connected/);
        let shown;
        const shows = row => until(() => `the row ${row}, there are ${shown}`, async () => {
            shown = await tab.page.getByRole("row").evaluateAll(rows => rows.map(made => [...made.cells].map(cell => cell.textContent).join()));
            return row instanceof RegExp ? shown.some(text => row.test(text)) : shown.includes(row);
        });
        const shownNoMore = row => until(() => `no row ${row}`, async () => await tab.page.getByRole("row", {name: row}).count() === 0);
        await shows("/early,1");
        for (const channel of ["/__proto__", "/constructor", "/__proto__/toString"]) {
            const {subscription} = await early.subscribe(channel);
            await shows(`${channel},1`);
            await early.unsubscribe(subscription);
        }
        await shows(/^\d+,127\.0\.0\.1:\d+,long-polling,\/early$/);

        const late = await Client.connected(CometD, there.server.url, "websocket");
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
        const watcher = await RawSession.connected(there.server.url);
        const other = await RawSession.connected(there.server.url);
        const told = JSON.stringify(await watcher.send({channel: "/meta/subscribe", subscription: "/monitor/*"}));
        assert.match(told, /"session":/);
        assert.ok(!told.includes(other.clientId));
    });
});
