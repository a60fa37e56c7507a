// Programs that are built with a sanitizer.

import {readFile} from "node:fs/promises";

/**
 * Whether a process is one. It keeps what was freed and notes about all that it has, so its memory says nothing; it needs more
 * addresses than one can grant; and without a free descriptor it cannot tell which memory may be read, and reports faults
 * that there are none of.
 */
export const sanitized = async pid => /\/lib[at]san\.so/.test(await readFile(`/proc/${pid}/maps`, "latin1"));
