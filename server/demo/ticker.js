// Prices by the service ticker: the server sends the latest of each stock at once, and then what changes.

import {CometdClient} from "./cometd-client.js";
import {isOnline, openWithPage} from "./connection.js";
import {connectionState, showConnection} from "./masthead.js";

const $ = id => document.getElementById(id);
const client = new CometdClient("/cometd");
const rows = new Map();
let subscription = null;

function rowOf(symbol) {
    if (!rows.has(symbol)) {
        const row = document.createElement("tr");
        row.innerHTML = `<th scope="row"></th><td class="number price"></td><td class="number change"></td>`;
        row.cells[0].textContent = symbol;
        rows.set(symbol, row);
        $("prices").append(...[...rows].sort(([one], [other]) => one < other ? -1 : 1).map(([, made]) => made));
    }
    return rows.get(symbol);
}

function show({symbol, price, change}) {
    const [, priceCell, changeCell] = rowOf(symbol).cells;
    const before = Number(priceCell.textContent);
    priceCell.textContent = price.toFixed(2);
    changeCell.textContent = Math.abs(change).toFixed(2);
    changeCell.setAttribute("aria-label", `${change < 0 ? "down" : "up"} ${Math.abs(change).toFixed(2)}`);
    changeCell.className = `number change ${change > 0 ? "up" : change < 0 ? "down" : ""}`;
    if (before && before !== price) {
        priceCell.className = "number price";
        void priceCell.offsetWidth; // lets the animation begin again
        priceCell.className = `number price news ${price > before ? "up" : "down"}`;
    }
}

const isPaused = () => $("pause").getAttribute("aria-pressed") === "true";

function listen() {
    if (subscription) {
        client.unsubscribe(subscription);
        subscription = null;
    }
    if (!isPaused()) {
        subscription = client.subscribe("/ticker/*", show);
    }
}

$("pause").addEventListener("click", () => {
    $("pause").setAttribute("aria-pressed", !isPaused());
    if (isOnline(connectionState())) {
        listen();
    }
});

openWithPage(client, () => {
    showConnection("connecting");
    client.open({
        ready() {
            subscription = null; // the session is new
            listen();
        },
        state: showConnection,
        failed() {},
    });
});
