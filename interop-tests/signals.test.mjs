// Signals while hundreds of clients talk over all transports: what was acknowledged to its publisher still comes.

import assert from "node:assert/strict";
import {describe, it} from "node:test";
import {setTimeout as pause} from "node:timers/promises";
import {Crowd} from "./support/crowd.mjs";
import {Daemon} from "./support/daemon.mjs";
import {transports} from "./support/lean-client.mjs";
import {randomOf, seed} from "./support/random.mjs";
import {until} from "./support/wait.mjs";

const count = 500;
const roomSize = 10;
const times = {hold: 20_000, patience: 15_000};

for (const ioThreads of ["0", "2"]) {
    describe(`${count} clients who talk, with ${ioThreads} I/O threads`, () => {
        let daemon;
        let crowd;
        let talking;

        /** Everybody says something again and again; returns when this has gone on for a while. */
        async function talk() {
            daemon = await Daemon.start(["--io-threads", ioThreads, "--timeout", `${times.hold}`, "--shutdown-timeout", "30000"]);
            const random = randomOf(`signals ${ioThreads}`);
            crowd = new Crowd(daemon.origin, times, random);
            const members = await Promise.all(Array.from({length: count}, (_, n) => {
                const transport = transports[n % transports.length];
                return crowd.join({transport, acknowledges: transport !== "eventsource" && n % 8 < 4, room: `/room/${Math.floor(n / roomSize)}`});
            }));
            talking = true;
            members.forEach(async member => {
                while (talking && !member.error) {
                    await member.say();
                    await pause(random() * 1000);
                }
            });
            await heard(count);
            return members;
        }

        function heard(more) {
            const wanted = crowd.counts.acknowledged + more;
            return until("messages are acknowledged", () => crowd.ledger.counts.acknowledged >= wanted);
        }

        function nothingIsLost(members) {
            const lost = members.flatMap(member => member.reader.owed().map(message => `${member.transport} ${member.acknowledges} ${message}`));
            assert.deepEqual(lost, [], `SEED=${seed}`);
            const {twice, disordered} = crowd.counts;
            assert.deepEqual({twice, disordered}, {twice: 0, disordered: 0}, `SEED=${seed}`);
        }

        it("get all that was acknowledged before SIGTERM, and are told when to come back", async t => {
            const members = await talk();
            daemon.signal("SIGTERM");
            assert.equal(await daemon.exit(), 0, daemon.stderr);
            talking = false;
            assert.doesNotMatch(daemon.stderr, /did not end in time/);
            members.forEach(member => crowd.vanish(member));
            nothingIsLost(members);
            const told = members.filter(({advice}) => advice);
            t.diagnostic(`${told.length} of ${count} told, ${JSON.stringify(crowd.counts)}`);
            told.forEach(({advice}) => assert.equal(advice.reconnect, "handshake"));
            const intervals = told.map(({advice}) => advice.interval);
            assert.ok(intervals.every(interval => interval >= 1000 && interval <= 2000), `${intervals}`);
            assert.ok(told.length > 0.9 * count, `${told.length} were told`);
        });

        it("do not notice SIGHUP", async () => {
            const members = await talk();
            for (let n = 1; n <= 3; ++n) {
                daemon.signal("SIGHUP");
                await until("it says so", () => daemon.log.filter(line => /SIGHUP: there is nothing to read anew$/.test(line)).length === n);
                await heard(100);
            }
            talking = false;
            await until("all is there", () => members.every(({reader}) => reader.owed().length === 0));
            nothingIsLost(members);
            assert.equal(crowd.counts.sessionsLost, 0);
            await Promise.all(members.map(member => crowd.leave(member)));
            await daemon.stop();
        });
    });
}
