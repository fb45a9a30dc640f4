import type { RequestListener } from "node:http";

const page = (path: string) => `<!doctype html>
<title>é</title><link rel="canonical" href="https://nora.example.com${path}"><link rel="apple-touch-icon" href="/static/a.png"><a href="/experience">é</a><a href="/projects">é</a>
</html>`;

const json = "application/json; charset=utf-8";

const answers = new Map([
  ...["/", "/experience", "/projects", "/contact"].map(
    (path) => [path, { type: "text/html; charset=utf-8", body: page(path) }] as const,
  ),
  ["/health", { type: json, body: '{"status":"ok","replica":"fake"}' }],
  ["/api/resume", { type: json, body: '{"basics":{"name":"Nora"}}' }],
  ["/static/a.png", { type: "image/png", body: "?PNG" }],
]);

/** All that the scenarios ask for, as the site would answer. */
export const siteAnswer: RequestListener = ({ url = "" }, response) => {
  const answer = answers.get(url);
  if (answer === undefined) {
    response.writeHead(404).end();
  } else {
    response.setHeader("Content-Type", answer.type).end(answer.body);
  }
};
