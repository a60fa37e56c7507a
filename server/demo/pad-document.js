// The text of a pad on the side of one who writes: the counterpart of services/pad.hpp, which tells what goes over
// the wire. No page and no network is in here.
//
// A change is what is sent: [5, "hi", -2] keeps 5 units, inserts a text, removes 2 units, and keeps the rest.

const isLead = unit => unit >= 0xd800 && unit < 0xdc00;
const isTrail = unit => unit >= 0xdc00 && unit < 0xe000;
const isInsert = step => typeof step === "string";
const isKeep = step => typeof step === "number" && step > 0; // "4" > 0 too
const isRemove = step => typeof step === "number" && step < 0;

/** The change that makes the one text of the other: all between what they have in common at both ends. */
export function difference(before, after) {
    const shorter = Math.min(before.length, after.length);
    let start = 0;
    while (start < shorter && before[start] === after[start]) {
        ++start;
    }
    if (start > 0 && isLead(before.charCodeAt(start - 1))) {
        --start; // no half characters
    }
    let end = 0;
    while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) {
        ++end;
    }
    if (end > 0 && isTrail(before.charCodeAt(before.length - end))) {
        --end;
    }
    const change = new Change();
    change.keep(start);
    change.insert(after.slice(start, after.length - end));
    change.remove(before.length - end - start);
    return change.finished();
}

export function apply(change, text) {
    let changed = "";
    let at = 0;
    for (const step of change) {
        if (isInsert(step)) {
            changed += step;
        } else if (isKeep(step)) {
            changed += text.slice(at, at += step);
        } else {
            at -= step;
        }
    }
    return changed + text.slice(at);
}

/**
 * A change as it is to be made after another one, when both were made to the same text. Of two inserts in one place
 * that of the first stands first.
 */
export function rebase(change, other, isFirst) {
    const rebased = new Change();
    const [me, they] = [new Walk(change), new Walk(other)];
    while (!me.done) {
        if (me.inserts && (isFirst || !they.inserts)) {
            rebased.insert(me.step);
            me.pass(me.left);
        } else if (they.inserts) {
            rebased.keep(they.left);
            they.pass(they.left);
        } else {
            const units = Math.min(me.left, they.left);
            if (!they.removes) { // what both remove is gone already
                me.removes ? rebased.remove(units) : rebased.keep(units);
            }
            me.pass(units);
            they.pass(units);
        }
    }
    return rebased.finished();
}

/** The one change that two are, the second of which is made to what the first has led to. */
export function compose(first, second) {
    const composed = new Change();
    const [before, after] = [new Walk(first), new Walk(second)];
    while (!before.done || !after.done) {
        if (before.removes) {
            composed.remove(before.left);
            before.pass(before.left);
        } else if (after.inserts) {
            composed.insert(after.step);
            after.pass(after.left);
        } else {
            const units = Math.min(before.left, after.left);
            if (before.inserts) {
                composed.insert(after.removes ? "" : before.step.substr(-before.left, units));
            } else {
                after.removes ? composed.remove(units) : composed.keep(units);
            }
            before.pass(units);
            after.pass(units);
        }
    }
    return composed.finished();
}

/** Steps in the one order in which all write them. */
class Change {
    #steps = [];

    keep(units) {
        this.#add(units, isKeep);
    }

    remove(units) {
        this.#add(-units, isRemove);
    }

    insert(text) {
        const removed = isRemove(this.#steps.at(-1)) ? this.#steps.pop() : 0; // inserts come before
        this.#add(text, isInsert);
        this.#add(removed, () => false);
    }

    finished() {
        if (isKeep(this.#steps.at(-1))) {
            this.#steps.pop();
        }
        return this.#steps;
    }

    #add(step, isAlike) {
        if (step && this.#steps.length > 0 && isAlike(this.#steps.at(-1))) {
            this.#steps.push(this.#steps.pop() + step);
        } else if (step) {
            this.#steps.push(step);
        }
    }
}

class Walk {
    #change;
    #at = 0;

    constructor(change) {
        this.#change = change;
        this.#load();
    }

    get step() {
        return this.#change[this.#at];
    }

    get done() {
        return this.#at === this.#change.length;
    }

    get inserts() {
        return isInsert(this.step);
    }

    get removes() {
        return isRemove(this.step);
    }

    pass(units) {
        this.left -= units;
        if (this.left === 0) {
            ++this.#at;
            this.#load();
        }
    }

    #load() {
        this.left = this.done ? Infinity : this.inserts ? this.step.length : Math.abs(this.step);
    }
}

