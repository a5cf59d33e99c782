"""Python's email package, with the policy that its documentation recommends, as compare.py wants it."""
import datetime
import email
import email.policy
import hashlib
import json
import sys


def people(message, name):
    field = message[name]
    return [{"name": a.display_name, "address": a.addr_spec} for a in getattr(field, "addresses", ())]


def identifier(message):
    value = message["message-id"]
    return str(value).strip().strip("<>") if value else None


def date(message):
    at = getattr(message["date"], "datetime", None)
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def attachment(part):
    data = part.as_bytes() if part.is_multipart() else part.get_payload(decode=True) or b""
    return {"filename": part.get_filename(), "sha256": hashlib.sha256(data).hexdigest()}


def read(path):
    with open(path, "rb") as f:
        message = email.message_from_binary_file(f, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    subject = message["subject"]
    return {
        "message_id": identifier(message), "subject": None if subject is None else str(subject),
        "from": people(message, "from"), "to": people(message, "to"), "cc": people(message, "cc"),
        "date": date(message), "text": body.get_content() if body else "",
        "html": bool(body) and body.get_content_subtype() == "html",
        "attachments": [attachment(p) for p in message.iter_attachments()],
    }


for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        facts = read(path)
    except Exception as e:  # it raises on some mails: that is a result
        facts = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps({"file": path, **facts}))
