// Waiting for what must happen, never for time to pass.

export const deadline = 15_000;

/** Resolves with the first truthy result of condition(), asked again and again; fails with what after the deadline. */
export async function until(what, condition, limit = deadline) {
    const end = Date.now() + limit;
    for (;;) {
        const result = await condition();
        if (result) {
            return result;
        }
        if (Date.now() > end) {
            throw new Error(`waited in vain for: ${typeof what === "function" ? what() : what}`);
        }
        await new Promise(resolve => setTimeout(resolve, 10));
    }
}

/** The promise's result, or an error that names what was waited for. */
export async function within(what, promise, limit = deadline) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`waited in vain for: ${what}`)), limit);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** What it says when it says the same for a while. */
export async function stable(value) {
    let last;
    let times = 0;
    await until("nothing changes any more", async () => {
        const now = await value();
        times = now === last ? times + 1 : 0;
        last = now;
        return times > 20;
    });
    return last;
}
