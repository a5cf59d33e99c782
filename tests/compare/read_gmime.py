"""GMime by its introspection (python3-gi, gir1.2-gmime-3.0), as compare.py wants it."""
import hashlib
import json
import sys

import gi
gi.require_version("GMime", "3.0")
from gi.repository import GMime, GLib  # noqa: E402

GMime.init()


def people(addresses):
    found = []
    for i in range(addresses.length() if addresses else 0):
        a = addresses.get_address(i)
        if isinstance(a, GMime.InternetAddressMailbox):
            found.append({"name": a.get_name() or "", "address": a.get_addr() or ""})
        else:
            found += people(a.get_members())
    return found


def content(part):
    if isinstance(part, GMime.MessagePart):
        return part.get_message().to_string(None).encode("utf-8", "surrogateescape")
    if isinstance(part, GMime.Multipart):
        return part.to_string(None).encode("utf-8", "surrogateescape")
    stream = GMime.StreamMem.new()
    wrapper = part.get_content()
    if wrapper:
        wrapper.write_to_stream(stream)
    return bytes(stream.get_byte_array() or b"")


def leaves(part, parent):
    if isinstance(part, GMime.Multipart):
        for i in range(part.get_count()):
            yield from leaves(part.get_part(i), part)
    elif part:
        yield part, parent


def kind(part):
    t = part.get_content_type()
    return f"{t.get_media_type()}/{t.get_media_subtype()}".lower()


def text_of(parts):
    """The first text part of the mail, a plain one before HTML, as its example programs do it."""
    for wanted in ("text/plain", "text/html"):
        for part, _ in parts:
            if kind(part) == wanted and isinstance(part, GMime.TextPart) and not part.is_attachment():
                return part, part.get_text() or "", wanted == "text/html"
    return None, "", False


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    message = GMime.Parser.new_with_stream(GMime.StreamMem.new_with_buffer(data)).construct_message(None)
    parts = list(leaves(message.get_mime_part(), None))
    body, text, html = text_of(parts)
    at = message.get_date()
    files = [p for p, parent in parts if p is not body and not (
        parent and kind(parent) == "multipart/alternative" and kind(p).startswith("text/"))]
    return {
        "message_id": message.get_message_id(), "subject": message.get_subject(),
        "from": people(message.get_from()), "to": people(message.get_to()), "cc": people(message.get_cc()),
        "date": at.to_utc().format("%Y-%m-%dT%H:%M:%SZ") if at else None, "text": text, "html": html,
        "attachments": [{"filename": getattr(p, "get_filename", lambda: None)(),
                         "sha256": hashlib.sha256(content(p)).hexdigest()} for p in files],
    }


for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        facts = read(path)
    except (GLib.Error, AttributeError, TypeError, UnicodeError) as e:
        facts = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps({"file": path, **facts}), flush=True)
