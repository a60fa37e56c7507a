// Somebody who writes in a pad, with the scripts of the page and without a page.

import {CometdClient} from "../../server/demo/cometd-client.js";
import {openPad} from "../../server/demo/pad-session.js";
import {until} from "./wait.mjs";

export class Author {
    refusals = [];
    formers = []; // texts that were replaced

    /** Begins, and waits for the text. */
    static async of(url, pad) {
        const author = new Author();
        author.client = new CometdClient(url);
        author.document = openPad(author.client, pad, {
            changed: () => {},
            saved: () => {},
            replaced: former => author.formers.push(former),
            state: state => author.state = state,
            refused: error => author.refusals.push(error),
        });
        await until("the text of the pad", () => author.formers.length > 0);
        return author;
    }

    get text() {
        return this.document.text;
    }

    /** Writes something anywhere, or removes something. */
    edit(random) {
        const characters = [...this.text];
        const at = Math.floor(random() * (characters.length + 1));
        const words = ["a", "Wörter ", "🧵", "👩‍👧", "\n", "日本", "-1", "7"];
        if (random() < 0.7) {
            characters.splice(at, 0, words[Math.floor(random() * words.length)]);
        } else {
            characters.splice(at, 1 + Math.floor(random() * 5));
        }
        this.document.edit(characters.join(""));
    }

    leave() {
        this.client.close();
    }
}

/** Waits until all have one text, which the server has too. */
export function agreed(authors) {
    return until(() => `one text, there are ${JSON.stringify(authors.map(author => author.text))}`, () =>
        authors.every(author => author.document.saved && author.text === authors[0].text));
}
