// Loads the client that the URL names, and hands its driver to the test: window.driver.

import {clients} from "../clients.mjs";

const wanted = new URL(location.href).searchParams.get("client");
const {family, scripts = [], module} = clients.find(({name}) => name === wanted);

for (const source of scripts) {
    await new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `/node_modules/${source}`;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${source} did not come`));
        document.head.append(script);
    });
}

const drivers = {
    cometd: async () => new (await import("./cometd.mjs")).CometDDriver(
        module ? await import(`/node_modules/${module}`) : {...window.org.cometd, ...window.jQuery && {CometD: window.jQuery.CometD}}),
    faye: async () => new (await import("./faye.mjs")).FayeDriver(window.Faye),
    dojox: async () => new (await import("./dojox.mjs")).DojoxDriver(window),
};
window.driver = await drivers[family]();
