// Check a receipt in the visitor's own browser: nothing of it is sent anywhere. The same rules as linli-verify, written once more for a browser:
// one spelling, the log's signatures, every entry's place in the signed tree (docs/interfaces/evidence.md). Where a browser lacks what it takes,
// the form goes to the site as it does without a script.
const form = document.getElementById("check");
const text = document.getElementById("receipt");
const file = document.getElementById("file");
const said = document.getElementById("said");
const FIELDS = ["checkpoint", "entries", "format", "origin", "ref", "size", "vkey"];
const ENTRY = ["id", "index", "kind", "occurred_at", "path", "payload", "place", "recorded_at", "ref", "salt"];
const BODY = ["id", "kind", "occurred_at", "payload", "place", "recorded_at", "ref"];
const BYTES_MAX = 1000000;
const utf8 = new TextEncoder();

class Broken extends Error {
  constructor(flaw, entry = 0) {
    super(flaw);
    this.flaw = flaw;
    this.entry = entry;
  }
}

function want(holds, flaw, entry) {
  if (!holds) throw new Broken(flaw, entry);
}

// The canonical spelling: keys sorted, no blanks, whole numbers only.
function spell(value) {
  if (typeof value === "number") {
    want(Number.isSafeInteger(value), "format");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${spell(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// An object of these fields and no others, each text unless another kind is named.
function shaped(value, fields, kinds) {
  want(value && typeof value === "object" && !Array.isArray(value) && Object.keys(value).sort().join() === fields.join(), "format");
  for (const field of fields) {
    const is = Array.isArray(value[field]) ? "list" : Number.isSafeInteger(value[field]) ? "number" : value[field] === null ? "null" : typeof value[field];
    want(is === (kinds[field] ?? "string"), "format");
  }
}

function unbase64(words, flaw = "format") {
  want(typeof words === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(words) && words.length % 4 === 0, flaw);
  const bytes = Uint8Array.from(atob(words), (char) => char.charCodeAt(0));
  want(btoa(String.fromCharCode(...bytes)) === words, flaw);
  return bytes;
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// What stands behind the # of the address; anything that is no spelling of an address is taken as it is.
function behindHash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

const same = (one, two) => one.length === two.length && one.every((byte, n) => byte === two[n]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const parent = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

async function hmac(key, bytes) {
  const made = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, bytes));
}

// The text of a QR code: linli1. and base64url of (8 bytes of SHA-256, zlib).
async function unpack(words) {
  const plain = words.slice(7).replaceAll("-", "+").replaceAll("_", "/");
  const data = unbase64(plain + "=".repeat((4 - (plain.length % 4)) % 4));
  const packed = data.slice(8);
  want(same(data.slice(0, 8), (await sha256(packed)).slice(0, 8)), "format");
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return await new Response(stream).text();
  } catch {
    throw new Broken("format");
  }
}

function read(words) {
  want(words.length <= BYTES_MAX, "format");
  let whole;
  let spelled;
  try {
    whole = JSON.parse(words);
    spelled = `${spell(whole)}\n`;
  } catch {
    throw new Broken("format"); // no JSON, or nested deeper than a browser can follow
  }
  shaped(whole, FIELDS, { entries: "list", size: "number" });
  want(spelled === words && whole.format === "linli.receipt.v1" && whole.entries.length > 0, "format");
  let before = -1;
  for (const entry of whole.entries) {
    shaped(entry, ENTRY, { index: "number", path: "list", payload: "object" });
    want(entry.index > before && entry.ref === whole.ref, "format");
    before = entry.index;
  }
  return whole;
}

async function keyOf(vkey) {
  const [name, id, ...rest] = vkey.split("+");
  const data = unbase64(rest.join("+"), "key");
  want(data.length === 33 && data[0] === 1, "key");
  const raw = data.slice(1);
  const idOf = async (kind) => (await sha256(joined(utf8.encode(name), Uint8Array.of(10, kind), raw))).slice(0, 4);
  const hex = [...(await idOf(1))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  want(hex === id, "key");
  const made = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  const holds = (signature, message) => crypto.subtle.verify({ name: "Ed25519" }, made, signature, message);
  return { name, plain: await idOf(1), timed: await idOf(4), holds };
}

async function opened(note, key) {
  const gap = note.lastIndexOf("\n\n");
  want(gap >= 0 && note.endsWith("\n"), "signature");
  const body = note.slice(0, gap + 1);
  let plain = 0;
  let at = null;
  for (const line of note.slice(gap + 2, -1).split("\n")) {
    const found = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    want(found && found[1] === key.name, "signature");
    const data = unbase64(found[2], "signature");
    const id = data.slice(0, 4);
    if (same(id, key.plain)) {
      want(await key.holds(data.slice(4), utf8.encode(body)), "signature");
      plain += 1;
    } else {
      want(same(id, key.timed) && at === null && data.length > 12, "signature");
      at = Number(new DataView(data.buffer).getBigUint64(4));
      want(await key.holds(data.slice(12), utf8.encode(`cosignature/v1\ntime ${at}\n${body}`)), "signature");
    }
  }
  want(plain === 1, "signature");
  const lines = body.split("\n");
  want(lines.length === 4 && lines[3] === "" && /^(0|[1-9][0-9]{0,15})$/.test(lines[1]), "signature");
  const root = unbase64(lines[2], "signature");
  want(root.length === 32, "signature");
  return { origin: lines[0], size: Number(lines[1]), root, at };
}

const bits = (number) => (number ? Math.floor(Math.log2(number)) + 1 : 0);

// The root that a path leads to: first siblings on either side, then those along the right border.
async function rootThrough(leaf, index, size, path) {
  let inner = 0;
  for (let one = index, last = size - 1; one !== last; inner += 1) {
    one = Math.floor(one / 2);
    last = Math.floor(last / 2);
  }
  let above = Math.floor(index / 2 ** inner);
  let border = 0;
  for (let n = bits(above); n > 0; n -= 1) {
    border += above % 2;
    above = Math.floor(above / 2);
  }
  if (index >= size || path.length !== inner + border) return null;
  let digest = leaf;
  for (const [height, sibling] of path.entries()) {
    const right = height >= inner || Math.floor(index / 2 ** height) % 2 === 1;
    digest = right ? await parent(sibling, digest) : await parent(digest, sibling);
  }
  return digest;
}

async function holdsIn(entry, signed) {
  const salt = unbase64(entry.salt, "entry");
  const path = entry.path.map((words) => unbase64(words, "entry"));
  if (salt.length !== 16 || path.some((step) => step.length !== 32)) return false;
  const fields = Object.fromEntries(BODY.map((name) => [name, entry[name]]));
  const commitment = await hmac(salt, utf8.encode(`linli.evidence.v1\nlinli.canon.v1\n${spell(fields)}`));
  const leaf = await sha256(joined(Uint8Array.of(0), utf8.encode("linli.leaf.v1\n"), commitment));
  const root = await rootThrough(leaf, entry.index, signed.size, path);
  return root !== null && same(root, signed.root);
}

async function checked(words, published) {
  const bare = words.trim(); // what is pasted loses the last newline, or brings blanks along
  const whole = read(bare.startsWith("linli1.") ? await unpack(bare) : `${bare}\n`);
  want(whole.vkey === published, "key");
  const key = await keyOf(whole.vkey);
  const signed = await opened(whole.checkpoint, key);
  want(signed.origin === whole.origin && signed.size === whole.size && signed.origin === key.name, "checkpoint");
  for (const [n, entry] of whole.entries.entries()) {
    let holds = false;
    try {
      holds = await holdsIn(entry, signed);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
    }
    want(holds, "entry", n + 1);
  }
  return { entries: whole.entries.length, size: signed.size, at: signed.at };
}

function show(name, facts) {
  const shown = document.getElementById(`said-${name}`).content.cloneNode(true);
  for (const place of shown.querySelectorAll("[data-fact]")) place.textContent = facts[place.dataset.fact];
  for (const why of shown.querySelectorAll("[data-flaw]")) if (why.dataset.flaw !== facts.flaw) why.remove();
  for (const where of shown.querySelectorAll("[data-where]")) if (!facts.entry) where.remove();
  said.replaceChildren(shown);
  said.scrollIntoView({ block: "nearest" });
}

function spoken(seconds) {
  const zone = { timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  return seconds === null ? "" : new Intl.DateTimeFormat(document.documentElement.lang, zone).format(new Date(seconds * 1000));
}

async function here() {
  const words = file.files.length ? await file.files[0].text() : text.value;
  try {
    const found = await checked(words, form.dataset.vkey);
    show("ok", { ...found, at: spoken(found.at) });
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    show("bad", { flaw: error.flaw, entry: error.entry });
  }
}

async function able() {
  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream || !form?.dataset.vkey) return false;
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

async function begin() {
  // A scanned receipt stands behind the # of the address and never reaches the site by itself.
  const carried = behindHash();
  if (carried) {
    text.value = carried;
    history.replaceState(null, "", location.pathname);
  }
  if (await able()) {
    const button = document.getElementById("here");
    button.hidden = false;
    document.getElementById("there").classList.remove("main");
    form.addEventListener("submit", (event) => {
      if (event.submitter === document.getElementById("there")) return;
      event.preventDefault();
      if (text.value.trim() || file.files.length) here();
    });
  }
  if (carried) form.requestSubmit(document.getElementById("here").hidden ? undefined : document.getElementById("here"));
}

if (form) begin();
