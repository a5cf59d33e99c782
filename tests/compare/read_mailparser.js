// mailparser with the trimmer email-reply-parser (both from npm), as compare.py wants it.
const fs = require('fs');
const crypto = require('crypto');
const { simpleParser } = require('mailparser');
const trimmer = require('email-reply-parser');

const EmailReplyParser = trimmer.default || trimmer;

const people = (field) =>
    [].concat(field || []).flatMap((f) => f.value).flatMap((a) => a.group || [a])
        .map((a) => ({ name: a.name || '', address: a.address || '' }));

async function read(path) {
    const m = await simpleParser(fs.readFileSync(path));
    const text = m.text || '';
    return {
        message_id: m.messageId ? m.messageId.replace(/^<|>$/g, '') : null,
        subject: m.subject === undefined ? null : m.subject,
        from: people(m.from), to: people(m.to), cc: people(m.cc),
        date: m.date && !isNaN(m.date) ? m.date.toISOString().replace('.000Z', 'Z') : null,
        text, html: false,
        reply: new EmailReplyParser().read(text).getVisibleText(),
        attachments: m.attachments.map((a) => ({
            filename: a.filename || null,
            sha256: crypto.createHash('sha256').update(a.content).digest('hex'),
        })),
    };
}

(async () => {
    for (const path of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
        let facts;
        try {
            facts = await read(path);
        } catch (e) {
            facts = { error: String(e) };
        }
        console.log(JSON.stringify({ file: path, ...facts }));
    }
})();
