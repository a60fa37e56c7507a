// People in front of the demo pages, in Debian's chromium.

import {chromium} from "playwright-core";
import {deadline, until} from "./wait.mjs";

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-proxy-server"],
    });
}

/** One tab with a demo page; what is asked of the page is asked by role and name, as a screen reader does. */
export class Tab {
    #bodies = [];
    socketMessages = 0;
    errors = []; // what the page wrote to the console as error, and exceptions

    static async open(context, url) {
        const tab = new Tab();
        tab.page = await context.newPage();
        tab.page.setDefaultTimeout(deadline);
        tab.page.on("console", message => {
            if (message.type() === "error") {
                tab.errors.push(message.text());
            }
        });
        tab.page.on("pageerror", error => tab.errors.push(String(error)));
        tab.page.on("response", response => {
            if (new URL(response.url()).pathname.startsWith("/cometd")) {
                // The bodies of answers that the page has given up cannot be had.
                tab.#bodies.push(response.text().catch(() => ""));
            }
        });
        tab.page.on("websocket", socket =>
            socket.on("framereceived", ({payload}) => {
                ++tab.socketMessages;
                tab.#bodies.push(String(payload));
            }));
        await tab.page.goto(url);
        return tab;
    }

    async join(user, room = "demo") {
        this.user = user;
        await this.page.getByRole("textbox", {name: "Your name"}).fill(user);
        await this.page.getByRole("combobox", {name: "Room"}).fill(room);
        await this.page.getByRole("button", {name: "Join"}).click();
        await this.state(/^Connected/);
    }

    state(text) {
        return this.#shows(`state ${text}`, this.page.locator("#state"), shown => text.test(shown));
    }

    /** Waits until the member list has these names and no other; the own one is marked. */
    async members(...names) {
        const wanted = names.map(name => name === this.user ? `${name} (you)` : name).sort().join();
        const items = this.page.getByRole("region", {name: "Here"}).getByRole("listitem");
        let shown;
        await until(() => `${this.user} sees members ${wanted}, saw ${shown}`, async () => {
            shown = (await items.allTextContents()).sort().join();
            return shown === wanted;
        });
    }

    async write(text) {
        await this.page.getByRole("textbox", {name: "Message"}).fill(text);
        await this.page.getByRole("textbox", {name: "Message"}).press("Enter");
    }

    get log() {
        return this.page.getByRole("log");
    }

    /** The messages on the page, as {who, words, whisper}. */
    messages() {
        return this.log.getByRole("article").evaluateAll(articles => articles.map(article => ({
            who: article.querySelector(".who").textContent.replace(/ \d+:\d+.*$/, ""),
            words: article.querySelector(".words").textContent,
            whisper: article.classList.contains("whisper"),
        })));
    }

    /** Waits for a message with these words and returns it. */
    async sees(words) {
        let messages;
        return until(() => `${this.user} sees ${words}, saw ${JSON.stringify(messages)}`, async () => {
            messages = await this.messages();
            return messages.find(message => message.words === words);
        });
    }

    /** All that the server has sent to this tab so far. */
    async wire() {
        return (await Promise.all(this.#bodies)).join("\n");
    }

    /** Closes the tab as its user does. */
    close() {
        return this.page.close({runBeforeUnload: true});
    }

    async #shows(what, locator, condition) {
        let shown;
        await until(() => `${this.user} sees ${what}, saw ${shown}`, async () => condition(shown = await locator.textContent()));
    }
}
