// Passkeys: turns the server's base64url into buffers, asks the device, sends the answer. The page works without it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const send = async (url, body) => {
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify(body || {}) });
  if (!answer.ok) throw new Error((await answer.text()).slice(0, 300));
  return answer.json();
};

const signIn = async (button) => {
  const options = await send(button.dataset.begin);
  options.challenge = bytes(options.challenge);
  for (const known of options.allowCredentials || []) known.id = bytes(known.id);
  const made = await navigator.credentials.get({ publicKey: options });
  const r = made.response;
  const done = await send(button.dataset.finish, {
    id: made.id, rawId: text(made.rawId), type: made.type,
    response: { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : null },
  });
  location.assign(done.next);
};

const add = async (button) => {
  const options = await send(button.dataset.begin);
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  for (const known of options.excludeCredentials || []) known.id = bytes(known.id);
  const made = await navigator.credentials.create({ publicKey: options });
  await send(button.dataset.finish, {
    key: button.dataset.key, id: made.id, rawId: text(made.rawId), type: made.type,
    response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
  });
  location.reload();
};

if (window.PublicKeyCredential) {
  for (const [id, act] of [["passkey", signIn], ["passkey-add", add]]) {
    const button = document.getElementById(id);
    if (!button) continue;
    button.hidden = false;
    const wrong = document.getElementById("passkey-wrong");
    button.addEventListener("click", () => {
      if (wrong) wrong.hidden = true;
      act(button).catch(() => { button.disabled = false; if (wrong) wrong.hidden = false; });
    });
  }
}
