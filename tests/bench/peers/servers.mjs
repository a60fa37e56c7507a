// The servers that are compared: how to start each, alone, on a free port of its own.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const build = path.resolve(here, '../../../build');
const nginx = path.join(build, 'nginx');
const nchanModule = path.join(nginx, 'usr/lib/nginx/modules/ngx_nchan_module.so');

export const bayeuxd = process.env.BAYEUXD ?? path.join(build, 'release/bin/bayeuxd');
export const bayeux = path.join(path.dirname(bayeuxd), 'bayeux');

const bayeuxdVersion = () => /[\d.]+/.exec(execFileSync(bayeuxd, ['--version']))[0];
const npmVersion = (name) =>
    JSON.parse(readFileSync(path.join(here, 'node_modules', name, 'package.json'))).version;

const nchanVersion = () => { // of the package, whose name begins with an epoch
    const files = existsSync(nginx) ? readdirSync(nginx).join() : '';
    return /libnginx-mod-nchan_(?:\d+%3a)?([\d.]+)/.exec(files)?.[1] ?? '';
};

/** Starts a program that prints "listening on <address>:<port>", as bayeuxd does when it logs. */
async function startBayeux(command, ...args) {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    const port = await new Promise((resolve, reject) => {
        child.stderr.on('data', (data) => {
            text += data;
            const found = /listening.*:(\d+)/.exec(text);
            if (found) resolve(Number(found[1]));
        });
        child.once('error', reject);
        child.once('exit', () => reject(new Error(`${command} has ended: ${text}`)));
    });
    return { child, pid: child.pid, url: `http://127.0.0.1:${port}/cometd`, options: [] };
}

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

async function untilAccepting(port) {
    for (let attempt = 0; attempt < 100; ++attempt) {
        const socket = net.connect(port, '127.0.0.1');
        const accepted = await new Promise((resolve) => {
            socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
        });
        socket.destroy();
        if (accepted) return;
        await sleep(50);
    }
    throw new Error('nginx does not listen');
}

// One worker, as the others have one process. It keeps enough messages that no poll misses one, and
// does not come near its last connections, when it would drop those of clients.
const nginxConfiguration = (port) => `
load_module ${nchanModule};
daemon off;
user www-data;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 32768; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 60s;
    server {
        listen 127.0.0.1:${port} backlog=4096;
        location ~ ^/sub/(.+)$ {
            nchan_subscriber;
            nchan_channel_id $1;
            nchan_subscriber_first_message newest;
            nchan_subscriber_timeout 30s;
        }
        location ~ ^/pub/(.+)$ {
            nchan_publisher;
            nchan_channel_id $1;
            nchan_message_buffer_length 1000;
            nchan_message_timeout 30s;
        }
    }
}
`;

async function startNchan() {
    if (!existsSync(nchanModule)) throw new Error('nchan is not there');
    const prefix = mkdtempSync(path.join(tmpdir(), 'nchan-'));
    const port = await freePort();
    writeFileSync(path.join(prefix, 'nginx.conf'), nginxConfiguration(port));
    const child = spawn(
        path.join(nginx, 'usr/sbin/nginx'),
        ['-e', 'stderr', '-p', prefix, '-c', 'nginx.conf'],
        { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    child.once('exit', () => rmSync(prefix, { recursive: true }));
    await untilAccepting(port);
    const [worker] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1').split(' ');
    const base = `http://127.0.0.1:${port}`;
    return {
        child,
        pid: Number(worker),
        url: `${base}/sub/bench`,
        options: ['--protocol', 'nchan', '--publish-url', `${base}/pub/bench`],
    };
}

/** Name to title for the table, and what starts it. */
export const servers = {
    bayeuxd: {
        title: () => `bayeuxd ${bayeuxdVersion()}`,
        start: () => startBayeux(bayeuxd, '--listen', '127.0.0.1:0', '--services', 'echo'),
    },
    faye: {
        title: () => `Faye ${npmVersion('faye')}`,
        start: () => startBayeux(process.execPath, path.join(here, 'faye.mjs')),
    },
    cometd: {
        title: () => `cometd-nodejs-server ${npmVersion('cometd-nodejs-server')}`,
        start: () => startBayeux(process.execPath, path.join(here, 'cometd.mjs')),
    },
    nchan: {
        title: () => `nchan ${nchanVersion()}`,
        start: startNchan,
    },
};

/** @throws when it has ended before */
export async function stop(server) {
    const { child } = server;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server has ended');
    child.kill();
    await once(child, 'exit');
}
