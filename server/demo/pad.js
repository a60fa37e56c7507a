// The page: what its reader sees and does. What goes over the wire is in pad-session.js and pad-document.js.

import {CometdClient} from "./cometd-client.js";
import {isOnline, openWithPage} from "./connection.js";
import {connectionState, showConnection} from "./masthead.js";
import {openPad} from "./pad-session.js";

const $ = id => document.getElementById(id);
const padPattern = "[A-Za-z0-9_\\-]+";
const client = new CometdClient("/cometd");
let pad;
let refusal = "";

/** Makes the same change to what is shown; the caret stays where it is in the text. */
function show(change) {
    let at = 0;
    for (const step of change) {
        if (typeof step === "string") {
            $("text").setRangeText(step, at, at, "preserve");
            at += step.length;
        } else if (step > 0) {
            at += step;
        } else {
            $("text").setRangeText("", at, at - step, "preserve");
        }
    }
}

function showSaved(saved) {
    const text = !isOnline(connectionState()) ? "" : saved ? "Saved" : "Saving …";
    if ($("saved").textContent !== text) {
        $("saved").textContent = text;
    }
}

function notice(text, former = "") {
    $("notice").hidden = !text;
    $("notice").querySelector("span").textContent = text;
    $("restore").hidden = !former;
    $("restore").onclick = () => {
        $("text").value = former;
        pad.edit(former);
        notice("");
    };
}

function replace(former) {
    const text = $("text");
    if (former && former !== pad.text) {
        notice(refusal || "The server has lost the text that you had.", former);
        refusal = "";
    }
    text.value = pad.text;
    text.readOnly = false;
}

function enter(name) {
    client.close();
    history.replaceState(null, "", `#${name}`);
    document.title = `${name} – bayeuxd pad`;
    $("pad-name").textContent = name;
    $("text").value = "";
    $("text").readOnly = true;
    notice("");
    showConnection("connecting");
    pad = openPad(client, name, {changed: show, replaced: replace, saved: showSaved,
        state: state => {
            showConnection(state);
            showSaved(pad.saved);
        },
        refused: error => {
            refusal = `The server has refused: ${error.replace(/^.*:/, "")}.`;
            notice(refusal);
        },
    });
    $("text").focus();
}

$("other").pattern = padPattern;
$("other").title = "Letters, digits, - and _";
$("choose").addEventListener("submit", event => {
    event.preventDefault();
    enter($("other").value);
    $("other").value = "";
});
$("text").addEventListener("input", () => pad.edit($("text").value));
$("text").addEventListener("compositionstart", () => pad.hold());
$("text").addEventListener("compositionend", () => {
    pad.edit($("text").value);
    pad.release();
});

function padInAddress() {
    const name = location.hash.slice(1);
    return new RegExp(`^${padPattern}$`).test(name) ? name : "demo";
}

addEventListener("hashchange", () => enter(padInAddress()));
openWithPage(client, () => enter(padInAddress()));
