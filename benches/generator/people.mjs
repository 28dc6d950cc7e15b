/**
 * Who could be in the room: users on servers, numbered from 0 (the creator). Servers are of unequal size, as they are:
 * user i lives on a low-numbered server more often than on a high one; server 0 is where the export was made.
 */

const FIRST =
  "ada bo chen dora emil fay goran hana ivo jun kaya lars mina nils olga pia quinn rosa sven tala umar vera wim xenia yusuf".split(
    " ",
  );
const LAST =
  "lindqvist okafor meyer tanaka novak silva haddad petrov brandt moreau kowalski dubois rossi yilmaz nguyen costa".split(
    " ",
  );
const DOMAINS = ["example.org", "chat.example.net", "matrix.example.com", "m.example.edu", "hs.example.io"];

export class People {
  #ids = [];
  #servers = [];

  constructor(count, random) {
    const serverCount = Math.min(400, Math.max(3, Math.round(count / 40)));
    const servers = Array.from({ length: serverCount }, (_, i) => ({
      name: i < DOMAINS.length ? DOMAINS[i] : `${random.pick(LAST)}${i}.${random.pick(DOMAINS)}`,
      key: `ed25519:a_${random.letters(4)}`,
    }));
    for (let user = 0; user < count; user++) {
      const server = user === 0 ? servers[0] : servers[random.skewed(serverCount)];
      const name = random.chance(0.5) ? random.pick(FIRST) : `${random.pick(FIRST)}.${random.pick(LAST)}`;
      this.#servers.push(server);
      this.#ids.push(`@${name}${user}:${server.name}`);
    }
  }

  get count() {
    return this.#ids.length;
  }

  id(user) {
    return this.#ids[user];
  }

  /** `{ name, key }`: the server and the name of its signing key. */
  server(user) {
    return this.#servers[user];
  }

  /** Whether the user is on the server whose export this is. */
  isLocal(user) {
    return this.#servers[user] === this.#servers[0];
  }
}
