// Digital Bazaar's verifier of W3C Verifiable Credentials reads a certificate, its issuer's key and its status list out of files.
// Usage: node check.mjs < {"certificate", "documents": {address: document}}; prints {"verified", "revoked", "error"}.
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { certificate, documents } = JSON.parse(Buffer.concat(chunks).toString());

async function documentLoader(url) {
  const [address, part] = url.split("#");
  let document = documents[address];
  if (document?.verificationMethod && part) {
    document = { "@context": document["@context"], ...document.verificationMethod.find((method) => method.id === url) };
  }
  if (!document) return vc.defaultDocumentLoader(url);
  return { contextUrl: null, documentUrl: url, document };
}

const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
const result = await vc.verifyCredential({ credential: certificate, suite, documentLoader, checkStatus, now: new Date(certificate.validFrom ?? 0) });
const error = result.error?.errors?.map((one) => one.message).join("; ") ?? result.error?.message ?? "";
const revoked = result.statusResult?.results?.some((one) => one.status) ?? null; // what the list says; null where it was not asked
console.log(JSON.stringify({ verified: result.verified, revoked, error }));
process.exit(0);
