// The page: what the reader sees and does. What goes over the wire is in room.js.

import {isOnline} from "./connection.js";
import {connectionState, showConnection} from "./masthead.js";
import {Room, parseDraft} from "./room.js";

const maxMessages = 500; // kept on the page
const roomPattern = "[A-Za-z0-9_\\-]+"; // what every Bayeux client and server lets stand in a channel
const namePattern = "[^,:]+"; // a whisper is addressed as name,name::text

const $ = id => document.getElementById(id);

function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text ?? "";
    return made;
}

/** One of eight wool colours, the same for a name on every page. */
function wool(name) {
    let sum = 0;
    for (const unit of name) {
        sum = (sum * 31 + unit.codePointAt(0)) % 4093;
    }
    return `wool-${sum % 8}`;
}

function named(name, tag = "span", text = name) {
    const made = element(tag, `name ${wool(name)}`, text);
    made.dir = "auto";
    return made;
}

export function startChat(client) {
    let room = null;
    let members = [];
    let absent = new Set(); // members before the connection was lost, whose return is no news
    let lastWho = null;
    const rooms = new Set(["demo", "lounge", "workshop", ...JSON.parse(localStorage.getItem("rooms") ?? "[]")]);

    // --- connection state

    function showState(state) {
        showConnection(state);
        if (state === "reconnecting") {
            absent = new Set([...absent, ...members]);
        }
        $("send").setAttribute("aria-disabled", !online());
        if (state === "closed" && room) {
            leave("The server has ended the session.");
        }
    }

    const online = () => isOnline(connectionState());

    // --- messages

    function append(entry) {
        const log = $("messages");
        const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
        log.append(entry);
        while (log.childElementCount > maxMessages) {
            log.firstElementChild.remove();
        }
        if (atEnd) {
            log.scrollTop = log.scrollHeight;
        }
    }

    function notice(text, className = "notice") {
        lastWho = null;
        append(element("p", className, text));
    }

    const alarm = text => notice(text, "notice alarm");

    function showMessage({from, text, peers, whisper}) {
        const entry = element("article", "message");
        const who = element("p", "who");
        who.append(named(from));
        entry.classList.toggle("own", from === room.user);
        if (whisper) {
            entry.classList.add("whisper");
            const direction = from !== room.user ? "whispers to you" : peers.length ? "whispered to" : "whispered";
            who.append(" ", element("span", "direction", direction));
            peers.forEach((peer, i) => who.append(i ? ", " : " ", named(peer)));
        }
        const now = new Date();
        const time = element("time", "", now.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"}));
        time.dateTime = now.toISOString();
        who.append(" ", time);
        const group = who.textContent;
        entry.classList.toggle("follows", group === lastWho);
        lastWho = group;
        const words = element("p", "words", text);
        words.dir = "auto";
        entry.append(who, words);
        append(entry);
    }

    // --- members

    function showMembers(names) {
        const before = new Set(members);
        const first = members.length === 0;
        members = [...names].sort((a, b) => a.localeCompare(b));
        if (first && members.length === 1) {
            notice("You are alone here so far");
        }
        for (const name of members) {
            if (!absent.delete(name) && !first && !before.has(name) && name !== room.user) {
                notice(`${name} came in`);
            }
        }
        for (const name of before) {
            if (!members.includes(name) && !absent.has(name) && name !== room.user) {
                notice(`${name} went away`);
            }
        }
        // Only what changed is touched, so that the focus stays where it is.
        const list = $("members");
        const items = new Map([...list.children].map(item => [item.dataset.name, item]));
        members.forEach((name, i) => {
            const item = items.get(name) ?? memberItem(name);
            items.delete(name);
            if (list.children[i] !== item) {
                list.insertBefore(item, list.children[i] ?? null);
            }
        });
        items.forEach(item => item.remove());
        showAudience();
    }

    function memberItem(name) {
        const item = element("li", "");
        item.dataset.name = name;
        if (name === room.user) {
            item.append(named(name), " (you)");
        } else {
            const button = named(name, "button");
            button.type = "button";
            button.title = `Whisper to ${name}`;
            button.addEventListener("click", () => toggleAddressee(name));
            item.append(button);
        }
        return item;
    }

    // --- writing

    function toggleAddressee(name) {
        const {peers, text} = parseDraft($("text").value);
        const to = peers.includes(name) ? peers.filter(peer => peer !== name) : [...peers, name];
        $("text").value = to.length ? `${to.join(",")}::${text}` : text;
        showAudience();
        $("text").focus();
    }

    const strangers = peers => peers.filter(peer => !members.includes(peer));

    function showAudience() {
        const {peers} = parseDraft($("text").value);
        const unknown = strangers(peers);
        const audience = unknown.length ? `Nobody here is called ${unknown.join(" or ")}`
            : peers.length ? `Whisper to ${peers.join(", ")}` : `To everyone in ${room.name}`;
        if ($("audience").textContent !== audience) {
            $("audience").textContent = audience;
        }
        $("composer").classList.toggle("private", peers.length > 0);
        $("composer").classList.toggle("refused", unknown.length > 0);
        for (const button of $("members").querySelectorAll("button")) {
            button.setAttribute("aria-pressed", peers.includes(button.parentElement.dataset.name));
        }
    }

    function send() {
        const {peers, text} = parseDraft($("text").value);
        if (!text) {
            return;
        }
        if (!online()) {
            alarm("Not sent: there is no connection at the moment.");
            return;
        }
        // What was meant for one person must not reach the room because of a misspelt name.
        if (strangers(peers).length) {
            alarm(`Not sent: nobody here is called ${strangers(peers).join(" or ")}. `
                + "To say it to everyone, begin with a blank.");
            return;
        }
        if (peers.length) {
            room.whisper(peers, text);
        } else {
            room.say(text);
        }
        $("text").value = "";
        showAudience();
    }

    // --- rooms

    function showRooms() {
        $("rooms").replaceChildren(...[...rooms].map(name => {
            const button = element("button", "", name);
            button.type = "button";
            if (name === room?.name) {
                button.setAttribute("aria-current", "page");
            }
            button.addEventListener("click", () => enter(room.user, name));
            const item = element("li", "");
            item.append(button);
            return item;
        }));
        $("known-rooms").replaceChildren(...[...rooms].map(name => new Option(name)));
    }

    function enter(user, name) {
        if (room) {
            room.leave();
            $("text").value = name === room.name ? $("text").value : "";
        }
        room = new Room(client, user, name, {members: showMembers, message: showMessage, state: showState,
            failed: () => alarm("A message could not be delivered.")});
        members = [];
        absent.clear();
        lastWho = null;
        rooms.add(name);
        localStorage.setItem("rooms", JSON.stringify([...rooms]));
        localStorage.setItem("name", user);
        history.replaceState(null, "", `#${name}`);
        $("join").hidden = true;
        $("chat").hidden = false;
        $("room-name").textContent = name;
        $("messages").replaceChildren();
        $("members").replaceChildren();
        showRooms();
        showAudience();
        showState("connecting");
        $("text").focus();
        room.enter();
    }

    function leave(reason) {
        room.leave();
        room = null;
        $("chat").hidden = true;
        $("join").hidden = false;
        showConnection("closed", reason);
        $("name").focus();
    }

    // --- what the reader does

    $("name").pattern = namePattern;
    $("name").title = "A name without comma and colon";
    for (const id of ["room", "other-room-name"]) {
        $(id).pattern = roomPattern;
        $(id).title = "Letters, digits, - and _";
    }
    $("name").value = localStorage.getItem("name") ?? "";
    $("room").value = location.hash.slice(1) || "demo";
    showRooms();

    $("join").addEventListener("submit", event => {
        event.preventDefault();
        enter($("name").value.trim(), $("room").value);
    });
    $("other-room").addEventListener("submit", event => {
        event.preventDefault();
        enter(room.user, $("other-room-name").value);
        $("other-room-name").value = "";
    });
    $("composer").addEventListener("submit", event => {
        event.preventDefault();
        send();
    });
    $("text").addEventListener("input", showAudience);
    $("leave").addEventListener("click", () => leave());

    addEventListener("pagehide", () => room?.abandon());
    // The browser may show the page again as it was, whose session has ended.
    addEventListener("pageshow", event => {
        if (event.persisted && room) {
            enter(room.user, room.name);
        }
    });
}
