// EventSource by hand: Faye's stream of messages beside posts.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {connectOf, handshake, openSession, publishOf, requestText, settle, subscribeOf} from "./support/http-socket.mjs";

const streamRequest = (clientId, headers = {}) => requestText("GET", `/cometd/${clientId}`, {headers: {Accept: "text/event-stream", ...headers}});

for (const ioThreads of ["0", "2"]) {
    describe(`EventSource with ${ioThreads} I/O threads`, () => {
        let daemon;

        const connection = () => daemon.connection();
        /** A session with a stream and a subscription to /news. */
        const reader = async () => {
            const [posts, stream] = [await connection(), await connection()];
            const session = await openSession(posts);
            await posts.post([subscribeOf(session, "/news")]);
            stream.write(streamRequest(session.clientId));
            const {status, headers} = await stream.response();
            assert.equal(status, 200);
            assert.match(headers["content-type"], /^text\/event-stream/);
            assert.equal(headers["content-length"], undefined);
            await stream.receives(/retry: \d+\n\n/);
            return {posts, stream, session};
        };
        const publish = async (...data) => {
            const http = await connection();
            const session = await openSession(http);
            for (const each of data) {
                await http.post([publishOf(session, "/news", each)]);
            }
        };

        before(async () => {
            daemon = await Daemon.start(["--io-threads", ioThreads, "--max-sessions-per-browser", "-1", "--allow-origin", "https://example.org"]);
        });

        after(async () => {
            await daemon.stop();
            assert.doesNotMatch(daemon.stderr, /\/cometd\//, "no clientId of a URL in the log");
        });

        it("brings messages while the connect stays held", async () => {
            const {posts, stream, session} = await reader();
            posts.write(requestText("POST", "/cometd", {body: JSON.stringify([connectOf(session)])}));
            await settle(daemon.origin);
            await publish(1, {two: 2});
            await stream.receives(/^data: \[\{"channel":"\/news","data":1\}\]\n\n/m);
            await stream.receives(/^data: \[\{"channel":"\/news","data":\{"two":2\}\}\]\n\n/m);
            posts.destroy();
        });

        it("brings what a publisher wrote on several lines as one event", async () => {
            const {stream} = await reader();
            const http = await connection();
            const session = await openSession(http);
            await http.post(`[{"channel":"/news","clientId":"${session.clientId}",\r\n"data":[1,\n2,\r3]}]`);
            const [event] = await stream.receives(/data: .*\n\n/);
            assert.deepEqual(JSON.parse(event.slice("data: ".length)), [{channel: "/news", data: [1, 2, 3]}]);
        });

        it("is refused to a session that is unknown, or ended, and to another browser", async () => {
            const {posts, stream, session} = await reader();
            await posts.post([{channel: "/meta/disconnect", ...session}]);
            await stream.end();
            for (const clientId of ["nobody", "__proto__", session.clientId]) {
                const http = await connection();
                http.write(streamRequest(clientId));
                assert.equal((await http.response()).status, 400, clientId);
                assert.equal(await http.end(), "");
            }
            const http = await connection();
            const shaken = await http.post([handshake], {headers: {Cookie: "BAYEUX_BROWSER=mine"}});
            http.write(streamRequest(shaken.messages[0].clientId, {Cookie: "BAYEUX_BROWSER=yours"}));
            assert.equal((await http.response()).status, 400);
        });

        it("is refused to pages of other origins", async () => {
            const {session} = await reader();
            for (const [origin, status] of [["https://evil.example", 403], ["null", 403], ["https://example.org", 200], ["http://test", 200]]) {
                const http = await connection();
                http.write(streamRequest(session.clientId, {Origin: origin}));
                const response = await http.response();
                assert.equal(response.status, status, origin);
                assert.equal(response.headers["access-control-allow-origin"], origin === "https://example.org" ? origin : undefined);
            }
        });

        it("ends when another stream takes over", async () => {
            const {stream, session} = await reader();
            const other = await connection();
            other.write(streamRequest(session.clientId));
            await stream.end();
            await other.receives(/retry: \d+\n\n/);
            await publish("for the newer");
            await other.receives(/data: .*for the newer/);
        });

        it("leaves messages for the next connect when its client goes", async () => {
            const {posts, stream, session} = await reader();
            stream.destroy();
            await settle(daemon.origin);
            await publish(1);
            const {messages} = await posts.post([connectOf(session)]);
            assert.deepEqual(messages[0], {channel: "/news", data: 1});
        });

        it("is told of to clients that ask for it", async () => {
            const http = await connection();
            const told = async supportedConnectionTypes =>
                (await http.post([{...handshake, supportedConnectionTypes}])).messages[0].supportedConnectionTypes;
            assert.ok((await told(["long-polling", "eventsource"])).includes("eventsource"));
            assert.ok(!(await told(["long-polling", "callback-polling"])).includes("eventsource"));
        });
    });
}

it("an EventSource ends with the server", () => Daemon.during([], async daemon => {
    const [posts, stream] = [await daemon.connection(), await daemon.connection()];
    stream.write(streamRequest((await openSession(posts)).clientId));
    await stream.receives(/retry: \d+\n\n/);
    daemon.signal("SIGTERM");
    await stream.end();
    posts.destroy();
    assert.equal(await daemon.exit(), 0);
    assert.doesNotMatch(daemon.stderr, /did not end in time/);
}));

it("an EventSource whose client does not read loses its session, not the server its memory", () => Daemon.during(
    ["--max-queue-bytes", "4194304", "--max-sessions-per-browser", "-1"], async daemon => {
        const [posts, stream] = [await daemon.connection(), await daemon.connection()];
        const session = await openSession(posts);
        await posts.post([subscribeOf(session, "/flood")]);
        stream.write(streamRequest(session.clientId));
        await stream.receives(/retry: \d+\n\n/);
        stream.pause();
        const before = await daemon.memory();
        const writer = await openSession(posts);
        for (let n = 0; n < 300; ++n) {
            await posts.post([publishOf(writer, "/flood", "x".repeat(100_000))]);
        }
        const grown = await daemon.memory() - before;
        assert.ok(grown < 24e6 || await daemon.sanitizer(), `grew by ${grown} bytes`);
        const {messages} = await posts.post([connectOf(session)]);
        assert.match(messages[0].error, /^402:/);
    }));
