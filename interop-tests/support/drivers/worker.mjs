// A thread of Node with one client: what CometD's adapters keep for the process (the global window, the cookies)
// is a thread's own.

import {createRequire} from "node:module";
import {parentPort, workerData} from "node:worker_threads";
import {loadLibrary} from "../client.mjs";
import {CometDDriver} from "./cometd.mjs";
import {FayeDriver} from "./faye.mjs";

const drivers = {
    cometd: async () => new CometDDriver(await loadLibrary(workerData.name)),
    faye: async () => new FayeDriver(createRequire(import.meta.url)(workerData.name)),
};
const driver = await drivers[workerData.family]();

parentPort.on("message", async ({id, method, args}) => {
    try {
        parentPort.postMessage({id, result: await driver[method](...args)});
    } catch (error) {
        parentPort.postMessage({id, error});
    }
});
