// The demo pages in a browser: what people see, and what does not come to those whom it does not concern.

import assert from "node:assert/strict";
import {after, afterEach, before, describe, it} from "node:test";
import {Tab, launch} from "./support/browser.mjs";
import {Cable} from "./support/cable.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server, demo} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

let browser;
before(async () => {
    browser = await launch();
});
after(() => browser?.close());

const runs = [
    {file: "index.html", other: "dojox.html", transport: "websocket", options: []},
    {file: "index.html", other: "dojox.html", transport: "long-polling", options: ["--allowed-transports", "long-polling"]},
    {file: "dojox.html", other: "index.html", transport: "long-polling", options: []},
];

for (const {file, other, transport, options} of runs) {
    describe(`the chat of ${file} over ${transport}`, () => {
        let server;
        let contexts = [];
        let tabs = [];

        before(async () => {
            // Long lives: whoever vanishes from a list here has said goodbye.
            server = await Server.start("--www", demo, "--services", "chat,echo",
                "--max-interval", "120000", "--multi-session-interval", "300", ...options);
        });
        after(() => server?.stop());

        afterEach(async () => {
            await Promise.all(contexts.map(context => context.close()));
            // A WebSocket that is tried in vain is written to the console by the browser itself.
            const inVain = options.length > 0 ? /^WebSocket connection to / : /^$/;
            const errors = tabs.flatMap(tab => tab.errors).filter(error => !inVain.test(error));
            contexts = [];
            tabs = [];
            assert.deepEqual(errors, [], "the pages leave no errors in the console");
        });

        const browserOf = async options => {
            const context = await browser.newContext(options);
            contexts.push(context);
            return context;
        };
        const tab = async (context, page = file, origin = server.origin) => {
            const made = await Tab.open(context, `${origin}/${page}`);
            tabs.push(made);
            return made;
        };
        /** People of their own, each with a browser, all in one room that no other test uses. */
        const people = async (room, ...names) => {
            const made = [];
            for (const name of names) {
                const person = await tab(await browserOf());
                await person.join(name, room);
                made.push(person);
            }
            await Promise.all(made.map(person => person.members(...names)));
            return made;
        };

        it("lets three people talk, and two of them whisper without the third", async () => {
            const [ann, bob, cat] = await people("three", "ann", "bob", "cat");

            await ann.write("good morning");
            await bob.write("grüß Gott, 日本語 🧵");
            for (const person of [ann, bob, cat]) {
                assert.deepEqual(await person.sees("good morning"), {who: "ann", words: "good morning", whisper: false});
                assert.equal((await person.sees("grüß Gott, 日本語 🧵")).who, "bob");
            }

            await ann.write("bob::between-us");
            assert.deepEqual(await bob.sees("between-us"), {who: "ann whispers to you", words: "between-us", whisper: true});
            assert.deepEqual(await ann.sees("between-us"), {who: "ann whispered to bob", words: "between-us", whisper: true});
            await bob.page.getByRole("button", {name: "ann", exact: true}).click();
            await bob.page.keyboard.type("and-back");
            await bob.page.keyboard.press("Enter");
            assert.equal((await ann.sees("and-back")).who, "bob whispers to you");
            await ann.write("bob, cat::for-both");
            assert.equal((await bob.sees("for-both")).whisper, true);
            assert.equal((await cat.sees("for-both")).whisper, true);
            await ann.write("all-done");
            await Promise.all([ann, bob, cat].map(person => person.sees("all-done")));

            const [bobs, cats] = [await bob.wire(), await cat.wire()];
            assert.equal(ann.socketMessages > 0, transport === "websocket");
            assert.match(bobs, /between-us/);
            assert.match(cats, /for-both/);
            assert.doesNotMatch(cats, /between-us|and-back/);
            assert.ok(!(await cat.messages()).some(({words}) => words === "between-us" || words === "and-back"));
        });

        it("sends a whisper to nobody when a name is misspelt", async () => {
            const [ann, bob] = await people("misspelt", "ann", "bob");
            await ann.write("bop::not-for-all");
            await until("the refusal", async () => (await ann.log.textContent()).includes("nobody here is called bop"));
            await ann.write(" std::vector is fine");
            await bob.sees("std::vector is fine");
            assert.doesNotMatch(await bob.wire(), /not-for-all/);
            assert.doesNotMatch(await ann.wire(), /not-for-all/);
        });

        it("says that the server has refused a message", async () => {
            const [ann, bob] = await people("refused", "ann", "bob");
            await ann.write("dang, a word that the chat service does not let pass");
            await until("the refusal", async () => (await ann.log.textContent()).includes("could not be delivered"));
            await ann.write("and on");
            await bob.sees("and on");
            assert.doesNotMatch(await bob.wire(), /dang/);
        });

        it("takes names that objects of JavaScript have for names", async () => {
            const [odd, other] = await people("constructor", "__proto__", "toString");
            await odd.write("toString::psst");
            assert.deepEqual(await other.sees("psst"), {who: "__proto__ whispers to you", words: "psst", whisper: true});
            await other.write("__proto__::and-back");
            assert.equal((await odd.sees("and-back")).who, "toString whispers to you");
            await other.write("hasOwnProperty");
            assert.equal((await odd.sees("hasOwnProperty")).who, "toString");
            await other.close();
            await odd.members("__proto__");
        });

        it("shows markup as text", async () => {
            const evil = "<img src=x onerror=\"hacked=1\"><b>bold</b> & &amp; <script>hacked=1</script>";
            const name = "<i>eve</i>";
            const [ann, eve] = await people("markup", "ann", name);
            await eve.write(evil);
            assert.equal((await ann.sees(evil)).who, name);
            await eve.write(`ann::${evil} again`);
            assert.equal((await ann.sees(`${evil} again`)).who, `${name} whispers to you`);
            await ann.write(`${name}::back`);
            assert.equal((await eve.sees("back")).who, "ann whispers to you");
            for (const person of [ann, eve]) {
                assert.equal(await person.page.locator("#chat").locator("img, b, i, script").count(), 0);
                assert.equal(await person.page.evaluate("typeof hacked"), "undefined");
            }
        });

        it("takes a member from the list when a tab is closed", async () => {
            const [ann, bob, cat] = await people("closing", "ann", "bob", "cat");
            await bob.close();
            await Promise.all([ann, cat].map(person => person.members("ann", "cat")));
            await cat.page.getByRole("button", {name: "Leave"}).click();
            await cat.state(/^Not connected/);
            await ann.members("ann");
        });

        it("goes to another room, alone and in company of the other page", async () => {
            const [ann, bob] = await people("first", "ann", "bob");
            const cat = await tab(await browserOf(), other);
            await cat.join("cat", "second");
            await bob.page.getByRole("textbox", {name: "Another room"}).fill("second");
            await bob.page.keyboard.press("Enter");
            await bob.members("bob", "cat");
            await cat.members("bob", "cat");
            await ann.members("ann");
            await bob.write("hello cat");
            await cat.sees("hello cat");
            await cat.write("bob::hello bob");
            assert.equal((await bob.sees("hello bob")).who, "cat whispers to you");
            await bob.page.getByRole("button", {name: "first"}).click();
            await Promise.all([ann, bob].map(person => person.members("ann", "bob")));
            await cat.members("cat");
            assert.doesNotMatch(await ann.wire(), /hello cat/);
        });

        it("works with two tabs of one browser, which share its cookie", async () => {
            const context = await browserOf();
            const [ann, bob] = [await tab(context), await tab(context)];
            await ann.join("ann", "shared");
            await bob.join("bob", "shared");
            await Promise.all([ann, bob].map(person => person.members("ann", "bob")));
            if (transport === "long-polling") { // only polls are counted per browser
                await until("one of them says that it takes turns", async () => {
                    const states = await Promise.all([ann, bob].map(person => person.page.locator("#state").textContent()));
                    return states.some(state => /^Connected, taking turns/.test(state));
                });
            }
            for (const [writer, words] of [[ann, "one"], [bob, "two"], [ann, "bob::three"], [bob, "ann::four"]]) {
                await writer.write(words);
                await Promise.all([ann, bob].map(person => person.sees(words.replace(/.*::/, ""))));
            }
            await ann.close();
            await bob.members("bob");
        });

        it("can be used by keyboard alone", async () => {
            const [ann] = await people("keys", "ann");
            const bob = await tab(await browserOf());
            await bob.page.keyboard.type("bob");
            await bob.page.keyboard.press("Tab");
            await bob.page.keyboard.press("Control+A");
            await bob.page.keyboard.type("keys");
            await bob.page.keyboard.press("Enter");
            bob.user = "bob";
            await bob.members("ann", "bob");
            await bob.page.keyboard.type("typed");
            await bob.page.keyboard.press("Enter");
            await ann.sees("typed");
            // Back over the log and the Leave button to the members.
            const focused = () => bob.page.evaluate(() => document.activeElement.textContent);
            for (let steps = 0; await focused() !== "ann"; ++steps) {
                assert.ok(steps < 5, "the members come shortly before the message");
                await bob.page.keyboard.press("Shift+Tab");
            }
            await bob.page.keyboard.press("Space");
            await bob.page.keyboard.type("softly");
            await bob.page.keyboard.press("Enter");
            assert.equal((await ann.sees("softly")).who, "bob whispers to you");
        });

        it("survives a cut network and gets what was said meanwhile", async () => {
            const [ann] = await people("cut", "ann");
            const cable = await Cable.to(server.origin);
            const bob = await tab(await browserOf(), file, cable.origin);
            try {
                await bob.join("bob", "cut");
                await ann.members("ann", "bob");
                cable.cut();
                await bob.state(/^Connection lost/);
                await ann.write("while you were away");
                await ann.sees("while you were away");
                await cable.mend();
                await bob.state(/^Connected/);
                await bob.sees("while you were away");
                await bob.write("back");
                await ann.sees("back");
                await bob.page.close();
                // Refused connections are written to the console by the browser itself.
                bob.errors = [];
            } finally {
                cable.cut();
            }
        });

        it("joins again after the server was restarted", async () => {
            const own = await Server.start("--www", demo, "--services", "chat", ...options);
            try {
                const [ann, bob] = [await Tab.open(await browserOf(), `${own.origin}/${file}`),
                    await Tab.open(await browserOf(), `${own.origin}/${file}`)];
                await ann.join("ann");
                await bob.join("bob");
                await Promise.all([ann, bob].map(person => person.members("ann", "bob")));
                await own.restart();
                // The new server knows of nobody until the pages have told it.
                const watcher = await RawSession.connected(own.url);
                await watcher.send({channel: "/meta/subscribe", subscription: "/members/demo"});
                let present = [];
                await until(() => `both are back, ${present} are`, async () => {
                    const events = (await watcher.poll()).filter(message => message.channel === "/members/demo");
                    present = events.at(-1)?.data ?? present;
                    return present.includes("ann") && present.includes("bob");
                });
                await Promise.all([ann, bob].map(person => person.state(/^Connected/)));
                await Promise.all([ann, bob].map(person => person.members("ann", "bob")));
                await ann.write("we are back");
                await bob.sees("we are back");
                await bob.write("ann::so we are");
                assert.equal((await ann.sees("so we are")).who, "bob whispers to you");
                // Before that they could not but write errors of refused connections.
                ann.errors = bob.errors = [];
                await Promise.all([ann.close(), bob.close()]);
                await until("nobody is listed", async () => {
                    const events = (await watcher.poll()).filter(message => message.channel === "/members/demo");
                    return events.some(event => event.data.length === 0);
                });
            } finally {
                await own.stop();
            }
        });
    });
}
