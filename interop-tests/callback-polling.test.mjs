// JSONP by hand: GETs as script elements make them, and scripts run as a page would run them.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {runInNewContext} from "node:vm";
import {Daemon} from "./support/daemon.mjs";
import {connectOf, handshake, publishOf, settle, subscribeOf} from "./support/http-socket.mjs";

const callback = "dojo.io.script.jsonp_dojoIoScript1._jsonpCallback";

/** What the script hands to the callback. */
function handed(script) {
    let messages;
    const page = {dojo: {io: {script: {jsonp_dojoIoScript1: {_jsonpCallback: given => messages = given}}}}};
    runInNewContext(script, page);
    return JSON.parse(JSON.stringify(messages)); // objects of this context
}

function pathOf(messages, parameters = `jsonp=${callback}`) {
    return `/cometd?${parameters}${messages.map(message => `&message=${encodeURIComponent(JSON.stringify(message))}`).join("")}`;
}

describe("callback-polling", () => {
    let daemon;

    const connection = () => daemon.connection();
    const load = async (http, messages, headers = {}) => {
        const response = await http.request("GET", pathOf(messages), {headers});
        assert.equal(response.status, 200, response.text);
        return {...response, messages: handed(response.text)};
    };

    before(async () => {
        daemon = await Daemon.start([]);
    });

    after(async () => {
        await daemon.stop();
    });

    it("serves a session from its handshake to its end", async () => {
        const [http, other] = [await connection(), await connection()];
        const shaken = await load(http, [[{...handshake, id: "0"}]]);
        assert.equal(shaken.headers["content-type"], "text/javascript;charset=utf-8");
        assert.equal(shaken.headers["content-disposition"], "attachment; filename=f.txt");
        assert.equal(shaken.headers["cache-control"], "no-store");
        assert.equal(shaken.headers["x-content-type-options"], "nosniff");
        assert.match(shaken.headers["set-cookie"], /^BAYEUX_BROWSER=/);
        const [reply] = shaken.messages;
        assert.equal(reply.successful, true);
        assert.ok(reply.supportedConnectionTypes.includes("callback-polling"));
        const headers = {Cookie: shaken.headers["set-cookie"].split(";")[0]};
        const session = {clientId: reply.clientId};

        const [connected] = (await load(http, [connectOf(session)], headers)).messages;
        assert.equal(connected.channel, "/meta/connect");
        const both = await load(http, [subscribeOf(session, "/a"), [subscribeOf(session, "/b")]], headers);
        assert.deepEqual(both.messages.map(({subscription, successful}) => [subscription, successful]), [["/a", true], ["/b", true]]);

        http.write(`GET ${pathOf([connectOf(session)])} HTTP/1.1\r\nHost: test\r\nCookie: ${headers.Cookie}\r\n\r\n`);
        await settle(daemon.origin);
        const published = await load(other, [publishOf(session, "/b", "one\u2028two\u2029")], headers);
        assert.deepEqual(published.messages, [{channel: "/b", successful: true}], "messages come with connects only");
        const polled = await http.response();
        assert.match(polled.text, /one\\u2028two\\u2029/);
        assert.deepEqual(handed(polled.text), [{channel: "/b", data: "one\u2028two\u2029"}, {channel: "/meta/connect", successful: true}]);
        assert.equal((await load(http, [{channel: "/meta/disconnect", ...session}], headers)).messages[0].successful, true);
    });

    it("takes Faye's callback for one that is not named", async () => {
        const http = await connection();
        const {status, text} = await http.request("GET", pathOf([[handshake]], "_=1"));
        assert.equal(status, 200);
        assert.match(text, /^\/\*\*\/jsonpcallback\(\[\{.*\}\]\)$/);
    });

    for (const [what, status, path] of [
        ["no callback and no message", 400, "/cometd?_=1"],
        ["a script as callback", 400, pathOf([handshake], "jsonp=alert(1);a")],
        ["two callbacks", 400, pathOf([handshake], "jsonp=a&jsonp=b")],
        ["a callback of 65 characters", 400, pathOf([handshake], `jsonp=${"x".repeat(65)}`)],
        ["malformed JSON", 400, "/cometd?jsonp=a&message=%5B%7B"],
        ["no message", 500, "/cometd?jsonp=a"],
        ["a query above --max-header-size", 431, pathOf(["x".repeat(20_000)])],
    ]) {
        it(`answers ${status} to ${what}, and no script`, async () => {
            const http = await connection();
            const response = await http.request("GET", path);
            assert.equal(response.status, status);
            assert.doesNotMatch(response.headers["content-type"] ?? "", /script/);
        });
    }

    it("is not there when it is not allowed", () => Daemon.during(["--allowed-transports", "websocket,long-polling"], async without => {
        const http = await without.connection();
        assert.equal((await http.request("GET", pathOf([handshake]))).status, 400);
        assert.ok(!(await http.post([handshake])).messages[0].supportedConnectionTypes.includes("callback-polling"));
    }));
});
