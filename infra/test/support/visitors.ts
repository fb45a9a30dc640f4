import { setTimeout as pause } from "node:timers/promises";

/** Form fields as a browser sends them, and the session that comes back. */
async function post(url: string, fields: Record<string, string>, signal?: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
    ...(signal === undefined ? {} : { signal }),
  });
  await response.arrayBuffer();
  return response.headers.getSetCookie().at(0)?.split(";").at(0);
}

async function get(url: string, init: RequestInit = {}): Promise<void> {
  await (await fetch(url, init)).arrayBuffer();
}

/** One round of what visitors do, well and not so well: pages, data, a session, a lost way, a forged cookie, an unfit form, impatience. */
async function visit(url: string): Promise<void> {
  for (const path of ["/", "/experience", "/api/resume", "/api/resume/summary", "/nowhere"]) {
    await get(`${url}${path}`);
  }
  await get(`${url}/projects`, { method: "HEAD" });
  const cookie = await post(`${url}/theme`, { theme: "dark" });
  if (cookie !== undefined) {
    await get(url, { headers: { cookie } });
  }
  await get(url, { headers: { cookie: "resume_session=forged" } });
  await post(`${url}/contact`, { name: "", email: "nobody", message: "" });
  try {
    await post(`${url}/theme`, { theme: "light" }, AbortSignal.timeout(50));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) {
      throw error;
    }
  }
}

/** An nginx that hung may close the connections that waited for it. */
const toleratedInARow = 3;

/** Visitors who come back every half second until they are told to stop. Visits that fail in a row fail `stop`. */
export function startVisitors(url: string) {
  const stopping = new AbortController();
  const visits = (async () => {
    let failedInARow = 0;
    while (!stopping.signal.aborted) {
      try {
        await visit(url);
        failedInARow = 0;
      } catch (error) {
        failedInARow += 1;
        if (failedInARow > toleratedInARow) {
          throw error;
        }
      }
      await pause(500);
    }
  })();
  // Who awaits `stop` gets the failure; until then it must not end the process.
  visits.catch(() => {});
  return {
    stop(): Promise<void> {
      stopping.abort();
      return visits;
    },
  };
}
