import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOf } from "./repository.mjs";

const LINKS = {
  homepage: "https://example.org/someone/rooms#readme",
  bugs: { url: "https://example.org/someone/rooms/issues" },
  repository: { type: "git", url: "git+https://example.org/someone/rooms.git" },
};

test("CI says which repository it publishes, whatever the clone came from", () => {
  const github = { GITHUB_SERVER_URL: "https://example.org", GITHUB_REPOSITORY: "someone/rooms" };
  assert.deepEqual(linksOf(github, "https://elsewhere.example/a/b.git"), LINKS);
  assert.deepEqual(linksOf({ CI_PROJECT_URL: "https://example.org/someone/rooms" }, ""), LINKS);
});

test("else it is where the clone came from, if others can open that", () => {
  for (const remote of [
    "https://example.org/someone/rooms.git",
    "https://example.org/someone/rooms/",
    "https://user:token@example.org/someone/rooms.git",
  ]) {
    assert.deepEqual(linksOf({}, remote), LINKS);
  }
});

test("where nobody knows, nothing is said", () => {
  for (const remote of [
    "",
    "/home/someone/rooms",
    "../rooms",
    "git@example.org:someone/rooms.git",
    "https://example.org/",
  ]) {
    assert.deepEqual(linksOf({}, remote), {}, remote);
  }
  assert.deepEqual(linksOf({ GITHUB_SERVER_URL: "https://example.org" }, ""), {});
});
