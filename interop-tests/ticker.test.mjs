// The service ticker: a client that is slow, and the page.

import assert from "node:assert/strict";
import {describe, it} from "node:test";
import {Client, load} from "./support/client.mjs";
import {demoTabs} from "./support/demo-tabs.mjs";
import {RawSession} from "./support/raw.mjs";
import {until} from "./support/wait.mjs";

describe("the service ticker", () => {
    const there = demoTabs("--services", "ticker", "--ticker.period", "20", "--ticker.delay", "50",
        "--max-sessions-per-browser", "-1");

    it("sends a slow client the latest price of each stock and no others", async () => {
        const slow = await RawSession.connected(there.server.url);
        const first = await slow.send({channel: "/meta/subscribe", subscription: "/ticker/*"});
        const stocks = first.filter(({channel}) => channel.startsWith("/ticker/")).map(({channel}) => channel);
        assert.equal(new Set(stocks).size, 8);
        assert.equal(stocks.length, 8);

        const client = await Client.connected(await load("cometd-9"), there.server.url, "websocket");
        const {messages} = await client.subscribe("/ticker/WOOL");
        await until("many ticks", () => messages.at(-1)?.data.tick > 50);
        const latest = messages.at(-1).data.tick;
        const prices = (await slow.poll()).filter(({channel}) => channel.startsWith("/ticker/"));
        assert.equal(prices.length, 8);
        assert.equal(new Set(prices.map(({channel}) => channel)).size, 8);
        assert.ok(Math.max(...prices.map(({data}) => data.tick)) >= latest);
        await client.disconnect();
    });

    it("fills the page with prices that change, until they are paused", async () => {
        const tab = await there.open(`${there.server.origin}/ticker.html`);
        await tab.state(/^Connected/);
        const row = tab.page.getByRole("row", {name: /^WOOL/});
        const price = () => row.getByRole("cell").first().textContent();
        const before = await until("a price", price);
        await until("another price", async () => await price() !== before);
        assert.equal(await tab.page.getByRole("row").count(), 9);
        assert.match(before, /^\d+\.\d\d$/);

        const pause = tab.page.getByRole("button", {name: "Pause"});
        await pause.press("Enter");
        await until("the server has heard of it", async () => /"\/meta\/unsubscribe"/.test(await tab.wire()));
        const paused = await price();
        await pause.press("Enter");
        await until("prices again", async () => await price() !== paused);
        assert.deepEqual(tab.errors, []);
    });
});
