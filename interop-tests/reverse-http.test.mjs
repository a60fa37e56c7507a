// The service reverse-http: pages that answer HTTP requests, and the demo's page that does.

import assert from "node:assert/strict";
import {request} from "node:http";
import {text} from "node:stream/consumers";
import {describe, it} from "node:test";
import {demoTabs} from "./support/demo-tabs.mjs";
import {Server, demo} from "./support/server.mjs";
import {until, within} from "./support/wait.mjs";

describe("the page reverse-http.html", () => {
    const there = demoTabs("--services", "reverse-http");

    const open = (name, {origin} = there.server) => there.open(`${origin}/reverse-http.html#${name}`);
    /** A tab that answers as `name`; its address is there. */
    const page = async (name, from = there.server) => {
        const tab = await open(name, from);
        tab.address = `${from.origin}/via/${name}/`;
        await until("the page has its name", () => tab.page.getByRole("link", {name: tab.address}).isVisible());
        return tab;
    };
    const answerText = tab => tab.page.getByRole("textbox", {name: "Text of the answer"});
    const sees = (tab, what) => until(`the page shows ${what}`, async () =>
        (await tab.page.getByRole("log").innerText()).includes(what));
    const byHand = tab => tab.page.getByRole("checkbox", {name: /by hand/}).check();

    it("answers what is asked, as its user says", async () => {
        const home = await page("home");
        await answerText(home).fill("Grüße, 日本語 🧵");
        await home.page.getByRole("spinbutton", {name: "with status"}).fill("203");
        const answer = await fetch(`${home.address}some/path?x=y`, {method: "POST", body: "what was sent: ü"});
        assert.equal(answer.status, 203);
        assert.equal(await answer.text(), "Grüße, 日本語 🧵");
        assert.equal(answer.headers.get("content-type"), "text/plain;charset=utf-8");
        assert.equal(answer.headers.get("content-security-policy"), "sandbox allow-scripts allow-forms");
        assert.equal(answer.headers.get("cache-control"), "no-store");
        await sees(home, "POST /some/path?x=y");
        await sees(home, "what was sent: ü");
        await sees(home, "answered with 203");
    });

    it("is asked by every method, HEAD among them", async () => {
        const home = await page("methods");
        for (const method of ["GET", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
            assert.equal(await (await fetch(home.address, {method})).text(), "Hello from a page!");
            await sees(home, `${method} /`);
        }
        const head = await fetch(home.address, {method: "HEAD"});
        assert.equal(head.headers.get("content-length"), "18");
        assert.equal(await head.text(), "");
    });

    it("gets uploads, in pieces and binary", async () => {
        const home = await page("uploads");
        const upload = request(home.address, {method: "PUT"});
        const answered = new Promise((resolve, reject) => upload.on("response", resolve).on("error", reject));
        for (let piece = 0; piece < 40; ++piece) {
            upload.write(Buffer.alloc(5000, 0xff));
        }
        upload.end();
        const answer = await within("an answer", answered);
        assert.equal(answer.statusCode, 200);
        assert.equal(await text(answer), "Hello from a page!");
        await sees(home, "200000 bytes");
    });

    it("is asked many things at the same time", async () => {
        const home = await page("many");
        const answers = await Promise.all(Array.from({length: 12}, (_, n) => fetch(`${home.address}${n}`)));
        assert.ok(answers.every(({status}) => status === 200));
    });

    it("is found by its name alone", async () => {
        assert.equal((await fetch(`${there.server.origin}/via/nobody/`)).status, 404);
        const home = await page("alone");
        const redirect = await fetch(`${there.server.origin}/via/alone?x`, {redirect: "manual"});
        assert.equal(redirect.status, 308);
        assert.equal(redirect.headers.get("location"), "/via/alone/?x");
        const other = await open("alone");
        await until("the other page is told", () => other.page.getByText("the name alone is taken").isVisible());
        await home.page.getByRole("textbox", {name: "This page answers as"}).fill("renamed");
        await home.page.getByRole("button", {name: "Take this name"}).click();
        await until("it has another name", () => home.page.getByRole("link", {name: /via\/renamed/}).isVisible());
        assert.equal((await fetch(`${there.server.origin}/via/renamed/`)).status, 200);
        assert.equal((await fetch(home.address)).status, 404);
    });

    it("that is closed while it is asked makes 502", async () => {
        const home = await page("closing");
        await byHand(home);
        const asked = fetch(home.address);
        await sees(home, "waits");
        await home.close();
        assert.equal((await within("502", asked)).status, 502);
        assert.equal((await fetch(home.address)).status, 404);
    });

    it("that does not answer in time makes 504, and hears about it", async () => {
        const impatient = await Server.start("--www", demo, "--services", "reverse-http", "--reverse-http.timeout", "100");
        try {
            const home = await page("silent", impatient);
            await byHand(home);
            assert.equal((await within("504", fetch(home.address))).status, 504);
            await home.page.getByRole("button", {name: "Answer"}).click();
            await sees(home, "nobody waits for this answer");
        } finally {
            await Promise.all(there.tabs.map(tab => tab.page.goto("about:blank")));
            await impatient.stop();
        }
    });

    it("answers in a sandbox: its scripts have another origin than the server", async () => {
        const home = await page("html");
        await home.page.getByRole("combobox", {name: "as"}).selectOption("HTML");
        await answerText(home).fill("<title>none</title><script>document.title = `origin ${self.origin}`</script>");
        const visitor = await there.open(home.address);
        await until("its script has run", async () => await visitor.page.title() === "origin null");
    });
});
