// The 33 cases of h1spec, under its names. That wants a server which sends every body back; here a page is asked for,
// and a body is Bayeux messages.

import assert from "node:assert/strict";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {handshake, requestText, settle} from "./support/http-socket.mjs";

const body = JSON.stringify([handshake]);
const host = "Host: example.com\r\n";

for (const ioThreads of ["0", "2"]) {
    describe(`h1spec with ${ioThreads} I/O threads`, () => {
        let directory;
        let daemon;

        before(async () => {
            directory = await mkdtemp(join(tmpdir(), "bayeuxd-test-"));
            await writeFile(join(directory, "index.html"), "page");
            await writeFile(join(directory, "hello"), "hello");
            daemon = await Daemon.start(["--io-threads", ioThreads, "--www", directory]);
        });

        after(async () => {
            await daemon?.stop();
            await rm(directory, {recursive: true});
        });

        for (const [name, begun] of [
            ["Fragmented method", "G"],
            ["Fragmented URL 1", "GET "],
            ["Fragmented URL 2", "GET /hello"],
            ["Fragmented URL 3", "GET /hello "],
            ["Fragmented HTTP version", "GET /hello HTTP"],
            ["Fragmented request line", "GET /hello HTTP/1.1"],
            ["Fragmented request line newline 1", "GET /hello HTTP/1.1\r"],
            ["Fragmented request line newline 2", "GET /hello HTTP/1.1\r\n"],
            ["Fragmented field name", "GET /hello HTTP/1.1\r\nHos"],
            ["Fragmented field value 1", "GET /hello HTTP/1.1\r\nHost:"],
            ["Fragmented field value 2", "GET /hello HTTP/1.1\r\nHost: "],
            ["Fragmented field value 3", "GET /hello HTTP/1.1\r\nHost: localhost"],
            ["Fragmented field value 4", "GET /hello HTTP/1.1\r\nHost: localhost\r"],
            ["Fragmented request", "GET /hello HTTP/1.1\r\nHost: localhost\r\n"],
            ["Fragmented request termination", "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r"],
        ]) {
            it(`${name}: waits for the rest`, async () => {
                const http = await daemon.connection();
                http.write(begun);
                await settle(daemon.origin);
                http.write("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".slice(begun.length));
                const {status, text} = await http.response();
                assert.deepEqual([status, text], [200, "hello"]);
                assert.equal((await http.request("GET", "/")).text, "page");
            });
        }

        for (const [name, request, statuses, text] of [
            ["Request with Expect header", `GET / HTTP/1.1\r\n${host}Expect: 100-continue\r\n\r\n`, [200], "page"],
            ["Valid GET request", `GET / HTTP/1.1\r\n${host}\r\n`, [200], "page"],
            ["Valid GET request with edge cases", "GET / HTTP/1.1\r\nhoSt:\texample.com\r\nempty:\r\n\r\n", [200], "page"],
            ["Empty header value", `GET / HTTP/1.1\r\n${host}X-Empty-Header: \r\n\r\n`, [200], "page"],
            ["Valid POST request with body", `POST /cometd HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}`, [200]],
            ["Valid POST request with body, after a 100", `POST /cometd HTTP/1.1\r\n${host}Expect: 100-continue\r\n`
                + `Content-Length: ${body.length}\r\n\r\n${body}`, [100, 200]],
            ["Chunked Transfer-Encoding",
                `POST /cometd HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`, [200]],
        ]) {
            it(`${name}: is answered, and the connection stays`, async () => {
                const http = await daemon.connection();
                http.write(request);
                for (const status of statuses) {
                    const response = await http.response();
                    assert.equal(response.status, status);
                    if (status === 200 && text === undefined) {
                        assert.equal(response.messages[0].successful, true);
                    } else if (status === 200) {
                        assert.equal(response.text, text);
                    }
                }
                assert.equal((await http.request("GET", "/")).text, "page");
            });
        }

        for (const [name, request] of [
            ["Request without HTTP version", "GET / \r\n\r\n"],
            ["Invalid header characters", `GET / HTTP/1.1\r\n${host}X-Invalid[]: test\r\n\r\n`],
            ["Missing Host header", "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"],
            ["Multiple Host headers", `GET / HTTP/1.1\r\n${host}Host: example.org\r\n\r\n`],
            ["Overflowing negative Content-Length header", `GET / HTTP/1.1\r\n${host}Content-Length: -123456789123456789123456789\r\n\r\n`],
            ["Negative Content-Length header", `GET / HTTP/1.1\r\n${host}Content-Length: -1234\r\n\r\n`],
            ["Non-numeric Content-Length header", `GET / HTTP/1.1\r\n${host}Content-Length: abc\r\n\r\n`],
            ["Header containing invalid control character", `GET / HTTP/1.1\r\n${host}X-Bad-Control-Char: test\x07\r\n\r\n`],
            ["Invalid HTTP version", `GET / HTTP/9.9\r\n${host}\r\n`],
            ["Invalid prefix of request", `Extra lineGET / HTTP/1.1\r\n${host}\r\n`],
            ["Invalid line ending", `GET / HTTP/1.1\r\n${host}\rSome-Header: Test\r\n\r\n`],
            ["Conflicting Transfer-Encoding and Content-Length in varying case",
                `POST /cometd HTTP/1.1\r\n${host}content-LengtH: 5\r\nTransFer-Encoding: chunked\r\n\r\n`
                + `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
        ]) {
            it(`${name}: is refused with 400, and what follows is not read as a request`, async () => {
                const http = await daemon.connection();
                http.write(request + requestText("POST", "/cometd", {body}));
                const {status, headers} = await http.response();
                assert.deepEqual([status, headers.connection], [400, "close"]);
                assert.equal(await http.end(), "");
            });
        }
    });
}
