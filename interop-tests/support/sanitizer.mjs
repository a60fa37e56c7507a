// Programs that are built with a sanitizer.

import {readFile} from "node:fs/promises";

/**
 * The one of a process, "asan" (with UBSan) or "tsan". It keeps what was freed and notes about all that the process has, so memory
 * says nothing; and it needs more addresses than one can grant. UBSan without a free descriptor cannot tell which memory may be
 * read, and reports faults that there are none of; tests/system_test.cpp plays that to the server instead.
 */
export const sanitizer = async pid => /\/lib([at]san)\.so/.exec(await readFile(`/proc/${pid}/maps`, "latin1"))?.[1];
