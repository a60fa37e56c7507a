// tests/bench/compare, with bayeuxd alone and next to no load: that its scenarios and figures still fit.

import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

test("the comparison with other servers still has a figure in each row", () => {
    const compare = fileURLToPath(new URL("../tests/bench/compare.mjs", import.meta.url));
    const {status, stdout, stderr} = spawnSync(process.execPath, [compare, "--smoke"], {encoding: "utf8"});
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\| memory of a client, held long-poll \| -?[\d.]+ KB \|$/m);
    assert.match(stdout, /^\| handshakes, .* \| [\d,]+ \|$/m);
});
