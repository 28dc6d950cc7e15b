// A plain web server, as dull as they come: files of some folders, with the types that browsers insist on.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".ndjson": "application/x-ndjson",
};

/**
 * @param {string[]} folders the first that has a file gives it
 * @returns {Promise<{ origin: string, close(): void }>}
 */
export function serve(folders) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const file = folders
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path) && statSync(path).isFile());
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
      done({ origin, close: () => server.close() });
    });
  });
}
