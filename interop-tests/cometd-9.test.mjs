import {testClient} from "./support/client-suite.mjs";

testClient("cometd-9");
