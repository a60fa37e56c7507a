// The program and the system it runs on: command line, signals, descriptors, log.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {HttpSocket, connectOf, handshake, openSession, publishOf, requestText, settle, subscribeOf} from "./support/http-socket.mjs";
import {stable, until} from "./support/wait.mjs";

/** Runs it to its end. */
async function outcome(...args) {
    const daemon = Daemon.spawn(args);
    const status = await daemon.exit();
    return {status, stdout: daemon.stdout, stderr: daemon.stderr};
}

const withDaemon = Daemon.during;

/** A connection whose request does not end. */
async function stuck(daemon) {
    const http = await HttpSocket.to(daemon.origin);
    await http.request("OPTIONS", "/cometd");
    http.write("POST /cometd HTTP/1.1\r\n");
    await settle(daemon.origin);
    return http;
}

/** A connection of a browser, with a session whose poll the server holds. */
async function polling(origin) {
    const http = await HttpSocket.to(origin);
    const session = await openSession(http);
    const headers = {Cookie: `BAYEUX_BROWSER=${randomUUID()}`};
    http.write(requestText("POST", "/cometd", {headers, body: JSON.stringify([connectOf(session)])}));
    return {http, session, headers};
}

describe("the command line", () => {
    it("names the version", async () => {
        const {status, stdout, stderr} = await outcome("--version");
        assert.equal(status, 0);
        assert.match(stdout, /^bayeuxd \d+\.\d+\.\d+\n$/);
        assert.equal(stderr, "");
    });

    it("checks a configuration without running it", async () => {
        assert.deepEqual(await outcome("--check-config", "--timeout", "1000"), {status: 0, stdout: "ok\n", stderr: ""});
        assert.equal((await outcome("--check-config", "--timeout", "soon")).status, 2);
    });

    it("prints a configuration that means the same when it is read", async () => {
        const directory = await mkdtemp(join(tmpdir(), "bayeuxd-test-"));
        try {
            const printed = await outcome("--print-config", "--timeout", "1234", "--path", "/a", "--path", "/b", "--services", "chat");
            assert.equal(printed.status, 0);
            assert.match(printed.stdout, /^timeout *= *1234$/m);
            await writeFile(join(directory, "bayeuxd.conf"), printed.stdout);
            assert.deepEqual(await outcome("--config", join(directory, "bayeuxd.conf"), "--print-config"), printed);
        } finally {
            await rm(directory, {recursive: true});
        }
    });

    for (const args of [["--nonsense"], ["--timeout", "soon"], ["--timeout"], ["--listen", "nowhere"], ["--services", "chat,nonsense"],
        ["--config", "/does/not/exist"], ["--www", "/does/not/exist"], ["stray"], ["--io-threads", "-1"]]) {
        it(`refuses ${args.join(" ")} with one line and status 2`, async () => {
            const {status, stdout, stderr} = await outcome(...args);
            assert.equal(status, 2);
            assert.equal(stdout, "");
            assert.match(stderr, /^bayeuxd: [^\n]+\n$/);
        });
    }

    it("says on one line that an address is in use, and ends with status 1", () => withDaemon([], async daemon => {
        const address = new URL(daemon.origin).host;
        const {status, stdout, stderr} = await outcome("--listen", address);
        assert.equal(status, 1);
        assert.equal(stdout, "");
        assert.match(stderr, /^[^\n]+\n$/);
        assert.match(stderr, new RegExp(`${address}.*Address already in use\n$`));
    }));

    it("names the address that the machine does not have", async () => {
        const {status, stderr} = await outcome("--listen", "192.0.2.1:8080");
        assert.equal(status, 1);
        assert.match(stderr, /^[^\n]*192\.0\.2\.1:8080[^\n]*\n$/);
    });

    it("listens on several addresses, of both families, and says so", () => withDaemon(["--listen", "[::1]:0", "--listen", ":0"],
        async daemon => {
            assert.match(daemon.stderr, /^\S+Z info listening on http:\/\/127\.0\.0\.1:\d+\n/);
            assert.match(daemon.origins[1], /^http:\/\/\[::1\]:\d+$/);
            const anywhere = daemon.origins[2].split(":").at(-1);
            for (const origin of [...daemon.origins.slice(0, 2), `http://127.0.0.1:${anywhere}`, `http://[::1]:${anywhere}`]) {
                const http = await HttpSocket.to(origin);
                assert.equal((await http.post([handshake])).messages[0].successful, true, origin);
                http.destroy();
            }
        }, {addresses: 3}));
});

