// The chat service as CometD's own chat clients use it.

import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {after, afterEach, before, describe, it} from "node:test";
import {fileURLToPath} from "node:url";
import {Chatter} from "./support/chatter.mjs";
import {load} from "./support/client.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until, within} from "./support/wait.mjs";

describe("the chat service", () => {
    let CometD;
    let server;
    let present = [];

    before(async () => {
        CometD = await load("cometd-9");
        server = await Server.start("--services", "chat", "--max-sessions-per-browser", "-1",
            "--timeout", "2000", "--max-interval", "1000");
    });
    afterEach(async () => {
        await Promise.all(present.map(chatter => chatter.leave()));
        present = [];
    });
    after(() => server?.stop());

    const join = async (user, room) => {
        const chatter = await Chatter.join(CometD, server.url, user, room);
        present.push(chatter);
        return chatter;
    };

    it("tells everybody in the room who is there, and nobody else", async () => {
        const ann = await join("ann", "list");
        await ann.members("ann");
        const bob = await join("bob", "list");
        const eve = await join("eve", "elsewhere");
        await Promise.all([ann.members("ann", "bob"), bob.members("ann", "bob"), eve.members("eve")]);
    });

    it("carries what is said to everybody in the room in order", async () => {
        const [ann, bob, eve] = [await join("ann", "talk"), await join("bob", "talk"), await join("eve", "next-door")];
        for (const n of [1, 2, 3]) {
            assert.equal((await ann.say(`${n}: grüße 🧵`)).successful, true);
        }
        await Promise.all([ann.hears("3: grüße 🧵"), bob.hears("3: grüße 🧵")]);
        const said = [1, 2, 3].map(n => ({user: "ann", chat: `${n}: grüße 🧵`}));
        assert.deepEqual(ann.heard, said);
        assert.deepEqual(bob.heard, said);
        await eve.say("end");
        await eve.hears("end");
        assert.equal(eve.heard.length, 1);
    });

    it("gives a private message to its sender and the named peers only", async () => {
        const [ann, bob, cat, dan] =
            [await join("ann", "quiet"), await join("bob", "quiet"), await join("cat", "quiet"), await join("dan", "quiet")];
        const spy = await RawSession.connected(server.url);
        await spy.send(...["/**", "/chat/**", "/chat/quiet", "/service/**", "/service/privatechat"]
            .map(subscription => ({channel: "/meta/subscribe", subscription})));

        assert.equal((await ann.whisper("bob", "for bob")).successful, true);
        await ann.whisper("bob,cat", "for two");
        await ann.whisper("nobody", "for nobody");
        await ann.whisper("ann", "for myself");
        await ann.say("for all");
        await Promise.all([ann, bob, cat, dan].map(chatter => chatter.hears("for all")));

        const whispers = chatter => chatter.heard.filter(data => data.scope === "private").map(data => data.chat).sort();
        assert.deepEqual(await ann.hears("for bob"), {user: "ann", chat: "for bob", scope: "private"});
        assert.deepEqual(whispers(ann), ["for bob", "for myself", "for two"]);
        assert.deepEqual(whispers(bob), ["for bob", "for two"]);
        assert.deepEqual(whispers(cat), ["for two"]);
        for (const witness of [dan.wire, await spy.poll()]) {
            assert.doesNotMatch(JSON.stringify(witness), /for bob|for two|for nobody|for myself/);
            assert.match(JSON.stringify(witness), /for all/);
        }
    });

    it("takes from the list who disconnects", async () => {
        const [ann, bob] = [await join("ann", "leaving"), await join("bob", "leaving")];
        await ann.members("ann", "bob");
        await bob.leave();
        await ann.members("ann");
    });

    it("takes from the list whose process was killed", async () => {
        const ann = await join("ann", "dying");
        const doomed = spawn(process.execPath,
            [fileURLToPath(new URL("support/doomed.mjs", import.meta.url)), server.url, "bob", "dying"],
            {stdio: ["ignore", "pipe", "inherit"]});
        try {
            await within("bob's process", once(doomed.stdout, "data"));
            await ann.members("ann", "bob");
        } finally {
            doomed.kill("SIGKILL");
        }
        await ann.members("ann");
    });

    it("takes from the list who does not poll any more", async () => {
        const ann = await join("ann", "silent");
        const silent = await RawSession.connected(server.url);
        await silent.send({channel: "/service/members", data: {user: "bob", room: "/chat/silent"}});
        await ann.members("ann", "bob");
        await ann.members("ann");
        assert.match((await silent.poll())[0].error, /^402:/);
    });

    it("keeps a name in the list when its old session ends after a new one has taken it", async () => {
        const [watcher, before_, after_] =
            [await join("ann", "again"), await join("bob", "again"), await join("bob", "again")];
        await before_.leave();
        // The list is told anew with every leave, also when it stays the same.
        await watcher.members("ann", "bob");
        await watcher.whisper("bob", "still there?");
        await after_.hears("still there?");
    });

    it("filters markup out of what is said, whispered and called a name", async () => {
        const [ann, bob] = [await join("ann", "markup"), await join("<b>bob</b>", "markup")];
        await ann.members("ann", "&lt;b&gt;bob&lt;/b&gt;");
        await bob.say("<i>hi</i> & \"you\"");
        assert.deepEqual(await ann.hears("&lt;i&gt;hi&lt;/i&gt; & \"you\""),
            {user: "&lt;b&gt;bob&lt;/b&gt;", chat: "&lt;i&gt;hi&lt;/i&gt; & \"you\""});
        await ann.whisper("<b>bob</b>", "<u>psst</u>");
        assert.equal((await bob.hears("&lt;u&gt;psst&lt;/u&gt;")).scope, "private");
    });

    it("answers malformed requests and goes on", async () => {
        const ann = await join("ann", "robust");
        const raw = await RawSession.connected(server.url);
        const malformed = [undefined, null, 0, "", "oops", [], {}, {user: "x"}, {room: "/chat/robust"},
            {user: 1, room: "/chat/robust"}, {user: "x", room: 2}, {user: "x", room: ""}, {user: "x", room: "/chat/"},
            {user: "x", room: "/chat"}, {user: "x", room: "/chat/**"}, {user: "x", room: "/chat/a//b"},
            {user: "x", room: "robust"}, {user: "x", room: "/meta/connect"}, {user: "x", room: "/service/members"},
            {user: "x", room: "/chat/robust", chat: "hi"}, {user: "x", room: "/chat/robust", chat: 5, peer: "ann"},
            {user: "x", room: "/chat/robust", chat: "hi", peer: ["ann"]},
            {user: {}, room: "/chat/robust", chat: "hi", peer: "ann"}];
        const joins = malformed.filter(data => !(data?.room === "/chat/robust" && data.user === "x"));
        for (const [channel, requests] of [["/service/members", joins], ["/service/privatechat", malformed]]) {
            for (const data of requests) {
                const replies = await raw.send({channel, data, id: "m"});
                const own = replies.filter(reply => reply.channel === channel);
                assert.equal(own.length, 1, `one reply for ${JSON.stringify(data)}`);
                assert.equal(own[0].id, "m");
                assert.equal(typeof own[0].successful, "boolean");
            }
        }
        await ann.say("still here");
        await ann.hears("still here");
        await ann.members("ann");
        assert.deepEqual(ann.heard, [{user: "ann", chat: "still here"}]);
        const newcomer = await join("bob", "robust");
        await Promise.all([ann, newcomer].map(chatter => chatter.members("ann", "bob")));
    });
});
