// A mixed load for as long as one likes, and a report: ./soak MINUTES [BAYEUXD]. Clients of all transports join, leave, talk,
// are loaded again and are killed, their connections fail, and nothing may be lost, come twice, or be left behind.
// Exit status 1 when something was.

import {setTimeout as pause} from "node:timers/promises";
import {Crowd} from "./support/crowd.mjs";
import {Daemon, program} from "./support/daemon.mjs";
import {FaultyNetwork} from "./support/faulty-network.mjs";
import {transports} from "./support/lean-client.mjs";
import {randomOf, seed} from "./support/random.mjs";
import {until} from "./support/wait.mjs";

const minutes = Number(process.argv[2] ?? 1);
const memberCount = 200;
const roomCount = 10;
const times = {hold: 2_000, patience: 4_000};
/** Longer than a client takes to notice that an answer has not come, also when the machine has more to do. */
const maxInterval = minutes < 1 ? 10_000 : 30_000;
/** What happens to a member in a second, on average. */
const rates = {talk: 0.25, change: 0.015, fault: 0.01};
/** By how much the server may have grown since it was warm. Shorter runs, and those of sanitizers, say nothing of it. */
const maxGrowth = 3e6;
const leastMinutes = 3;

const random = randomOf("soak");
const oneOf = list => list[Math.floor(random() * list.length)];
const millions = bytes => (bytes / 1e6).toFixed(1);

/** By how much the memory of the samples {seconds, memory} has grown: along the line of the least squares. */
function growthOf(samples) {
    const mean = list => list.reduce((sum, value) => sum + value, 0) / list.length;
    const [x, y] = [mean(samples.map(({seconds}) => seconds)), mean(samples.map(({memory}) => memory))];
    const above = samples.reduce((sum, {seconds, memory}) => sum + (seconds - x) * (memory - y), 0);
    const slope = above / samples.reduce((sum, {seconds}) => sum + (seconds - x) ** 2, 0);
    return slope * (samples.at(-1).seconds - samples[0].seconds);
}

class Soak {
    #daemon;
    #sanitizer;
    #network;
    #crowd;
    #samples = [];
    #began = Date.now();
    #events = {left: 0, killed: 0, reloads: 0};
    #standstill = 0;
    #joining = 0;
    #leaving = new Set();
    #trouble = [];

    async run() {
        this.#daemon = await Daemon.start(["--services", "monitor", "--timeout", `${times.hold}`, "--max-interval", `${maxInterval}`,
            "--request-timeout", "5000", "--keep-alive-timeout", "5000", "--ws.idle-timeout", "10000"]);
        this.#sanitizer = await this.#daemon.sanitizer();
        this.#network = await FaultyNetwork.to(this.#daemon.origin, random);
        this.#crowd = new Crowd(this.#network.origin, times, random);
        this.#network.harm(rates.fault);
        const sampling = setInterval(() => this.#sample(), 2_000);
        for (let last = this.#seconds; this.#seconds < 60 * minutes && !this.#daemon.ended; await pause(50)) {
            const now = this.#seconds;
            this.#act(now - last);
            this.#standstill = Math.max(this.#standstill, now - last);
            last = now;
        }
        clearInterval(sampling);
        this.#network.harm(0);
        if (this.#daemon.ended) {
            this.#trouble.push(`the server ended by itself:\n${this.#daemon.stderr}`);
            return this.#report();
        }
        await until("all who join have done so", () => this.#joining === 0, 60_000);
        [...this.#crowd.members].forEach(member => this.#leave(member));
        await Promise.all(this.#leaving);
        await this.#expectNoSessions();
        await this.#daemon.stop().catch(({message}) => this.#trouble.push(message));
        return this.#report();
    }

    get #seconds() {
        return (Date.now() - this.#began) / 1000;
    }

    #act(seconds) {
        while (this.#crowd.members.size + this.#joining < memberCount) {
            this.#join();
        }
        for (const member of [...this.#crowd.members]) {
            if (member.error) {
                this.#crowd.vanish(member);
                continue;
            }
            if (!member.talking && random() < rates.talk * seconds) {
                member.talking = true;
                member.say("x".repeat(random() < 0.05 ? 30_000 * random() : 100)).then(() => member.talking = false);
            }
            if (random() < rates.change * seconds) {
                oneOf([() => this.#leave(member), () => this.#kill(member), () => this.#reload(member)])();
            }
        }
    }

    #join() {
        const transport = oneOf(transports);
        ++this.#joining;
        this.#crowd.join({transport, acknowledges: transport !== "eventsource" && random() < 0.7,
            room: `/room/${Math.floor(random() * roomCount)}`})
            .catch(error => this.#trouble.push(error.message)).finally(() => --this.#joining);
    }

    #leave(member) {
        ++this.#events.left;
        const left = this.#crowd.leave(member).catch(error => this.#trouble.push(error.message));
        this.#leaving.add(left);
        left.finally(() => this.#leaving.delete(left));
    }

    #kill(member) {
        ++this.#events.killed;
        this.#crowd.vanish(member);
    }

    #reload(member) {
        ++this.#events.reloads;
        member.reload();
    }

    async #sample() {
        try {
            this.#samples.push({seconds: this.#seconds, memory: await this.#daemon.memory()});
        } catch { // it has ended
        }
    }

    async #expectNoSessions() {
        let left;
        try {
            await until("", async () => (left = await this.#daemon.sessions()) === 0, 2 * maxInterval);
        } catch (error) {
            this.#trouble.push(`${left ?? error.message} sessions are left`);
        }
    }

    /** True when all went well. */
    #report() {
        const {counts, errors} = this.#crowd;
        const warm = this.#samples.filter(({seconds}) => seconds > 15 * minutes); // a quarter is over
        const growth = growthOf(warm);
        if (minutes >= leastMinutes && !this.#sanitizer && growth > maxGrowth) {
            this.#trouble.push(`the server grew by ${millions(growth)} MB`);
        }
        for (const name of ["lost", "twice", "disordered", "sessionsLost"]) {
            if (counts[name] > 0) {
                this.#trouble.push(`${name}: ${counts[name]}`);
            }
        }
        const memory = Array.from({length: 11}, (_, n) => this.#samples[Math.round(n * (this.#samples.length - 1) / 10)].memory);
        const faults = Object.entries(this.#network.counts).map(([name, count]) => `${count} ${name}`).join(", ");
        console.log([
            `${program}, ${minutes} minutes, SEED=${seed}`,
            `members         ${memberCount} at a time, ${counts.joined} in all: ${this.#events.left} left, ${this.#events.killed} killed, ${this.#events.reloads} reloads`,
            `messages        ${counts.published} published, ${counts.acknowledged} acknowledged, ${counts.delivered} delivered`,
            `with ack        ${counts.lost} lost, ${counts.disordered} out of order`,
            `without ack     ${counts.missed} swallowed by faults`,
            `all             ${counts.twice} twice, ${counts.sessionsLost} sessions lost`,
            `standstill      ${this.#standstill.toFixed(1)} s of this program at most; the machine has more to do when that is long`,
            `faults          ${faults}; ${counts.failures} tries repeated`,
            `memory          ${memory.map(millions).join(" ")} MB, at equal intervals`,
            `                grown by ${millions(growth)} MB after the first quarter`,
            ...[...errors, ...this.#trouble].map(trouble => `TROUBLE         ${trouble}`),
            this.#trouble.length === 0 ? "ok" : "not ok",
        ].join("\n"));
        return this.#trouble.length === 0;
    }
}

process.exit(await new Soak().run() ? 0 : 1);
