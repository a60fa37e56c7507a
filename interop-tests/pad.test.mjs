// The service pad: texts that several write at the same time, and its page.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {apply, compose, difference, rebase} from "../server/demo/pad-document.js";
import {Cable} from "./support/cable.mjs";
import {load} from "./support/client.mjs";
import {demoTabs} from "./support/demo-tabs.mjs";
import {randomOf, seed} from "./support/random.mjs";
import {Server, demo} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

describe("the changes of a pad in JavaScript", () => {
    it(`can be composed, and made in either order (SEED=${seed})`, () => {
        const random = randomOf("changes");
        const edited = text => {
            const letters = [...text];
            letters.splice(Math.floor(random() * (letters.length + 1)), Math.floor(random() * 4),
                ...["", "🧵", "a", "4", "-2", "🧶ü🧵"][Math.floor(random() * 6)]);
            return letters.join("");
        };
        for (let i = 0; i < 3000; ++i) {
            const text = "🧵a🧶1🧵🧵-23".slice(0, 2 * Math.floor(random() * 8));
            const change = from => {
                const steps = [from, edited(from), edited(edited(from))];
                const composed = compose(difference(steps[0], steps[1]), difference(steps[1], steps[2]));
                assert.equal(apply(composed, steps[0]), steps[2], JSON.stringify(steps));
                return composed;
            };
            const [one, other] = [change(text), change(text)];
            assert.equal(apply(rebase(other, one, false), apply(one, text)), apply(rebase(one, other, true), apply(other, text)),
                JSON.stringify([text, one, other]));
        }
    });
});

for (const transport of ["websocket", "long-polling"]) {
    describe(`the service pad over ${transport}`, () => {
        let agreed;
        let Author;
        let authors = [];
        let server;

        before(async () => {
            await load("cometd-9"); // makes of Node something that looks like a browser
            ({agreed, Author} = await import("./support/pad-author.mjs"));
            server = await Server.start("--services", "pad", "--max-sessions-per-browser", "-1",
                "--allowed-transports", transport);
        });
        after(() => {
            authors.forEach(author => author.leave());
            return server?.stop();
        });

        const join = async (pad, url = server.url) => {
            const author = await Author.of(url, pad);
            authors.push(author);
            return author;
        };

        it("shows everybody what the others write", async () => {
            const [ann, bob] = [await join("simple"), await join("simple")];
            ann.document.edit("hello 🧵");
            await until("bob sees it", () => bob.text === "hello 🧵");
            bob.document.edit("hello 🧵 and 🧶");
            ann.document.edit("Oh, hello 🧵");
            await agreed([ann, bob]);
            assert.equal(ann.text, "Oh, hello 🧵 and 🧶");
            const cat = await join("simple");
            assert.equal(cat.text, ann.text);
            const elsewhere = await join("elsewhere");
            assert.equal(elsewhere.text, "");
        });

        it("gives the text back as it was when the server refuses a change", async () => {
            const [ann, bob] = [await join("long"), await join("long")];
            ann.document.edit("short");
            await agreed([ann, bob]);
            ann.document.edit("x".repeat(100_001));
            await until("the refusal", () => ann.refusals.length === 1);
            assert.equal(ann.refusals[0], "400::data.change makes the text too long");
            await until("the text", () => ann.text === "short");
            assert.equal(ann.formers.at(-1).length, 100_001);
            ann.document.edit("shorter");
            await agreed([ann, bob]);
            assert.equal(bob.text, "shorter");
        });

        it(`ends with one text after connections were broken again and again (SEED=${seed})`, async () => {
            const random = randomOf("pad");
            const cables = [await Cable.to(server.origin), await Cable.to(server.origin)];
            try {
                const writers = [await join("cuts", `${cables[0].origin}/cometd`), await join("cuts", `${cables[1].origin}/cometd`),
                    await join("cuts")];
                for (let round = 0; round < 3; ++round) {
                    cables.forEach(cable => cable.breakAfter(Math.floor(random() * 600)));
                    await until("both cables are broken", () => {
                        writers.forEach(writer => writer.edit(random));
                        return cables.every(cable => cable.breaks === 0);
                    });
                }
                const late = await join("cuts");
                await agreed([...writers, late]);
                assert.ok(late.text.length > 0);
                assert.ok([...writers, late].every(writer => writer.refusals.length === 0));
            } finally {
                cables.forEach(cable => cable.cut());
            }
        });
    });
}

