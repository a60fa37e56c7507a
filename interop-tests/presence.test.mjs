// The service presence with CometD's client.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Cable} from "./support/cable.mjs";
import {Client, load} from "./support/client.mjs";
import {RawSession} from "./support/raw.mjs";
import {Server} from "./support/server.mjs";
import {until} from "./support/wait.mjs";

describe("the service presence", () => {
    let CometD;
    let server;
    const clients = [];

    before(async () => {
        CometD = await load("cometd-9");
        server = await Server.start("--services", "presence", "--presence.grace", "2500", "--max-sessions-per-browser", "-1",
            "--timeout", "2000", "--max-interval", "1000");
    });
    after(async () => {
        await Promise.all(clients.map(client => client.disconnect()));
        await server?.stop();
    });

    /** Somebody on the channel, or only a witness when there is no name. */
    const join = async (channel, user, transport = "long-polling", url = server.url) => {
        const client = await Client.connected(CometD, url, transport);
        clients.push(client);
        await client.subscribe(channel);
        client.events = (await client.subscribe(`/presence${channel}`)).messages;
        if (user) {
            assert.equal((await client.publish("/service/presence", {channel, user})).successful, true);
        }
        return client;
    };
    /** Who is there by all that the client has heard. */
    const present = client => {
        const users = new Set();
        for (const {data} of client.events) {
            if (data.event === "list") {
                users.clear();
                data.users.forEach(({user}) => users.add(user));
            } else if (data.event === "leave") {
                users.delete(data.user);
            } else {
                users.add(data.user);
            }
        }
        return [...users].sort().join();
    };
    const sees = (client, ...users) =>
        until(() => `${users} are present, there are ${present(client)}`, () => present(client) === users.join());
    const events = (client, user) => client.events.map(({data}) => data).filter(data => data.user === user).map(({event}) => event);

    it("tells who comes, changes and goes", async () => {
        const watcher = await join("/plain");
        const [ann, bob] = [await join("/plain", "ann"), await join("/plain", "bob", "websocket")];
        await Promise.all([watcher, ann, bob].map(client => sees(client, "ann", "bob")));
        await bob.publish("/service/presence", {channel: "/plain", user: "bob", state: {typing: true}});
        await until("the state", () => watcher.events.some(({data}) => data.event === "state" && data.state.typing));
        await ann.disconnect();
        await sees(watcher, "bob");
        assert.deepEqual(events(watcher, "ann"), ["join", "leave"]);
    });

    it("does not see a page leave that is loaded again, nor one of two tabs", async () => {
        const watcher = await join("/reload");
        const page = await join("/reload", "ann");
        await page.disconnect();
        const [again, other] = [await join("/reload", "ann"), await join("/reload", "ann")];
        await again.disconnect();
        await join("/reload", "bob"); // what is told is told in order
        await sees(watcher, "ann", "bob");
        await other.disconnect();
        await sees(watcher, "bob");
        assert.deepEqual(events(watcher, "ann"), ["join", "leave"]);
    });

    it("sees who has crashed or lost the network leave", async () => {
        const cable = await Cable.to(server.origin);
        try {
            const watcher = await join("/crash");
            const lost = await join("/crash", "ann", "websocket", `${cable.origin}/cometd`);
            const silent = await RawSession.connected(server.url);
            await silent.send({channel: "/meta/subscribe", subscription: "/crash"},
                {channel: "/service/presence", data: {channel: "/crash", user: "bob"}});
            await sees(watcher, "ann", "bob");
            lost.cometd.configure({url: "http://127.0.0.1:1/"});
            cable.cut();
            await sees(watcher);
        } finally {
            cable.cut();
        }
    });

    it("answers what makes no sense with what is wrong", async () => {
        const ann = await join("/wrong", "ann");
        const reply = await ann.publish("/service/presence", {channel: "/wrong", user: 5});
        assert.equal(reply.error, "400::data.user must be text");
        await until("a line in the log", () => server.log.some(line => line.includes("data.user must be text")));
    });
});
