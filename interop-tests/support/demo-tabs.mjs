// A server with the demo pages and a browser in front of it, for the tests of one describe().

import assert from "node:assert/strict";
import {after, afterEach, before} from "node:test";
import {Tab, launch} from "./browser.mjs";
import {Server, demo} from "./server.mjs";

/** `options` are the server's. After each test its tabs are closed, and must have left no errors. */
export function demoTabs(...options) {
    const there = {
        browser: undefined,
        server: undefined,
        tabs: [],
        /** A tab of a browser of its own. */
        async open(url) {
            const tab = await Tab.open(await there.browser.newContext(), url);
            there.tabs.push(tab);
            return tab;
        },
    };
    before(async () => {
        there.browser = await launch();
        there.server = await Server.start("--www", demo, ...options);
    });
    afterEach(async () => {
        const tabs = there.tabs.splice(0);
        const errors = tabs.flatMap(tab => tab.errors);
        await Promise.all(tabs.map(tab => tab.page.context().close()));
        assert.deepEqual(errors, [], "the pages leave no errors in the console");
    });
    after(async () => {
        await there.browser?.close();
        await there.server?.stop();
    });
    return there;
}
