// A page that answers HTTP requests. The wire is that of services/reverse_http.hpp.

import {CometdClient} from "./cometd-client.js";
import {openWithPage} from "./connection.js";
import {showConnection} from "./masthead.js";

const $ = id => document.getElementById(id);
const namePattern = "[A-Za-z0-9_\\-]+";
const maxShown = 100;
const client = new CometdClient("/cometd");

function notice(text) {
    $("notice").hidden = !text;
    $("notice").textContent = text;
}

/** All that a request says, for who has to answer it. */
function shown(request) {
    const article = document.createElement("article");
    const line = document.createElement("h3");
    line.textContent = `${request.method} ${request.path}${request.query && `?${request.query}`}`;
    const state = document.createElement("span");
    state.className = "state";
    article.append(line, state);
    if (request.body) {
        const body = document.createElement("pre");
        body.textContent = request.encoding === "base64" ? `${atob(request.body).length} bytes` : request.body;
        article.append(body);
    }
    return {article, say: (text, isAlarm = false) => {
        state.textContent = text;
        state.classList.toggle("alarm", isAlarm);
    }};
}

async function answer(request, say) {
    const status = Number($("status").value);
    try {
        await client.call("via/answer",
            {id: request.id, status, headers: {"Content-Type": $("type").value}, body: $("text").value});
        say(`answered with ${status}`);
    } catch (failure) {
        say(failure.message, true);
    }
}

function asked(request) {
    const {article, say} = shown(request);
    $("none").hidden = true;
    $("requests").prepend(article);
    while ($("requests").childElementCount > maxShown) {
        $("requests").lastElementChild.remove();
    }
    if (!$("by-hand").checked) {
        answer(request, say);
        return;
    }
    const button = document.createElement("button");
    button.textContent = "Answer";
    button.addEventListener("click", () => {
        button.remove();
        answer(request, say);
    });
    say("waits");
    article.querySelector(".state").after(button);
}

async function register(name) {
    try {
        const {path} = await client.call("via/register", {name});
        const address = new URL(path, location).href;
        $("address").href = address;
        $("address").textContent = address;
        $("command").textContent = `curl -d hello ${address}`;
        notice("");
    } catch (failure) {
        notice(`That did not work: ${failure.message}.`);
    }
    document.querySelector(".place").hidden = !$("notice").hidden;
}

function enter(name) {
    client.close();
    $("name").value = name;
    history.replaceState(null, "", `#${name}`);
    showConnection("connecting");
    client.open({
        ready: () => register(name),
        state: showConnection,
        failed: () => {},
    });
    client.listen("/service/via/request", asked);
}

$("name").pattern = namePattern;
$("name").title = "Letters, digits, - and _";
document.querySelector(".place").hidden = true;
$("choose").addEventListener("submit", event => {
    event.preventDefault();
    enter($("name").value);
});

function nameInAddress() {
    const name = location.hash.slice(1);
    return new RegExp(`^${namePattern}$`).test(name) ? name
        : `page-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
}

addEventListener("hashchange", () => enter(nameInAddress()));
openWithPage(client, () => enter(nameInAddress()));
