// Random numbers that can be had again: SEED=… repeats a run, whose seed the tests print.

export const seed = Number(process.env.SEED ?? Date.now() % 1e9);

/** A generator of numbers from 0 to 1 that depends on the seed and a name (mulberry32). */
export function randomOf(name) {
    let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 0x01000193), seed);
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}
