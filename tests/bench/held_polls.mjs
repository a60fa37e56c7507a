// What bayeuxd costs with clients on held polls: memory for each, and CPU time for each delivery (a
// message out, the next poll in). Only the server is measured, so the load of this program does not
// count, but run it on an otherwise idle machine. `clients` is a multiple of 4.
//
//     node tests/bench/held_polls.mjs [clients] [messages]

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';

const clients = Number(process.argv[2] ?? 4000);
const messages = Number(process.argv[3] ?? 20);
const program = process.env.BAYEUXD ?? 'build/release/bin/bayeuxd';

const server = spawn(program, ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
const port = await new Promise((resolve, reject) => {
    server.stderr.once('data', (line) => resolve(Number(/listening.*:(\d+)/.exec(line)[1])));
    server.on('exit', reject);
});

const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`))[1]);
const cpuMilliseconds = () => {
    const fields = readFileSync(`/proc/${server.pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10; // Linux counts in 1/100 s
};

/** One connection that sends a request at a time and hands out the body of each answer. */
class Client {
    constructor(source) {
        this.socket = net.connect({ port, host: '127.0.0.1', localAddress: source, noDelay: true });
        this.received = '';
        this.socket.on('data', (data) => {
            this.received += data.toString('latin1');
            const head = this.received.indexOf('\r\n\r\n');
            const length = Number(/Content-Length: (\d+)/.exec(this.received)?.[1]);
            if (head < 0 || this.received.length < head + 4 + length) return;
            const answer = this.received;
            this.received = '';
            this.cookie ??= /BAYEUX_BROWSER=(\w+)/.exec(answer)?.[1];
            this.onanswer(JSON.parse(answer.slice(head + 4)));
        });
    }

    request(message) {
        const body = JSON.stringify([{ id: '1', clientId: this.id, ...message }]);
        const cookie = this.cookie ? `Cookie: BAYEUX_BROWSER=${this.cookie}\r\n` : '';
        return `POST /cometd HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n${cookie}`
            + `Content-Length: ${body.length}\r\n\r\n${body}`;
    }

    ask(message) {
        return new Promise((resolve) => {
            this.onanswer = resolve;
            this.socket.write(this.request(message));
        });
    }

    async begin() {
        this.id = (await this.ask({ channel: '/meta/handshake' }))[0].clientId;
        await this.ask({ channel: '/meta/connect' });
        await this.ask({ channel: '/meta/subscribe', subscription: '/bench' });
    }
}

const held = [];
const memory = [];
let delivered = 0;
let allDelivered;
for (let i = 0; i < clients; ++i) {
    const client = new Client(`127.0.0.${2 + (i % 16)}`);
    await client.begin();
    const poll = client.request({ channel: '/meta/connect', connectionType: 'long-polling' });
    client.onanswer = (answer) => {
        delivered += answer.filter((message) => message.channel === '/bench').length;
        client.socket.write(poll);
        if (delivered % clients === 0) allDelivered();
    };
    client.socket.write(poll);
    held.push(client);
    if (held.length === clients / 4 || held.length === clients) memory.push(rss());
}

const publisher = new Client('127.0.0.1');
publisher.id = (await publisher.ask({ channel: '/meta/handshake' }))[0].clientId;
const before = cpuMilliseconds();
for (let i = 0; i < messages; ++i) {
    const done = new Promise((resolve) => (allDelivered = resolve));
    await publisher.ask({ channel: '/bench', data: { n: i, text: 'x'.repeat(50) } });
    await done;
}
const spent = cpuMilliseconds() - before;

const perPoll = (memory[1] - memory[0]) / (clients * 0.75);
console.log(`${clients} clients, each with a session, a subscription and a held poll:`);
console.log(`  ${perPoll.toFixed(2)} KB of server memory for each`);
console.log(`${delivered} deliveries:`);
console.log(`  ${((spent * 1000) / delivered).toFixed(1)} us of server CPU for each`);
server.kill();
for (const client of [...held, publisher]) client.socket.destroy();
