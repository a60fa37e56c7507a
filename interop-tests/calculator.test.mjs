// The service calculator by the remote calls of CometD's client.

import assert from "node:assert/strict";
import {after, before, describe, it} from "node:test";
import {Client, load} from "./support/client.mjs";
import {Server} from "./support/server.mjs";
import {within} from "./support/wait.mjs";

describe("the service calculator", () => {
    let client;
    let server;

    before(async () => {
        server = await Server.start("--services", "calculator");
        client = await Client.connected(await load("cometd-9"), server.url, "any");
    });
    after(async () => {
        await client?.disconnect();
        await server?.stop();
    });

    const call = (target, data) => within(`answer of ${target}`,
        new Promise(resolve => client.cometd.remoteCall(`calculator/${target}`, data, ({successful, data}) => resolve({successful, data}))));

    it("answers calls at once, with a failure, and later from another thread", async () => {
        assert.deepEqual(await Promise.all([
            call("sum", [1, 2.5]),
            call("primes", {below: 1000000}),
            call("divide", {dividend: 17, divisor: 5}),
            call("divide", {dividend: 17, divisor: 0}),
            call("sum", ["one"]),
        ]), [
            {successful: true, data: 3.5},
            {successful: true, data: 78498},
            {successful: true, data: {quotient: 3, remainder: 2}},
            {successful: false, data: "division by zero"},
            {successful: false, data: "data must consist of numbers"},
        ]);
    });
});