describe("the page pad.html", () => {
    const there = demoTabs("--services", "pad");

    /** Somebody with a browser and the pad of that name. */
    const writer = async (pad, origin = there.server.origin) => {
        const tab = await there.open(`${origin}/pad.html#${pad}`);
        tab.text = tab.page.getByRole("textbox", {name: pad});
        await until("the text can be written", () => tab.text.isEditable());
        return tab;
    };
    const saved = tab => until("all is saved", async () => await tab.page.locator("#saved").textContent() === "Saved");
    /** Waits until all see one text that satisfies the condition. */
    const agreed = (what, tabs, condition) => {
        let texts;
        return until(() => `${what}, there is ${JSON.stringify(texts)}`, async () => {
            texts = await Promise.all(tabs.map(tab => tab.text.inputValue()));
            return texts.every(text => text === texts[0]) && condition(texts[0]);
        });
    };

    it("lets two people write at the same time, and leaves the caret of each where it was", async () => {
        const [ann, bob] = [await writer("two"), await writer("two")];
        await ann.text.fill("top\n\nend");
        await agreed("the same", [ann, bob], text => text === "top\n\nend");
        await ann.text.press("Control+Home");
        await bob.text.press("Control+End");
        await Promise.all([ann.text.pressSequentially("Ann writes here 🧵. "), bob.text.pressSequentially(" Bob writes there 🧶.")]);
        await agreed("both", [ann, bob], text => text === "Ann writes here 🧵. top\n\nend Bob writes there 🧶.");
        const late = await writer("two");
        await agreed("who comes late", [ann, late], () => true);
        await late.text.press("Control+A");
        await late.text.press("Delete");
        await agreed("empty", [ann, bob, late], text => text === "");
    });

    it("goes on after a cut with what was written meanwhile on both sides", async () => {
        const cable = await Cable.to(there.server.origin);
        try {
            const [ann, bob] = [await writer("cut"), await writer("cut", cable.origin)];
            await ann.text.fill("1 2 3");
            await agreed("the same", [ann, bob], text => text === "1 2 3");
            cable.cut();
            await bob.state(/^Connection lost/);
            await bob.text.press("Control+End");
            await bob.text.pressSequentially(" 4");
            await bob.text.press("Control+Home");
            await bob.text.pressSequentially("0 ");
            await ann.text.fill("1 two 3");
            await saved(ann);
            await cable.mend();
            await bob.state(/^Connected/);
            await agreed("both", [ann, bob], text => text === "0 1 two 3 4");
            await Promise.all([ann, bob].map(saved));
            bob.errors = []; // of connections that were refused
        } finally {
            cable.cut();
        }
    });

    it("keeps the pads apart", async () => {
        const [ann, bob] = [await writer("here"), await writer("here")];
        await ann.text.fill("here");
        await agreed("the same", [ann, bob], text => text === "here");
        await bob.page.getByRole("textbox", {name: "Another pad"}).fill("there");
        await bob.page.keyboard.press("Enter");
        bob.text = bob.page.getByRole("textbox", {name: "there"});
        await until("the other text", async () => await bob.text.isEditable() && await bob.text.inputValue() === "");
        await bob.text.fill("there");
        await saved(bob);
        assert.equal(await ann.text.inputValue(), "here");
        await agreed("the other pad", [bob, await writer("there")], text => text === "there");
    });

    it("offers the text again that a server has lost", async () => {
        const own = await Server.start("--www", demo, "--services", "pad");
        try {
            const ann = await writer("lost", own.origin);
            await ann.text.fill("precious");
            await saved(ann);
            await own.restart();
            await ann.page.getByRole("button", {name: "Put my text back"}).click();
            await saved(ann);
            const bob = await writer("lost", own.origin);
            await agreed("the text is back", [ann, bob], text => text === "precious");
            ann.errors = []; // of connections that were refused
            await Promise.all([ann, bob].map(tab => tab.page.goto("about:blank")));
        } finally {
            await own.stop();
        }
    });
});