for (const ioThreads of ["0", "2"]) {
    const threads = ["--io-threads", ioThreads];

    describe(`the end, with ${ioThreads} I/O threads`, () => {
        for (const signal of ["SIGTERM", "SIGINT"]) {
            it(`answers held polls after ${signal} and ends with status 0`, () => withDaemon([...threads, "--shutdown-timeout", "60000"],
                async daemon => {
                    const clients = await Promise.all(Array.from({length: 20}, () => polling(daemon.origin)));
                    await settle(daemon.origin);
                    daemon.signal(signal);
                    for (const {http} of clients) {
                        const {status, headers, messages: [reply]} = await http.response();
                        assert.equal(status, 200);
                        assert.equal(headers.connection, "close");
                        assert.equal(reply.channel, "/meta/connect");
                        assert.equal(reply.successful, false);
                        assert.match(reply.error, /^402::/);
                        assert.equal(reply.advice.reconnect, "handshake");
                        assert.ok(reply.advice.interval >= 1000 && reply.advice.interval <= 2000, `interval ${reply.advice.interval}`);
                        assert.equal(await http.end(), "");
                        http.destroy();
                    }
                    assert.equal(await daemon.exit(), 0);
                    assert.match(daemon.log.at(-1), new RegExp(`info ${signal}: shutting down$`));
                }));
        }

        it("does not wait longer for a stuck client than it was told to", () => withDaemon(
            [...threads, "--shutdown-timeout", "200", "--request-timeout", "60000"], async daemon => {
                const http = await stuck(daemon);
                await daemon.stop();
                assert.match(daemon.log.at(-1), / warning .*in time$/);
                http.destroy();
            }));

        it("comes at once with a second signal", () => withDaemon(
            [...threads, "--shutdown-timeout", "60000", "--request-timeout", "60000"], async daemon => {
                const http = await stuck(daemon);
                daemon.signal("SIGTERM");
                await until("the shutdown", () => daemon.log.at(-1).endsWith("shutting down"));
                daemon.signal("SIGTERM");
                assert.equal(await daemon.exit(), 128 + 15);
                http.destroy();
            }));

        it("comes in order although nobody reads the log any more", () => withDaemon(threads, async daemon => {
            daemon.closeLog();
            const http = await HttpSocket.to(daemon.origin);
            await http.post([handshake]);
            http.destroy();
            await daemon.stop();
        }));
    });

    describe(`trouble, with ${ioThreads} I/O threads`, () => {
        it("runs out of descriptors without spinning or dying, and serves again", () => withDaemon(threads, async daemon => {
            daemon.signal("SIGSTOP"); // so that all are there at once
            const clients = await Promise.all(Array.from({length: 200}, () => HttpSocket.to(daemon.origin)));
            daemon.signal("SIGCONT");
            const served = [];
            for (const http of clients) {
                http.write(requestText("OPTIONS", "/cometd"));
                http.response().then(response => response && served.push(http), () => {});
            }
            await until("it is full", () => daemon.log.some(line => /not accepting for now/.test(line)));
            assert.equal(await stable(() => served.length), 40, "the rest is for files and the like");
            const used = await daemon.cpuTimeOfASecond();
            assert.ok(used < 0.3, `${used} s of CPU time within 1 s`);
            assert.equal((await served[0].request("OPTIONS", "/cometd")).status, 200, "those inside are served");
            clients.forEach(http => http.destroy());
            const http = await HttpSocket.to(daemon.origin);
            assert.equal((await http.post([handshake])).status, 200);
            http.destroy();
            assert.equal(daemon.log.filter(line => /not accepting/.test(line)).length, 1);
        }, {descriptors: 80}));

        it("leaves no descriptor behind after hostile clients, and one line in the log for each kind of them", () => withDaemon(threads, async daemon => {
            await settle(daemon.origin);
            const before = await stable(() => daemon.descriptors());
            const lines = daemon.log.length;
            for (const bytes of ["\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", "\0".repeat(100_000), "GET / HTTP/1.1\r\n".repeat(5_000),
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", `GET /${"a".repeat(50_000)} HTTP/1.1\r\n\r\n`, "POST /cometd HTTP/1.1\r\n",
                requestText("POST", "/cometd", {body: "[".repeat(50_000)}), "\r\n".repeat(50_000), "\xff\xfe\xfd"]) {
                for (const leave of [http => http.destroy(), http => http.endSending()]) {
                    const http = await HttpSocket.to(daemon.origin);
                    http.write(Buffer.from(bytes, "latin1"));
                    leave(http);
                }
            }
            const kinds = () => daemon.log.slice(lines).map(line => / warning answered \S+ with (\d+): /.exec(line)?.[1]);
            await until("all of them have come", () => kinds().length >= 2);
            await until("all of them are gone", async () => await daemon.descriptors() === before);
            assert.deepEqual(kinds().sort(), ["400", "431"], daemon.stderr);
            await settle(daemon.origin);
        }));

        it("does not let a client fill the log", () => withDaemon([...threads, "--services", "chat"], async daemon => {
            const http = await HttpSocket.to(daemon.origin);
            const session = await openSession(http);
            for (let n = 0; n < 20; ++n) {
                await http.post(Array.from({length: 50}, () => publishOf(session, "/service/members", {room: "nowhere"})));
            }
            assert.ok(daemon.log.length > 10 && daemon.log.length < 200, `${daemon.log.length} lines`);
            http.destroy();
        }));

        it("keeps messages for a poll whose connection was dropped, even at the same moment", () => withDaemon(threads, async daemon => {
            const listener = await HttpSocket.to(daemon.origin);
            const listening = await openSession(listener);
            await listener.post([subscribeOf(listening, "/news")]);
            const publisher = await HttpSocket.to(daemon.origin);
            const publishing = await openSession(publisher);
            for (let n = 0; n < 30; ++n) {
                const dropped = await HttpSocket.to(daemon.origin);
                dropped.write(requestText("POST", "/cometd", {body: JSON.stringify([connectOf(listening)])}));
                await settle(daemon.origin);
                const drop = () => dropped.destroy();
                const publish = () => publisher.write(
                    requestText("POST", "/cometd", {body: JSON.stringify([publishOf(publishing, "/news", n)])}));
                // Stopped, it sees both when it goes on.
                daemon.signal("SIGSTOP");
                for (const act of n % 2 === 0 ? [publish, drop] : [drop, publish]) {
                    act();
                }
                await new Promise(resolve => setImmediate(resolve));
                daemon.signal("SIGCONT");
                assert.equal((await publisher.response()).messages[0].successful, true);
                const reply = await listener.post([connectOf(listening)]);
                assert.deepEqual(reply.messages[0], {channel: "/news", data: n});
            }
            listener.destroy();
            publisher.destroy();
        }));

        it("costs nothing while its clients are silent", () => withDaemon([...threads, "--max-sessions-per-browser", "-1"],
            async daemon => {
                const idle = await Promise.all(Array.from({length: 100}, () => HttpSocket.to(daemon.origin)));
                const clients = await Promise.all(Array.from({length: 100}, () => polling(daemon.origin)));
                await settle(daemon.origin);
                const used = await daemon.cpuTimeOfASecond();
                assert.ok(used < 0.1, `${used} s of CPU time within 1 s`);
                [...idle, ...clients.map(({http}) => http)].forEach(http => http.destroy());
            }));

        it("gives the memory of long answers back", () => withDaemon([...threads, "--max-message-size", "10000000"], async daemon => {
            const long = "a".repeat(9_000_000);
            const clients = [];
            for (let n = 0; n < 20; ++n) {
                const http = await HttpSocket.to(daemon.origin);
                const session = await openSession(http);
                await http.post([subscribeOf(session, "/long")]);
                clients.push({http, session});
            }
            const [{http, session}, ...others] = clients;
            await http.post([publishOf(session, "/long", long)]);
            for (const other of others) {
                other.http.pause();
                other.http.write(requestText("POST", "/cometd", {body: JSON.stringify([connectOf(other.session)])}));
            }
            await until("it is full of unread answers", async () => await daemon.memory() > 80_000_000);
            clients.forEach(client => client.http.destroy());
            await until("they are gone from its memory", async () => await daemon.memory() < 40_000_000 || await daemon.sanitizer());
        }));

        it("goes on where it was after it was stopped and continued", () => withDaemon(threads, async daemon => {
            const {http, session, headers} = await polling(daemon.origin);
            await settle(daemon.origin);
            daemon.signal("SIGSTOP");
            const publisher = await HttpSocket.to(daemon.origin);
            publisher.write(requestText("POST", "/cometd", {headers, body: JSON.stringify([publishOf(session, "/x", 1)])}));
            daemon.signal("SIGCONT");
            assert.equal((await publisher.response()).messages[0].successful, true);
            http.destroy();
            publisher.destroy();
        }));
    });
}
