"""The programs that check a webhook's signature as Standard Webhooks says, to be copied. They run as they are.

Each reads the secret from the environment and has one function that a server calls with the headers and the exact body.
"""

from typing import Literal

SignatureLanguage = Literal["python", "javascript", "library"]

PYTHON = '''\
import base64, hashlib, hmac, os, time

SECRET = os.environ["WEBHOOK_SECRET"]  # whsec_...

def check(headers, body: bytes) -> bool:
    """headers by lower-case name; body exactly as it came, before it is parsed."""
    sent_at = int(headers["webhook-timestamp"])
    if abs(time.time() - sent_at) > 300:
        return False  # old: somebody may send it once more
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(wanted, one) for one in given)
'''

JAVASCRIPT = """\
const crypto = require("node:crypto");

const SECRET = process.env.WEBHOOK_SECRET; // whsec_...

// headers by lower-case name; body exactly as it came (a Buffer), before it is parsed
function check(headers, body) {
  const sentAt = Number(headers["webhook-timestamp"]);
  if (!(Math.abs(Date.now() / 1000 - sentAt) <= 300)) return false; // old: somebody may send it once more
  const key = Buffer.from(SECRET.replace(/^whsec_/, ""), "base64");
  const hmac = crypto.createHmac("sha256", key);
  const wanted = hmac.update(`${headers["webhook-id"]}.${sentAt}.`).update(body).digest();
  return headers["webhook-signature"].split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return given.length === wanted.length && crypto.timingSafeEqual(given, wanted);
  });
}
"""

LIBRARY = """\
# pip install standardwebhooks
import os

from standardwebhooks import Webhook

def check(headers, body: bytes):
    return Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, dict(headers))  # raises where it is not ours
"""

PROGRAMS: dict[SignatureLanguage, str] = {"python": PYTHON, "javascript": JAVASCRIPT, "library": LIBRARY}
