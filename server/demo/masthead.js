// The head that all pages have: where one can go, and how the connection is.

const pages = [
    ["index.html", "Chat"],
    ["pad.html", "Pad"],
    ["ticker.html", "Ticker"],
    ["monitor.html", "Monitor"],
    ["reverse-http.html", "Reverse HTTP"],
];

const stateTexts = {
    closed: "Not connected",
    connecting: "Connecting …",
    connected: "Connected",
    shared: "Connected, taking turns with another tab",
    reconnecting: "Connection lost, trying again …",
};

const masthead = document.querySelector(".masthead");
const here = location.pathname.split("/").at(-1) || "index.html";

masthead.insertAdjacentHTML("afterbegin", `<img src="icon.svg" alt="" width="32" height="32">`);
masthead.insertAdjacentHTML("beforeend", `
    <nav aria-label="Pages"><ul>${pages.map(([file, name]) =>
        `<li><a href="${file}"${file === here ? ` aria-current="page"` : ""}>${name}</a></li>`).join("")}</ul></nav>
    <p id="state" role="status"></p>`);
const state = document.getElementById("state");
showConnection("closed");

/** Shows one of the states of a CometdClient, "closed" or "connecting". */
export function showConnection(name, text = stateTexts[name]) {
    state.dataset.state = name;
    if (state.textContent !== text) {
        state.textContent = text; // only news is read aloud
    }
}

export const connectionState = () => state.dataset.state;
