// HTTP as strange clients, proxies and people with netcat speak it, and what bayeuxd makes of it.

import assert from "node:assert/strict";
import {mkdir, mkdtemp, rm, symlink, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, it} from "node:test";
import {Daemon} from "./support/daemon.mjs";
import {HttpSocket, connectOf, handshake, openSession, publishOf, requestText, settle, subscribeOf} from "./support/http-socket.mjs";

const handshakeText = JSON.stringify([handshake]);

function taken(response) {
    assert.equal(response.status, 200, response.text);
    assert.equal(response.messages[0].successful, true, response.text);
}

for (const ioThreads of ["0", "2"]) {
    describe(`HTTP with ${ioThreads} I/O threads`, () => {
        let daemon;

        const connection = () => daemon.connection();

        before(async () => {
            daemon = await Daemon.start(["--io-threads", ioThreads, "--max-message-size", "20000", "--max-header-size", "4096",
                "--path", "/cometd", "--path", "/other/bayeux", "--max-sessions-per-browser", "-1",
                "--allow-origin", "https://example.org", "--allow-origin", "http://127.0.0.1:*"]);
        });

        after(async () => {
            await daemon.stop();
            const refused = daemon.log.map(line => / warning answered \S+ with (\d+): /.exec(line)?.[1]).filter(Boolean);
            assert.deepEqual(refused.sort(), ["400", "405", "413", "417", "431", "500", "501"], daemon.stderr); // once each
            const others = ["listening", "a handshake among other messages from", "no name of a channel", "402::session_unknown to",
                "shutting down"];
            assert.equal(daemon.log.length, refused.length + others.length, daemon.stderr);
            others.forEach(what => assert.ok(daemon.log.some(line => line.includes(what)), daemon.stderr));
        });

        it("answers many requests on one connection", async () => {
            const http = await connection();
            const session = await openSession(http);
            for (let n = 0; n < 50; ++n) {
                taken(await http.post([publishOf(session, "/n", n)]));
            }
        });

        it("answers HTTP/1.0 and closes", async () => {
            const http = await connection();
            http.write(`POST /cometd HTTP/1.0\r\nContent-Length: ${handshakeText.length}\r\n\r\n${handshakeText}`);
            taken(await http.response());
            assert.equal(await http.end(), "");
        });

        it("keeps the connection of an HTTP/1.0 client that asks for it, and confirms that", async () => {
            const http = await connection();
            for (let n = 0; n < 2; ++n) {
                http.write(`POST /cometd HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: ${handshakeText.length}\r\n\r\n${handshakeText}`);
                const response = await http.response();
                taken(response);
                assert.equal(response.headers.connection, "keep-alive");
            }
        });

        it("closes after the answer when asked to", async () => {
            const http = await connection();
            const response = await http.post([handshake], {headers: {Connection: "close"}});
            taken(response);
            assert.equal(response.headers.connection, "close");
            assert.equal(await http.end(), "");
        });

        it("takes a chunked body", async () => {
            const http = await connection();
            const [one, two] = [handshakeText.slice(0, 10), handshakeText.slice(10)];
            http.write("POST /cometd HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                + `${one.length.toString(16)}\r\n${one}\r\n${two.length.toString(16)};name=value\r\n${two}\r\n0\r\nTrailer: x\r\n\r\n`);
            taken(await http.response());
            taken(await http.post([handshake]));
        });

        it("asks for the body of a client that expects 100-continue", async () => {
            const http = await connection();
            http.write(`POST /cometd HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: ${handshakeText.length}\r\n\r\n`);
            assert.equal((await http.response()).status, 100);
            http.write(handshakeText);
            taken(await http.response());
        });

        it("takes a request byte by byte", async () => {
            const http = await connection();
            for (const byte of requestText("POST", "/cometd", {body: handshakeText})) {
                http.write(byte);
                await new Promise(resolve => setImmediate(resolve));
            }
            taken(await http.response());
        });

        it("answers pipelined requests in order, held polls too", async () => {
            const http = await connection();
            const session = await openSession(http);
            const post = message => requestText("POST", "/cometd", {body: JSON.stringify([message])});
            http.write(post(publishOf(session, "/first", 1)) + requestText("OPTIONS", "/cometd") + requestText("GET", "/cometd")
                + post(connectOf(session, {timeout: 200})) + post(publishOf(session, "/last", 1)));
            assert.equal((await http.response()).messages[0].channel, "/first");
            assert.equal((await http.response()).status, 200);
            assert.equal((await http.response()).status, 400);
            assert.equal((await http.response()).messages[0].channel, "/meta/connect");
            assert.equal((await http.response()).messages[0].channel, "/last");
        });

        it("answers a client that has ended its sending", async () => {
            const http = await connection();
            const session = await openSession(http);
            const body = JSON.stringify([publishOf(session, "/n", 1)]);
            http.write(requestText("POST", "/cometd", {body}).repeat(3));
            http.endSending();
            for (let n = 0; n < 3; ++n) {
                taken(await http.response());
            }
            assert.equal(await http.end(), "");
        });

        it("serves all that lies below its paths and nothing else", async () => {
            const http = await connection();
            for (const path of ["/cometd", "/cometd/", "/cometd/handshake", "/cometd/x/y?z", "/other/bayeux", "/other/bayeux/connect"]) {
                taken(await http.post([handshake], {path}));
            }
            for (const path of ["/", "/cometdx", "/other", "/Cometd"]) {
                const other = await connection();
                assert.equal((await other.post([handshake], {path})).status, 405, path);
            }
        });

        for (const [what, status, body] of [
            ["malformed JSON", 400, "[{"],
            ["garbage behind the messages", 400, `${handshakeText} x`],
            ["an empty body", 400, ""],
            ["a blank body", 400, "  \r\n"],
            ["a number", 400, "1"],
            ["a string", 400, "\"text\""],
            ["bytes that are not UTF-8", 400, Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
            ["no messages", 500, "[]"],
            ["null", 500, "null"],
            ["an element that is no object", 500, "[1]"],
            ["a channel that is no string", 500, "[{\"channel\":5}]"],
            ["an advice that is no number", 500, "[{\"channel\":\"/meta/connect\",\"advice\":{\"timeout\":\"x\"}}]"],
        ]) {
            it(`answers ${status} to ${what}, says why, and serves on`, async () => {
                const http = await connection();
                http.write(`POST /cometd HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n`);
                http.write(body);
                const response = await http.response();
                assert.equal(response.status, status);
                assert.match(response.text, /^No Bayeux messages: \w.+\n$/);
                taken(await http.post([handshake]));
            });
        }

        it("answers 500 to a handshake among other messages and serves on", async () => {
            const http = await connection();
            for (const batch of [[handshake, {channel: "/a", data: 1}], [{channel: "/a", data: 1}, handshake]]) {
                assert.equal((await http.post(batch)).status, 500);
                taken(await http.post([handshake]));
            }
        });

        it("answers a message without channel, and one with an impossible channel, by an error", async () => {
            const http = await connection();
            assert.deepEqual((await http.post([{}])).messages, [{error: "400::channel_missing", successful: false}]);
            const session = await openSession(http);
            const replies = (await http.post([publishOf(session, "/a//b", 1), subscribeOf(session, "/a/**/b"), publishOf(session, "/ok", 1)])).messages;
            assert.deepEqual(replies.map(({error, successful}) => error ?? successful),
                ["405::channel_invalid", "403::subscription_invalid", true]);
        });

        it("answers 500 to a poll that a newer one of its session replaces", async () => {
            const [older, newer] = [await connection(), await connection()];
            const session = await openSession(older);
            older.write(requestText("POST", "/cometd", {body: JSON.stringify([connectOf(session)])}));
            await settle(daemon.origin);
            taken(await newer.post([connectOf(session, {timeout: 0})]));
            const {status, text} = await older.response();
            assert.deepEqual([status, text], [500, ""]);
            taken(await older.post([publishOf(session, "/n", 1)]));
        });

        for (const [what, status, text] of [
            ["a body above --max-message-size", 413, "POST /cometd HTTP/1.1\r\nHost: test\r\nContent-Length: 20001\r\n\r\n["],
            ["chunks above --max-message-size", 413,
                `POST /cometd HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4e21\r\n${"[".repeat(20_001)}\r\n0\r\n\r\n`],
            ["headers above --max-header-size", 431, `GET / HTTP/1.1\r\nHost: test\r\n${"a: b\r\n".repeat(1_000)}\r\n`],
            ["a URL above --max-header-size", 431, `GET /${"a".repeat(5_000)} HTTP/1.1\r\nHost: test\r\n\r\n`],
            ["an expectation that it does not know", 417, "POST /cometd HTTP/1.1\r\nHost: test\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\n[]"],
            ["a coding that it does not know", 501, "POST /cometd HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
            ["two lengths", 400, "POST /cometd HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n[]"],
            ["a request without Host", 400, "GET / HTTP/1.1\r\n\r\n"],
            ["HTTP/2", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
            ["TLS", 400, Buffer.from("16030100c8010000c40303", "hex")],
        ]) {
            it(`answers ${status} to ${what} and closes`, async () => {
                const http = await connection();
                http.write(text);
                const response = await http.response();
                assert.equal(response.status, status);
                assert.equal(response.headers.connection, "close");
                assert.equal(await http.end(), "");
            });
        }

        it("has no Bayeux transport for a GET that is not of one, and for other methods", async () => {
            for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH"]) {
                const http = await connection();
                assert.equal((await http.request(method, "/cometd")).status, 400, method);
            }
        });

        it("answers OPTIONS with an empty 200, and with what a page of an allowed origin has to know", async () => {
            const http = await connection();
            const plain = await http.request("OPTIONS", "/cometd");
            assert.deepEqual([plain.status, plain.text], [200, ""]);
            assert.equal(plain.headers["access-control-allow-origin"], undefined);
            const {status, headers} = await http.request("OPTIONS", "/cometd", {headers: {Origin: "https://example.org",
                "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-special"}});
            assert.equal(status, 200);
            assert.equal(headers["access-control-allow-origin"], "https://example.org");
            assert.equal(headers["access-control-allow-credentials"], "true");
            assert.match(headers["access-control-allow-methods"], /\bPOST\b/);
            assert.match(headers["access-control-allow-headers"], /content-type/i);
            assert.match(headers["access-control-allow-headers"], /x-special/i);
        });

        it("lets pages of allowed origins alone read its answers", async () => {
            const http = await connection();
            const allowed = async Origin => (await http.post([handshake], {headers: {Origin}})).headers["access-control-allow-origin"];
            for (const origin of ["https://example.org", "http://127.0.0.1:1234"]) {
                assert.equal(await allowed(origin), origin);
            }
            for (const origin of ["http://example.org", "https://example.org.evil.test", "https://sub.example.org", "null"]) {
                assert.equal(await allowed(origin), undefined);
            }
        });

        it("sets a cookie with the handshake of a client that has none", async () => {
            const http = await connection();
            const fresh = await http.post([handshake]);
            assert.match(fresh.headers["set-cookie"], /^BAYEUX_BROWSER=[\w-]{16,}; Path=\/; HttpOnly$/);
            const known = await http.post([handshake], {headers: {Cookie: "a=b; BAYEUX_BROWSER=mine; c=d"}});
            taken(known);
            assert.equal(known.headers["set-cookie"], undefined);
            assert.equal((await http.post([{...handshake, version: undefined, channel: "/a"}])).headers["set-cookie"], undefined);
        });
    });
}

it("sets a cookie as the options say", () => Daemon.during(["--browser-cookie-name", "B", "--browser-cookie-path", "/cometd",
    "--browser-cookie-max-age", "60", "--browser-cookie-http-only", "false", "--browser-cookie-secure", "true",
    "--browser-cookie-same-site", "None"], async daemon => {
    const http = await daemon.connection();
    assert.match((await http.post([handshake])).headers["set-cookie"], /^B=[\w-]{16,}; Path=\/cometd; Max-Age=60; Secure; SameSite=None$/);
}));

describe("who may use a session", () => {
    for (const [trust, statuses] of [
        // without cookie, with it, without it again, with another one
        ["auto", [true, true, false, false]],
        ["false", [false, true, false, false]],
        ["true", [true, true, true, true]],
    ]) {
        it(`is as --trust-client-session ${trust} says`, () => Daemon.during(["--trust-client-session", trust], async daemon => {
            const http = await daemon.connection();
            const shaken = await http.post([handshake]);
            const session = {clientId: shaken.messages[0].clientId};
            const cookie = shaken.headers["set-cookie"].split(";")[0];
            const may = [];
            for (const headers of [{}, {Cookie: cookie}, {}, {Cookie: "BAYEUX_BROWSER=another"}]) {
                const [reply] = (await http.post([publishOf(session, "/n", 1)], {headers})).messages;
                may.push(reply.successful);
                assert.ok(reply.successful || reply.error === "402::session_unknown", JSON.stringify(reply));
            }
            assert.deepEqual(may, statuses);
        }));
    }
});

describe("static files", () => {
    let directory;
    let daemon;
    let http;

    before(async () => {
        directory = await mkdtemp(join(tmpdir(), "bayeuxd-test-"));
        const www = join(directory, "www");
        await mkdir(join(www, "sub"), {recursive: true});
        await writeFile(join(directory, "secret.txt"), "secret");
        await writeFile(join(www, "index.html"), "<p>index");
        await writeFile(join(www, "sub", "index.html"), "<p>sub");
        await writeFile(join(www, "app.js"), "let a;");
        await mkdir(join(www, "cometd"));
        await writeFile(join(www, "cometd", "client.js"), "let client;");
        await writeFile(join(www, "long.txt"), "0123456789".repeat(100_000));
        await writeFile(join(www, ".hidden"), "hidden");
        await symlink(join(directory, "secret.txt"), join(www, "link.txt"));
        daemon = await Daemon.start(["--www", www]);
        http = await HttpSocket.to(daemon.origin);
    });

    after(async () => {
        http?.destroy();
        await daemon?.stop();
        await rm(directory, {recursive: true});
    });

    it("come with their type, and the index for a directory", async () => {
        for (const [path, type, text] of [["/", "text/html", "<p>index"], ["/sub/", "text/html", "<p>sub"], ["/app.js?v=1", "text/javascript", "let a;"]]) {
            const response = await http.request("GET", path);
            assert.equal(response.status, 200, path);
            assert.match(response.headers["content-type"], new RegExp(`^${type}`));
            assert.equal(response.text, text);
        }
        assert.equal((await http.request("GET", "/long.txt")).text.length, 1_000_000);
    });

    it("are at the path of the server when they are scripts", async () => {
        const {status, headers, text} = await http.request("GET", "/cometd/client.js");
        assert.deepEqual([status, text], [200, "let client;"]);
        assert.equal((await http.request("GET", "/cometd/client.js", {headers: {"If-None-Match": headers.etag}})).status, 304);
        assert.equal((await http.request("GET", "/cometd/other.js")).status, 400);
        taken(await http.post([handshake], {path: "/cometd/client.js"}));
    });

    it("come without their content to HEAD", async () => {
        const response = await http.request("HEAD", "/app.js");
        assert.equal(response.status, 200);
        assert.equal(response.headers["content-length"], "6");
        assert.equal((await http.request("GET", "/app.js")).text, "let a;");
    });

    it("are not sent again to a client that has them", async () => {
        const {headers} = await http.request("GET", "/app.js");
        const again = await http.request("GET", "/app.js", {headers: {"If-None-Match": headers.etag}});
        assert.deepEqual([again.status, again.text], [304, ""]);
        assert.equal((await http.request("GET", "/app.js", {headers: {"If-None-Match": "\"other\""}})).status, 200);
    });

    it("are not below a directory's name without its slash", async () => {
        const {status, headers} = await http.request("GET", "/sub?a=b");
        assert.deepEqual([status, headers.location], [301, "/sub/?a=b"]);
    });

    for (const path of ["/../secret.txt", "/sub/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/sub/%2e%2e%2f%2e%2e/secret.txt",
        "/.hidden", "/%2ehidden", "/link.txt", "//etc/passwd", "/sub//index.html", "/app.js%00.html", "/..\\secret.txt", "/missing"]) {
        it(`are not found at ${path}`, async () => {
            const response = await http.request("GET", path);
            assert.ok(response.status === 404 || response.status === 400, `${response.status}`);
            assert.doesNotMatch(response.text, /secret|hidden|root:/);
        });
    }

    it("take nothing", async () => {
        const other = await HttpSocket.to(daemon.origin);
        const {status, headers} = await other.request("PUT", "/app.js");
        assert.equal(status, 405);
        assert.match(headers.allow, /\bGET\b/);
        other.destroy();
    });
});
