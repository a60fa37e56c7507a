// A process whose chatter says that it is there and then only polls, to be killed:
//   node doomed.mjs URL USER ROOM

import {Chatter} from "./chatter.mjs";
import {load} from "./client.mjs";

const [url, user, room] = process.argv.slice(2);
const chatter = await Chatter.join(await load("cometd-9"), url, user, room);
await chatter.client.polling();
console.log("joined");
