// Connections that fail at random, while many clients with acknowledged messages talk: all of it arrives, in order, once.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {setTimeout as pause} from "node:timers/promises";
import {Client, loadLibrary} from "./support/client.mjs";
import {Crowd} from "./support/crowd.mjs";
import {Daemon} from "./support/daemon.mjs";
import {FaultyNetwork} from "./support/faulty-network.mjs";
import {randomOf, seed} from "./support/random.mjs";
import {until} from "./support/wait.mjs";

const long = process.env.LONG === "1";
// In the long form 5 % of the sockets fail each second for a minute.
const size = long ? {clients: 1000, messages: 10, pause: 12_000, share: 0.05, times: {hold: 5_000, patience: 15_000}}
    : {clients: 120, messages: 10, pause: 600, share: 0.15, times: {hold: 1_000, patience: 2_000}};
const roomSize = 20;

for (const ioThreads of ["0", "2"]) {
    describe(`connections that fail, with ${ioThreads} I/O threads`, () => {
        let daemon;
        let network;
        let crowd;

        before(async () => {
            daemon = await Daemon.start(["--io-threads", ioThreads, "--timeout", `${size.times.hold}`, "--max-interval", "120000",
                "--request-timeout", "5000", "--keep-alive-timeout", "5000", "--ws.idle-timeout", "8000"]);
            network = await FaultyNetwork.to(daemon.origin, randomOf(`network ${ioThreads}`));
        });

        after(async () => {
            crowd?.members.forEach(client => crowd.vanish(client));
            network?.close();
            await daemon.stop();
        });

        it(`cost ${size.clients} clients with the extension ack no message, and bring none twice (SEED=${seed})`, async t => {
            const random = randomOf(`clients ${ioThreads}`);
            crowd = new Crowd(network.origin, size.times, random);
            const clients = await Promise.all(Array.from({length: size.clients}, (_, n) => crowd.join({acknowledges: true,
                transport: n % 2 === 0 ? "long-polling" : "websocket", room: `/room/${Math.floor(n / roomSize)}`})));
            const unmodified = await realClients(crowd.ledger, network.origin, "/room/0");

            network.harm(size.share);
            await Promise.all(clients.map(async client => {
                for (let n = 0; n < size.messages; ++n) {
                    await pause(random() * size.pause);
                    await client.say("x".repeat(random() < 0.1 ? 20_000 : 20));
                }
            }));
            network.harm(0);
            await Promise.all(clients.map(client => crowd.leave(client)));
            for (const {reader, client} of unmodified) {
                await until(() => `what is owed: ${reader.owed().slice(0, 10)}`, () => reader.owed().length === 0);
                assert.deepEqual({...reader.counts, delivered: 0}, {delivered: 0, twice: 0, disordered: 0});
                await client.disconnect();
            }

            const {counts} = crowd;
            t.diagnostic(JSON.stringify({...counts, faults: network.counts}));
            assert.deepEqual({lost: counts.lost, twice: counts.twice, disordered: counts.disordered, sessionsLost: counts.sessionsLost},
                {lost: 0, twice: 0, disordered: 0, sessionsLost: 0}, [...crowd.errors].join());
            assert.ok(network.total > size.clients / 4, `${network.total} faults`);
            assert.ok(counts.acknowledged > 0.8 * counts.published, `${counts.acknowledged} of ${counts.published} messages were acknowledged`);
        });
    });
}

/** Unmodified clients in a room, who only listen. */
async function realClients(ledger, origin, room) {
    const {CometD, AckExtension} = await loadLibrary("cometd-9");
    return Promise.all(["long-polling", "websocket"].map(async transport => {
        const client = new Client(CometD, `${origin}/cometd`, transport);
        client.cometd.registerExtension("ack", new AckExtension());
        client.cometd.configure({url: `${origin}/cometd`, logLevel: "error", backoffIncrement: 50, maxBackoff: 200, maxNetworkDelay: 3000});
        await client.connect();
        const reader = ledger.reader(room);
        await new Promise(resolve => client.cometd.subscribe(room, ({data}) => reader.got(data), {}, resolve));
        reader.subscribed();
        return {client, reader};
    }));
}
