// The matrix as a table in Markdown.

const places = {
    "program": "program",
    "same origin": "page of the same origin",
    "other origin": "of another origin",
    "other site": "of another site, its cookies blocked",
};
const [begin, end] = ["<!-- matrix -->\n", "<!-- end of matrix -->\n"];

/** @param passed whether each cell passed */
export function tableOf(passed) {
    const rows = new Map();
    for (const [{client, where, transport}, good] of passed) {
        const row = rows.get(client) ?? rows.set(client, {}).get(client);
        (row[where] ??= []).push(`${good ? "✓" : "**FAIL**"} ${transport}`);
    }
    return [
        `| client | version | ${Object.values(places).join(" | ")} |`,
        `|---|---|${"---|".repeat(Object.keys(places).length)}`,
        ...[...rows].map(([client, row]) => {
            const columns = Object.keys(places).map(place => (row[place] ?? []).join("<br>"));
            return `| ${client.title} | ${client.version} | ${columns.join(" | ")} |`;
        }),
    ].join("\n") + "\n";
}

/** The text with the table between its markers. */
export function withTable(text, table) {
    const [before, after] = [text.indexOf(begin), text.indexOf(end)];
    if (before < 0 || after < before) {
        throw new Error(`no ${begin} … ${end} in the text`);
    }
    return text.slice(0, before + begin.length) + table + text.slice(after);
}
