// What tests/bench/compare runs once everything is built: each scenario against each server, one
// server at a time, those of a row one after the other so that they meet the same machine.

import { execFile } from 'node:child_process';
import os from 'node:os';
import { parseArgs, promisify } from 'node:util';

import { bayeux, servers, stop } from './peers/servers.mjs';

const { values: options } = parseArgs({
    options: {
        rounds: { type: 'string', default: '1' },
        only: { type: 'string', default: '' },
        servers: { type: 'string', default: Object.keys(servers).join() },
        smoke: { type: 'boolean', default: false },
    },
});

const kilobytes = {
    value: (report) => report.server_rss_bytes_per_client / 1024,
    text: (value) => `${value.toPrecision(3)} KB`,
    ratio: (peer, ours) => peer / ours,
};
const perCpuSecond = (what) => ({
    value: (report) => report[`${what}_per_server_cpu_s`],
    text: (value) => Number(value.toPrecision(3)).toLocaleString('en'),
    ratio: (peer, ours) => ours / peer,
});

const idle = { clients: 19000, mark: 5000, duration: 0 };
const steady = { clients: 1000, duration: 5, 'warm-up': 2 };
const fanOutRates = [20, 10, 5, 2];
const roomRates = [200, 100, 50, 20]; // in batches of ten, each to a hundred members

/**
 * The rows of the table. `rates` are tried until a server keeps up: over long-polling one that does
 * not sends several messages at a time, and its figure is for another work.
 */
const rows = [
    { name: 'memory of a client, held long-poll',
        scenario: 'idle', transport: 'long-polling', load: idle, figure: kilobytes,
        who: ['bayeuxd', 'faye', 'cometd', 'nchan'] },
    { name: 'memory of a client, idle WebSocket',
        scenario: 'idle', transport: 'websocket', load: idle, figure: kilobytes,
        who: ['bayeuxd', 'faye', 'nchan'] },
    { name: 'fan-out, long-polling', rates: fanOutRates,
        scenario: 'fanout', transport: 'long-polling', load: steady,
        figure: perCpuSecond('deliveries'), who: ['bayeuxd', 'faye', 'cometd', 'nchan'] },
    { name: 'fan-out, WebSocket', rates: fanOutRates,
        scenario: 'fanout', transport: 'websocket', load: steady,
        figure: perCpuSecond('deliveries'), who: ['bayeuxd', 'faye', 'nchan'] },
    { name: 'fan-out, WebSocket, saturated',
        scenario: 'saturate', transport: 'websocket',
        load: { clients: 1000, duration: 1, 'warm-up': 0.5, rate: 10, growth: 1.5, limit: 200 },
        figure: perCpuSecond('deliveries'), who: ['bayeuxd', 'faye', 'nchan'] },
    { name: 'rooms, long-polling', rates: roomRates,
        scenario: 'rooms', transport: 'long-polling', load: steady,
        figure: perCpuSecond('deliveries'), who: ['bayeuxd', 'faye', 'cometd'] },
    { name: 'rooms, WebSocket', rates: roomRates,
        scenario: 'rooms', transport: 'websocket', load: steady,
        figure: perCpuSecond('deliveries'), who: ['bayeuxd', 'faye'] },
    { name: 'echoes, long-polling',
        scenario: 'echo', transport: 'long-polling', load: { duration: 4, 'warm-up': 2 },
        figure: perCpuSecond('echoes'), who: ['bayeuxd', 'cometd'] },
    { name: 'handshakes, each with a first connect',
        scenario: 'handshake', transport: 'long-polling', load: { duration: 4, 'warm-up': 2 },
        figure: perCpuSecond('handshakes'), who: ['bayeuxd', 'faye', 'cometd'] },
].filter(({ name }) => options.only.split(',').some((word) => name.includes(word)));

// What --smoke puts in the place of the load above.
const nextToNothing = { clients: 20, mark: 10, duration: 0.1, 'warm-up': 0.1, limit: 5, growth: 10 };

/** One run against a server that is started for it. */
async function bench(name, row, rate) {
    const load = { ...row.load, ...(rate && { rate }) };
    if (options.smoke) {
        for (const key of Object.keys(load)) load[key] = nextToNothing[key] ?? load[key];
    }
    const server = await servers[name].start();
    try {
        const { stdout } = await promisify(execFile)(bayeux, [
            'bench', row.scenario, server.url, '--json',
            '--transport', row.transport, '--server-pid', server.pid, ...server.options,
            ...Object.entries(load).flatMap(([key, value]) => [`--${key}`, value]),
        ]);
        return JSON.parse(stdout);
    } finally {
        await stop(server);
    }
}

/** Whether at least half of the deliveries came before the next message was due. */
const keptUp = (report, rate) => report.latency_p50_us < ((report.batch ?? 1) / rate) * 1e6;

/** A figure of a server, and the rate at which it kept up. */
async function measure(name, row, rates = row.rates ?? [undefined]) {
    for (const rate of rates) {
        const report = await bench(name, row, rate);
        const value = row.figure.value(report);
        if (!(options.smoke ? Number.isFinite(value) : value > 0)) throw new Error(`no figure in ${JSON.stringify(report)}`);
        const overloaded = rate && !keptUp(report, rate);
        console.error(`${row.name}: ${name}${rate ? ` at ${rate} messages/s` : ''}: `
            + row.figure.text(value) + (overloaded ? ', overloaded' : ''));
        if (!overloaded || rate === rates.at(-1)) return { value, rate, overloaded };
    }
}

const median = (numbers) => {
    const sorted = [...numbers].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const chosen = options.smoke ? ['bayeuxd'] : options.servers.split(',');
const failures = [];
const figures = new Map(rows.map((row) => [row, {}])); // row to { name of server: [figure] }
for (let round = 0; round < Number(options.rounds); ++round) {
    for (const row of rows) {
        for (const name of chosen.filter((one) => row.who.includes(one))) {
            const before = (figures.get(row)[name] ??= []);
            try {
                before.push(await measure(name, row, before[0] && [before[0].rate]));
            } catch (error) {
                failures.push(`${row.name}: ${name}: ${error.message}${error.stdout ?? ''}`);
            }
        }
    }
}

const twoDigits = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

function cell(row, name) {
    const of = (one) => figures.get(row)[one] ?? [];
    if (!row.who.includes(name)) return 'none';
    if (of(name).length === 0) return 'failed';
    const middle = (one) => median(of(one).map(({ value }) => value));
    const [{ rate, overloaded }] = of(name);
    const ratio = of('bayeuxd').length && row.figure.ratio(middle(name), middle('bayeuxd'));
    return row.figure.text(middle(name))
        + (overloaded ? ', overloaded' : '')
        + (rate && rate !== row.rates[0] ? ` at ${rate}/s` : '')
        + (ratio && name !== 'bayeuxd' ? ` (${twoDigits(ratio)}×)` : '');
}

const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
line(['', ...chosen.map((name) => servers[name].title())]);
line(['---', ...chosen.map(() => '---')]);
for (const row of rows) line([row.name, ...chosen.map((name) => cell(row, name))]);
const { model } = os.cpus()[0];
console.log(`\n${os.cpus().length} × ${model}, ${os.type()} ${os.release().split('.').slice(0, 2).join('.')}, `
    + `Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}, `
    + (options.rounds === '1' ? 'one round' : `medians of ${options.rounds} rounds`));

if (failures.length > 0) {
    console.error(failures.join('\n'));
    process.exitCode = 1;
}
