// Faults of connections and of the system, one at a time; chaos.test.mjs has them all at once.

import assert from "node:assert/strict";
import {describe, it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {HttpSocket, connectOf, handshake, openSession, publishOf, requestText, settle, subscribeOf} from "./support/http-socket.mjs";
import {stable, until} from "./support/wait.mjs";

for (const ioThreads of ["0", "2"]) {
    describe(`with ${ioThreads} I/O threads`, () => {
        const withDaemon = (args, test) => t => Daemon.during(["--io-threads", ioThreads, ...args], daemon => test(daemon, t));
        /** A session with the extension ack, subscribed to /a, and the batch that came last. */
        const acknowledging = async http => {
            const session = {clientId: (await http.post([{...handshake, ext: {ack: true}}])).messages[0].clientId, batch: 0};
            await poll(http, session);
            await http.post([subscribeOf(session, "/a")]);
            return session;
        };
        const pollOf = session => ({...connectOf(session), ext: {ack: session.batch}});
        const poll = async (http, session) => {
            const {messages} = await http.post([pollOf(session)]);
            session.batch = messages.at(-1).ext.ack;
            return messages.slice(0, -1).map(({data}) => data);
        };
        /** So much has no room in a single answer. */
        const pollFor = async (count, http, session) => {
            const all = [];
            while (all.length < count) {
                all.push(...await poll(http, session));
            }
            return all.map(({n}) => n);
        };

        it("publishes nothing of a request that is reset in the middle", withDaemon([], async daemon => {
            const reader = await daemon.connection();
            const session = await openSession(reader);
            await reader.post([subscribeOf(session, "/a")]);
            await settle(daemon.origin);
            const before = await stable(() => daemon.descriptors());
            const request = requestText("POST", "/cometd", {body: JSON.stringify([publishOf(session, "/a", 1), publishOf(session, "/a", 2)])});
            for (let length = 1; length < request.length; length += 7) {
                const http = await HttpSocket.to(daemon.origin);
                http.write(request.slice(0, length));
                http.reset();
            }
            await until("they are gone", async () => await daemon.descriptors() === before);
            await reader.post([publishOf(session, "/a", 3)]);
            const {messages} = await reader.post([connectOf(session, {timeout: 0})]);
            assert.deepEqual(messages.filter(({data}) => data).map(({data}) => data), []);
        }));

        it("brings again what a reset has cut off in the middle of an answer", withDaemon(["--timeout", "60000"], async daemon => {
            const writer = await daemon.connection();
            const publishing = await openSession(writer);
            const session = await acknowledging(await daemon.connection());
            const long = "x".repeat(900_000);
            for (let n = 1; n <= 3; ++n) {
                const http = await HttpSocket.to(daemon.origin);
                http.write(requestText("POST", "/cometd", {body: JSON.stringify([pollOf(session)])}));
                await writer.post([publishOf(publishing, "/a", {n, long})]);
                await http.receives(/^HTTP\/1.1 200 /);
                http.reset();
            }
            assert.deepEqual(await pollFor(3, await daemon.connection(), session), [1, 2, 3]);
        }));

        it("closes the connection of who does not read, and keeps what it did not read", withDaemon(["--request-timeout", "1000"],
            async daemon => {
                const writer = await daemon.connection();
                const publishing = await openSession(writer);
                const session = await acknowledging(await daemon.connection());
                await settle(daemon.origin);
                const before = await stable(() => daemon.descriptors());
                const http = await HttpSocket.to(daemon.origin);
                http.pause(); // half-open: it sends no more, and takes no more
                for (let n = 1; n <= 8; ++n) {
                    await writer.post([publishOf(publishing, "/a", {n, long: "x".repeat(900_000)})]);
                }
                http.write(requestText("POST", "/cometd", {body: JSON.stringify([pollOf(session)])}));
                await until("its connection", async () => await daemon.descriptors() > before);
                await until("its end", async () => await daemon.descriptors() === before);
                http.destroy();
                assert.deepEqual(await pollFor(8, await daemon.connection(), session), Array.from({length: 8}, (_, n) => n + 1));
            }));

        it("waits when the system has no descriptor for a connection, says so once, and goes on", withDaemon([], async (daemon, t) => {
            if (await daemon.sanitizer() === "asan") {
                return t.skip("UBSan needs descriptors of its own");
            }
            const first = await daemon.connection();
            const session = await openSession(first);
            daemon.limit("nofile", await daemon.descriptors() + 5);
            const clients = await Promise.all(Array.from({length: 50}, () => daemon.connection()));
            let served = 0;
            clients.forEach(http => http.post([handshake]).then(() => ++served, () => {}));
            await until("it says so", () => daemon.log.some(line => /not accepting for now: Too many open files$/.test(line)));
            const used = await daemon.cpuTimeOfASecond();
            assert.ok(used < 0.3, `${used} s of CPU time within 1 s`);
            assert.equal((await first.post([publishOf(session, "/a", 1)])).messages[0].successful, true, "those inside are served");
            assert.ok(served < clients.length);
            daemon.limit("nofile", 1000);
            await until("all are served", () => served === clients.length);
            assert.equal(daemon.log.filter(line => /not accepting/.test(line)).length, 1);
        }));

        const everythingIsTaken = ["--max-queue-bytes", "1000000000"];
        const publishMuch = async daemon => {
            const http = await daemon.connection();
            const session = await openSession(http);
            await http.post([subscribeOf(session, "/a")]);
            const writer = await daemon.connection();
            const publishing = await openSession(writer);
            daemon.limit("as", await daemon.addressSpace() + 100_000_000);
            for (let n = 0; n < 250; ++n) { // the heaps of threads have 64 MB of addresses in reserve
                if (!await writer.post([publishOf(publishing, "/a", "x".repeat(900_000))])) {
                    break;
                }
            }
            return {http, session};
        };

        it("ends with a clear word when there is no memory", withDaemon(everythingIsTaken, async (daemon, t) => {
            if (await daemon.sanitizer()) {
                return t.skip("a sanitizer needs more addresses than that");
            }
            await publishMuch(daemon);
            assert.equal(await daemon.exit(), 1);
            assert.match(daemon.log.at(-1), /^\S+: no memory is left; --max-total-queue-bytes limits what messages take$/);
        }));

        it("lives where messages may not take all memory", withDaemon([...everythingIsTaken, "--max-total-queue-bytes", "50000000"],
            async (daemon, t) => {
                if (await daemon.sanitizer()) {
                    return t.skip("a sanitizer needs more addresses than that");
                }
                const {http, session} = await publishMuch(daemon);
                assert.match(daemon.stderr, / warning max-total-queue-bytes reached /);
                assert.match((await http.post([connectOf(session)])).messages[0].error, /^402:/);
            }));
    });
}
