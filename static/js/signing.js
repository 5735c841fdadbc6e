// Keys that never leave the browser: made here, saved to a file, read again to sign. Without this the
// command line does the same.

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const KINDS = {
  ES256: { shape: "EC P-256", name: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
  Ed25519: { shape: "OKP Ed25519", name: { name: "Ed25519" }, sign: { name: "Ed25519" } },
};
KINDS.EdDSA = KINDS.Ed25519;

// RFC 7638: the required members in order, hashed.
const thumbprint = async ({ crv, kty, x, y }) => {
  const text = JSON.stringify({ crv, kty, x, y });
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
};

const save = (name, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

const makeKey = async () => {
  const pair = await crypto.subtle.generateKey(KINDS.ES256.name, true, ["sign", "verify"]);
  const { crv, kty, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const kid = await thumbprint({ crv, kty, x, y });
  const open = { kty, crv, x, y, alg: "ES256", use: "sig", kid };
  save(`private-key-${kid.slice(0, 8)}.json`, JSON.stringify({ ...open, d }, null, 2));
  return JSON.stringify(open, null, 2);
};

const privateKey = async (file, { alg, kid }) => {
  let jwk;
  try { jwk = JSON.parse(await file.text()); } catch { throw new Error("This file is not a key in JSON (a JWK)."); }
  if (!jwk.d) throw new Error("This file holds no private key.");
  if (`${jwk.kty} ${jwk.crv}` !== KINDS[alg].shape) throw new Error(`This key does not sign with ${alg}.`);
  if (jwk.kid && jwk.kid !== kid) throw new Error(`This is the key ${jwk.kid}, not the one you chose for this grant.`);
  const { kty, crv, x, y, d } = jwk;
  return crypto.subtle.importKey("jwk", { kty, crv, x, y, d }, KINDS[alg].name, false, ["sign"]);
};

const sign = async (panel, form) => {
  const file = panel.querySelector("[data-key-file]").files[0];
  if (!file) throw new Error("Choose the file of your private key.");
  const text = form.elements.signing_input.value;
  const key = await privateKey(file, panel.dataset);
  const signature = await crypto.subtle.sign(KINDS[panel.dataset.alg].sign, key, new TextEncoder().encode(text));
  form.elements.credential.value = `${text}.${base64url(signature)}`;
  form.requestSubmit();
};

// A page without a secure address has no WebCrypto; its panels stay hidden and the command line is offered.
if (globalThis.crypto?.subtle) {
  const maker = document.querySelector("[data-make-key]");
  if (maker) {
    maker.hidden = false;
    const told = maker.querySelector("[data-make-key-told]");
    maker.querySelector("[data-make-key-button]").addEventListener("click", async () => {
      document.querySelector("textarea[name=key]").value = await makeKey();
      told.textContent = "Saved to your downloads. The public part is below: register it.";
    });
  }
  const panel = document.querySelector("[data-sign]");
  if (panel) {
    panel.hidden = false;
    const told = panel.querySelector("[data-sign-told]");
    panel.querySelector("[data-sign-button]").addEventListener("click", async () => {
      told.hidden = true;
      try {
        await sign(panel, document.querySelector("[data-sign-form]"));
      } catch (wrong) {
        told.textContent = wrong.message;
        told.hidden = false;
      }
    });
  }
}