/**
 * One author's view of a pad. What its author does comes by edit(), what the server says by received(); open() is to
 * be called whenever there is a connection again, and refused() when the server did not take a change.
 */
export class PadDocument {
    text = ""; // as its author sees it
    #confirmed = ""; // as the server has it in revision #rev
    #sent = null; // {n, change}: made to #confirmed, and perhaps never arrived
    #unsent = []; // change made after that
    #life = "";
    #rev = 0;
    #newest = 0; // revision that was heard of
    #you = 0;
    #n = 0;
    #asked = true; // for what is missing, the whole text at first
    #held = null; // what comes meanwhile
    #client = Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(36)).join("");
    #events;

    /**
     * events: send(message) to the server, which need not arrive; changed(change), made to the text by others;
     * replaced(former), when the text is another one: at the beginning, and when the server has lost it or does not
     * want what its author had written; and saved(whether), if the server knows all that was written here.
     */
    constructor(events) {
        this.#events = events;
    }

    get saved() {
        return !this.#asked && !this.#sent && this.#unsent.length === 0;
    }

    open() {
        this.#asked = true;
        this.#send(this.#life ? {life: this.#life, rev: this.#rev} : {});
    }

    edit(text) {
        text = text.replace(/[\ud800-\udfff]/gu, "\ufffd"); // half characters cannot be sent
        this.#unsent = compose(this.#unsent, difference(this.text, text));
        this.text = text;
        this.#goOn();
    }

    refused() {
        this.#life = "";
        this.open();
    }

    /** Until release() the text stays as it is: its author is in the middle of a character. */
    hold() {
        this.#held ??= [];
    }

    release() {
        const held = this.#held ?? [];
        this.#held = null;
        held.forEach(message => this.received(message));
    }

    received(message) {
        if (this.#held) {
            this.#held.push(message);
            return;
        }
        if (message.you) {
            this.#answered(message);
        } else if (this.#life) {
            this.#newest = Math.max(this.#newest, message.rev);
            if (message.rev === this.#rev + 1) {
                this.#take(message);
            }
        }
        this.#goOn();
    }

    #take({rev, by, n, change}) {
        this.#rev = rev;
        if (by === this.#you && n === this.#sent?.n) {
            this.#arrived(apply(change, this.#confirmed));
        } else {
            this.#merge(change);
        }
    }

    #answered({rev, you, done, life, text}) {
        this.#asked = false;
        if (text !== undefined && life !== this.#life) {
            const former = this.text;
            this.#life = life;
            this.text = this.#confirmed = text;
            this.#sent = null;
            this.#unsent = [];
            this.#rev = this.#newest = rev;
            this.#events.replaced(former);
        } else if (text !== undefined && rev > this.#rev) {
            // Too much was missed to be told one by one.
            if (this.#sent?.n <= done) {
                this.#arrived(text);
            } else {
                this.#merge(difference(this.#confirmed, text));
            }
            this.#rev = rev;
        }
        this.#you = you;
        this.#newest = Math.max(this.#newest, rev);
        if (this.#sent?.n > done) {
            this.#send({life: this.#life, rev: this.#rev, ...this.#sent});
        }
    }

    /**
     * The change of ours that was sent is in the server's text, which is this. When we had to guess what others have
     * done before, it is not quite what we thought.
     */
    #arrived(text) {
        this.#confirmed = apply(this.#sent.change, this.#confirmed);
        this.#sent = null;
        this.#merge(difference(this.#confirmed, text));
    }

    /** Takes in a change of others: past what is on its way, and past what has not been sent yet. */
    #merge(change) {
        this.#confirmed = apply(change, this.#confirmed);
        if (this.#sent) {
            const sent = this.#sent.change;
            this.#sent.change = rebase(sent, change, false);
            change = rebase(change, sent, true);
        }
        const unsent = this.#unsent;
        this.#unsent = rebase(unsent, change, false);
        change = rebase(change, unsent, true);
        this.text = apply(change, this.text);
        this.#events.changed(change);
    }

    /** Asks for what was missed; else sends what is new, one change at a time. */
    #goOn() {
        if (!this.#asked && this.#rev < this.#newest) {
            this.open();
        } else if (!this.#asked && !this.#sent && this.#unsent.length > 0) {
            this.#sent = {n: ++this.#n, change: this.#unsent};
            this.#unsent = [];
            this.#send({life: this.#life, rev: this.#rev, ...this.#sent});
        }
        this.#events.saved(this.saved);
    }

    #send(message) {
        this.#events.send({client: this.#client, ...message});
    }
}
