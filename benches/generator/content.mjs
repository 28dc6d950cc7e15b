/**
 * What people put into rooms: words, names and the `content` of events, in the shapes clients send and with the lengths
 * that talk has (most messages a line, some a page). Knows nothing of the graph; takes its randomness from the caller.
 */

const WORDS = (
  "the a to and of in is it that for on you this with we be have not are was at but or if so can as do what all will from " +
  "just they there when like think know server room message state event see now get one some how about here would only " +
  "sync client bridge works need still maybe should good time again try look again update join left history power level " +
  "merge fork branch key backup encryption device session federation latency database index query slow fast deploy config " +
  "release patch issue review thanks sure right exactly yes no never always often today tomorrow yesterday morning evening " +
  "coffee lunch meeting call link image upload download timeout error warning log trace memory thread worker container"
).split(" ");

const OTHER_WORDS =
  "größer für über schön café déjà naïve façade señor mañana привет сервер комната спасибо 你好 服务器 房间 谢谢 こんにちは サーバー 안녕하세요 서버 👍 🎉 😂 🔥 ❤️ 🤔".split(
    " ",
  );

const GIVEN_NAMES =
  "Ada Bo Chen Dora Emil Fay Goran Hana Ivo Jun Kaya Lars Mina Nils Olga Pia Quinn Rosa Sven Tala Umar Vera Wim Xenia Yusuf Zoë Łukasz Søren".split(
    " ",
  );
const FAMILY_NAMES =
  "Lindqvist Okafor Meyer Tanaka Novak Silva Haddad Petrov Brandt Moreau Kowalski Dubois Rossi Yılmaz Nguyen Costa".split(
    " ",
  );
const REACTIONS = ["👍", "❤️", "😂", "🎉", "👀", "🚀", "😢", "+1", "👍️", "💯"];

/** About `length` characters of prose. */
function prose(random, length) {
  const words = random.chance(0.08) ? [...OTHER_WORDS, ...WORDS.slice(0, 40)] : WORDS;
  let text = "";
  while (text.length < length) text += `${text === "" ? "" : " "}${words[random.skewed(words.length)]}`;
  if (random.chance(0.1)) text += ` https://${random.pick(WORDS)}.example/${random.letters(10)}`;
  if (random.chance(0.06)) text += ` "${random.pick(WORDS)}"`;
  return text;
}

function messageLength(random) {
  return Math.min(6000, Math.max(2, Math.round(random.logNormal(42, 1))));
}

function markUp(random, text) {
  const words = text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").split(" ");
  const at = random.below(words.length);
  words[at] = random.chance(0.5) ? `<strong>${words[at]}</strong>` : `<code>${words[at]}</code>`;
  return words.length > 40
    ? `<p>${words.slice(0, 30).join(" ")}</p>\n<p>${words.slice(30).join(" ")}</p>`
    : words.join(" ");
}

function mediaUrl(random, server) {
  return `mxc://${server}/${random.letters(24)}`;
}

export function userProfile(random, server) {
  const profile = { displayname: random.pick(GIVEN_NAMES) };
  if (random.chance(0.5)) profile.displayname += ` ${random.pick(FAMILY_NAMES)}`;
  if (random.chance(0.7)) profile.avatar_url = mediaUrl(random, server);
  return profile;
}

/** `recent` is an earlier message of the branch, `{ id, sender }`, or undefined. */
export function message(random, server, recent) {
  const kind = random.unit();
  const body = prose(random, messageLength(random));
  if (kind < 0.52) return { body, msgtype: "m.text", ...(random.chance(0.6) && { "m.mentions": {} }) };
  if (kind < 0.66) return formatted(random, body);
  if (kind < 0.86 && recent !== undefined) return reply(random, body, recent);
  if (kind < 0.93 && recent !== undefined) return edit(body, recent);
  if (kind < 0.97) return image(random, server);
  return { body, msgtype: random.chance(0.5) ? "m.notice" : "m.emote" };
}

function formatted(random, body) {
  return { body, format: "org.matrix.custom.html", formatted_body: markUp(random, body), msgtype: "m.text" };
}

function reply(random, body, recent) {
  return {
    ...(random.chance(0.5) ? formatted(random, body) : { body, msgtype: "m.text" }),
    "m.mentions": { user_ids: [recent.sender] },
    "m.relates_to": random.chance(0.25)
      ? { event_id: recent.id, is_falling_back: true, "m.in_reply_to": { event_id: recent.id }, rel_type: "m.thread" }
      : { "m.in_reply_to": { event_id: recent.id } },
  };
}

function edit(body, recent) {
  return {
    body: `* ${body}`,
    "m.mentions": {},
    "m.new_content": { body, "m.mentions": {}, msgtype: "m.text" },
    "m.relates_to": { event_id: recent.id, rel_type: "m.replace" },
    msgtype: "m.text",
  };
}

function image(random, server) {
  const [w, h] = [400 + random.below(3600), 300 + random.below(2700)];
  const thumbnail = { h: 600, mimetype: "image/png", size: 20_000 + random.below(200_000), w: 800 };
  return {
    body: `IMG_${random.below(10_000)}.jpg`,
    info: {
      h,
      mimetype: "image/jpeg",
      size: 50_000 + random.below(4_000_000),
      thumbnail_info: thumbnail,
      thumbnail_url: mediaUrl(random, server),
      w,
      "xyz.amorgan.blurhash": random.letters(28),
    },
    msgtype: "m.image",
    url: mediaUrl(random, server),
  };
}

export function encrypted(random) {
  return {
    algorithm: "m.megolm.v1.aes-sha2",
    ciphertext: `AwgA${random.base64(Math.min(3000, Math.round(random.logNormal(240, 0.5))))}`,
    device_id: random.letters(10).toUpperCase(),
    sender_key: random.base64(32),
    session_id: random.base64(32),
  };
}

export function reaction(random, recent) {
  return { "m.relates_to": { event_id: recent.id, key: random.pick(REACTIONS), rel_type: "m.annotation" } };
}

export function topic(random) {
  const text = prose(random, 20 + random.below(120));
  return random.chance(0.5) ? { topic: text } : { "m.topic": { "m.text": [{ body: text }] }, topic: text };
}

export function roomName(random) {
  return { name: prose(random, 8 + random.below(24)) };
}

export function reason(random) {
  return random.chance(0.5) ? { reason: prose(random, 12 + random.below(60)) } : {};
}
