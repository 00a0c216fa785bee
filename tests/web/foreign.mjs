// foreign.mjs NAME - one scenario with npm clients that other people wrote, unchanged
//
// The environment: POSTERN_NPM (folder of tools/npm.sh), WEB (http://host:port), SMTP_PORT,
// and USERNAME, PASSWORD where a login is wanted. Ends with 0, or with 1 and the reason.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import * as cypress from "./cypress.mjs";

const { POSTERN_NPM, WEB, SMTP_PORT, USERNAME, PASSWORD } = process.env;
const require = createRequire(pathToFileURL(POSTERN_NPM + "/package.json"));
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

const letter = {
  From: { Email: "sender@example.test", Name: "Sender" },
  To: [{ Email: "recipient@example.test", Name: "Recipient" }],
  Cc: [{ Email: "cc@example.test", Name: "Copy" }],
  Bcc: ["bcc@example.test"],
  ReplyTo: [{ Email: "reply@example.test", Name: "Reply" }],
  Subject: "A letter with a file",
  Text: "Some text.",
  HTML: '<p>Some <b>HTML</b> <img src="cid:inline-image"> <a href="http://127.0.0.1:9/">link</a></p><style>p{display:grid}</style>',
  Headers: { "List-Unsubscribe": "<mailto:leave@example.test>, <https://example.test/leave>" },
  Attachments: [
    { Content: PICTURE.toString("base64"), Filename: "file.png" },
    { Content: PICTURE.toString("base64"), Filename: "inline.png", ContentID: "inline-image", ContentType: "image/png" },
  ],
};

/** A class or a value that must be equal; arrays and objects are compared as a whole. */
function shape(found, wanted, where = "it") {
  if (wanted === String || wanted === Number || wanted === Boolean || wanted === Object)
    assert.equal(Object(found) instanceof wanted && found !== null, true, `${where}: ${JSON.stringify(found)}`);
  else if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(found), `${where} is no array`);
    found.forEach((value, i) => shape(value, wanted[0], `${where}[${i}]`));
  } else if (typeof wanted === "object") {
    assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted).sort(), where);
    for (const key of Object.keys(wanted)) shape(found[key], wanted[key], `${where}.${key}`);
  } else assert.equal(found, wanted, where);
}

const address = { Name: String, Address: String };
const user = USERNAME ?? "";
const summary = {
  ID: String, MessageID: String, Read: Boolean, From: address, To: [address], Cc: [address], Bcc: [address], ReplyTo: [address],
  Subject: String, Created: String, Username: user, Tags: [String], Size: Number, Attachments: Number, Snippet: String,
};
const list = {
  total: Number, unread: Number, count: Number, messages_count: Number, messages_unread: Number, start: Number, tags: [String], messages: [summary],
};
const file = {
  PartID: String, FileName: String, ContentType: String, ContentID: String, Size: Number,
  Checksums: { MD5: String, SHA1: String, SHA256: String },
};
const message = {
  ID: String, MessageID: String, From: address, To: [address], Cc: [address], Bcc: [address], ReplyTo: [address], ReturnPath: String,
  Subject: String, ListUnsubscribe: { Header: String, Links: [String], Errors: String, HeaderPost: String }, Date: String, Tags: [String],
  Username: user, Text: String, HTML: String, Size: Number, Inline: [file], Attachments: [file],
};

function mailpit() {
  const { MailpitClient } = require("mailpit-api");
  return new MailpitClient(WEB, USERNAME ? { auth: { username: USERNAME, password: PASSWORD } } : undefined);
}

async function smtp(...letters) {
  const transport = require("nodemailer").createTransport({ host: "127.0.0.1", port: Number(SMTP_PORT), secure: false, ignoreTLS: true });
  for (const one of letters) await transport.sendMail(one);
  transport.close();
}

async function mailpitPlugin() {
  const cy = cypress.start({ MAILPIT_URL: WEB, MAILPIT_USERNAME: USERNAME, MAILPIT_PASSWORD: PASSWORD, defaultCommandTimeout: 4000 });
  await import(pathToFileURL(require.resolve("cypress-mailpit")));
  return cy;
}

function mailhogPlugin() {
  const cy = cypress.start({ mailHogUrl: WEB + "/", defaultCommandTimeout: 2000, mailHogUsername: USERNAME, mailHogPassword: PASSWORD });
  require("cypress-mailhog");
  return cy;
}

function mailhog() {
  const { hostname, port } = new URL(WEB);
  return require("mailhog")({ host: hostname, port: Number(port), auth: USERNAME && `${USERNAME}:${PASSWORD}` });
}

const plain = { from: "ann@app.test", to: "bob@x.test", subject: "Für dich 件名", text: "Grüße, 本文\n.\nende", html: "<p>Grüße</p>" };

const scenarios = {
  async "mailpit-api: send, list, read, headers, source"() {
    const client = mailpit();
    const sent = await client.sendMessage(letter);
    shape(sent, { ID: String });
    shape(await client.getMessageSummary(), message);
    const found = await client.getMessageSummary(sent.ID);
    shape(found, message);
    assert.equal(found.Attachments.length, 1);
    assert.equal(found.Inline.length, 1);
    for (const headers of [await client.getMessageHeaders(), await client.getMessageHeaders(sent.ID)])
      shape(headers, {
        Bcc: [String], Cc: [String], "Content-Type": [String], Date: [String], From: [String], "List-Unsubscribe": [String],
        "Message-Id": [String], "Mime-Version": [String], "Reply-To": [String], "Return-Path": [String], Subject: [String], To: [String],
      });
    assert.match(await client.getMessageSource(), /^Subject: A letter with a file\r?$/m);
    shape(await client.listMessages(), list);
    shape(await client.listMessages(0, 10), list);
    const part = await client.getMessageAttachment(sent.ID, found.Attachments[0].PartID);
    assert.equal(part.type, "image/png");
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), PICTURE);
    assert.equal((await client.getAttachmentThumbnail(sent.ID, found.Attachments[0].PartID)).type, "image/jpeg");
    assert.match(await client.renderMessageHTML(sent.ID), /Some <b>HTML<\/b>/);
    assert.match(await client.renderMessageHTML(sent.ID, 1), /Some <b>HTML<\/b>/);
    assert.match(await client.renderMessageText(), /Some text\./);
  },
  async "mailpit-api: application, checks, tags, chaos"() {
    const client = mailpit();
    const { ID } = await client.sendMessage(letter);
    shape(await client.getInfo(), {
      Version: String, LatestVersion: String, Database: String, DatabaseSize: Number, Messages: Number, Unread: Number, Tags: Object,
      RuntimeStats: { Uptime: Number, Memory: Number, MessagesDeleted: Number, SMTPAccepted: Number, SMTPAcceptedSize: Number, SMTPRejected: Number, SMTPIgnored: Number },
    });
    const settings = await client.getConfiguration();
    shape(settings, {
      Label: String, SpamAssassin: Boolean, ChaosEnabled: Boolean, DuplicatesIgnored: Boolean, HideDeleteAllButton: Boolean,
      MessageRelay: {
        Enabled: Boolean, SMTPServer: String, ReturnPath: String, AllowedRecipients: String, BlockedRecipients: String, OverrideFrom: String,
        PreserveMessageIDs: Boolean, RecipientAllowlist: String,
      },
    });
    shape(await client.htmlCheck(), {
      Platforms: Object,
      Total: { Nodes: Number, Partial: Number, Supported: Number, Tests: Number, Unsupported: Number },
      Warnings: [{
        Category: String, Description: String, Keywords: String, NotesByNumber: Object, Slug: String, Tags: [String], Title: String, URL: String,
        Results: [{ Family: String, Name: String, NoteNumber: String, Platform: String, Support: String, Version: String }],
        Score: { Found: Number, Partial: Number, Supported: Number, Unsupported: Number },
      }],
    });
    shape(await client.linkCheck(ID, true), { Errors: Number, Links: [{ Status: String, StatusCode: Number, URL: String }] });
    if (!settings.SpamAssassin) await assert.rejects(client.spamAssassinCheck(ID), /404/);
    if (!settings.MessageRelay.Enabled) await assert.rejects(client.releaseMessage(ID, { To: ["x@y.test"] }), /400/);
    assert.equal(await client.setTags({ IDs: [ID], Tags: ["test tag"] }), "ok");
    assert.equal(await client.renameTag("test tag", "renamed-tag"), "ok");
    assert.deepEqual(await client.getTags(), ["renamed-tag"]);
    assert.equal(await client.deleteTag("renamed-tag"), "ok");
    assert.deepEqual(await client.getTags(), []);
    if (!settings.ChaosEnabled) {
      await assert.rejects(client.getChaosTriggers(), /400.*Chaos is not enabled/);
      await assert.rejects(client.setChaosTriggers({}), /400.*Chaos is not enabled/);
    }
  },
  async "mailpit-api: read status, search, waiting, deleting"() {
    const client = mailpit();
    const waiting = client.waitForMessage({ query: "subject:件名" });
    await smtp(plain, { ...plain, subject: "second" });
    const found = await waiting;
    assert.equal(found.Subject, plain.subject);
    assert.match(found.Text.replaceAll("\r\n", "\n"), /^Grüße, 本文\n\.\nende\n?$/);
    assert.equal((await client.waitForMessages({ count: 2, exact: true })).messages_count, 2);
    const results = await client.searchMessages({ query: "subject:second", start: 0, limit: 10 });
    assert.equal(results.messages_count, 1);
    const id = results.messages[0].ID;
    assert.equal(await client.setReadStatus({ IDs: [id], Read: true }), "ok");
    assert.equal((await client.searchMessages({ query: "is:read subject:second" })).messages_count, 1);
    assert.equal(await client.setReadStatus({ Search: "subject:second", Read: false }, { tz: "Asia/Tokyo" }), "ok");
    assert.equal((await client.searchMessages({ query: "is:unread subject:second", tz: "Asia/Tokyo" })).messages_count, 1);
    assert.equal(await client.setReadStatus({ Read: true }), "ok");
    assert.equal((await client.listMessages()).unread, 0);
    assert.equal(await client.deleteMessagesBySearch({ query: "subject:second" }), "ok");
    assert.equal((await client.listMessages()).total, 1);
    await smtp(plain);
    const ids = (await client.listMessages()).messages.map((one) => one.ID);
    assert.equal(await client.deleteMessages({ IDs: [ids[0]] }), "ok");
    assert.deepEqual((await client.listMessages()).messages.map((one) => one.ID), [ids[1]]);
    assert.equal(await client.deleteMessages(), "ok");
    assert.equal((await client.waitForMessages({ count: 0 })).messages_count, 0);
    await assert.rejects(client.getMessageSummary(), /404/);
    await assert.rejects(client.waitForMessage({ query: "subject:never" }, { timeout: 600, interval: 200 }), /Timeout/);
  },
  async "cypress-mailpit: every command of the plugin"() {
    const cy = await mailpitPlugin();
    await cy.mailpitDeleteAllEmails();
    assert.equal((await cy.mailpitGetAllMails()).messages.length, 0);
    await cy.mailpitSendMail();
    await cy.mailpitSendMail({
      subject: "Second one", to: [{ Email: "second@example.com", Name: "" }], textBody: "second text", htmlBody: "<b>second</b>",
      attachments: [{ Content: PICTURE.toString("base64"), Filename: "a.png" }], tags: ["tag-1"],
    });
    const all = await cy.mailpitGetAllMails();
    shape(all, list);
    assert.equal(all.messages_count, 2);
    assert.equal((await cy.mailpitHasEmailsBySubject("Second")).messages_count, 1);
    assert.equal((await cy.mailpitHasEmailsByTo("jane@example.com")).messages_count, 1);
    assert.equal((await cy.mailpitHasEmailsBySearch("tag:tag-1")).messages_count, 1);
    await cy.mailpitNotHasEmailsBySubject("Third");
    await cy.mailpitNotHasEmailsByTo("third@example.com");
    await cy.mailpitNotHasEmailsBySearch("is:read");
    assert.equal((await cy.mailpitGetEmailsBySubject("Hello Mailpit")).messages_count, 1);
    assert.equal((await cy.mailpitGetEmailsByTo("second@example.com", 0, 1)).messages.length, 1);
    const mail = await cy.mailpitGetMail();
    shape(mail, message);
    assert.equal(await cy.wrap(mail).mailpitGetSubject(), "Second one");
    assert.deepEqual(await cy.wrap(mail).mailpitGetRecipientAddress(), ["second@example.com"]);
    assert.equal(await cy.wrap(mail).mailpitGetFromAddress(), "from@example.com");
    assert.deepEqual(await cy.wrap(mail).mailpitGetAttachments(), ["a.png"]);
    // the plugin builds //view/ID.html
    assert.match(await cy.wrap(mail).mailpitGetMailHTMlBody(), /<b>second<\/b>/);
    assert.match(await cy.wrap(mail).mailpitGetMailTextBody(), /second text/);
    await assert.rejects((async () => await cy.wrap(mail).mailpitGetMailSpamAssassinSummary())(), /404/);
    const unread = async () => (await cy.mailpitGetAllMails()).unread;
    assert.equal(await cy.mailpitSetAllEmailStatusAsRead(), "ok");
    assert.equal(await unread(), 0);
    assert.equal(await cy.mailpitSetAllEmailStatusAsUnRead(), "ok");
    assert.equal(await unread(), 2);
    await cy.wrap(mail).mailpitSetStatusAsRead();
    assert.equal(await unread(), 1);
    await cy.wrap([mail]).mailpitSetStatusAsUnRead();
    assert.equal(await unread(), 2);
    await cy.mailpitDeleteEmailsBySearch("subject:Second");
    assert.equal((await cy.mailpitGetAllMails()).total, 1);
    await cy.mailpitDeleteAllEmails();
    assert.equal((await cy.mailpitGetAllMails()).total, 0);
  },
  async "mailhog: messages, searches, decoded parts, deleting"() {
    const client = mailhog();
    assert.deepEqual(await client.messages(), { total: 0, count: 0, start: 0, items: [] });
    await smtp({ ...plain, attachments: [{ filename: "a.txt", content: "attached" }] }, { ...plain, from: "zoe@app.test", to: "two@x.test", subject: "second" });
    const result = await client.messages(0, 10);
    assert.equal(result.count, 2);
    const found = result.items[1];
    const words = (mail) => mail.subject.replaceAll("_", " "); // the client leaves the _ of encoded words as it is
    assert.equal(words(found), plain.subject);
    assert.equal(found.from, "ann@app.test");
    assert.equal(found.to, "bob@x.test");
    assert.ok(found.date instanceof Date && found.deliveryDate instanceof Date && !isNaN(found.deliveryDate));
    assert.equal(found.attachments[0]?.name, "a.txt");
    const second = await client.latestFrom("zoe@app.test");
    assert.equal(second.subject, "second");
    assert.match(second.text.replaceAll("\r\n", "\n"), /Grüße, 本文\n\.\nende/);
    assert.match(second.html, /Grüße/);
    assert.equal(words(await client.latestTo("bob@x.test")), plain.subject);
    assert.ok(await client.latestContaining("second"));
    assert.ok(!(await client.latestTo("nobody@x.test")));
    assert.equal((await client.messages(1, 1)).items[0].ID, found.ID);
    assert.equal((await client.deleteMessage(found.ID)).statusCode, 200);
    assert.equal((await client.messages()).count, 1);
    // That path is Mailpit's too, and its "ok" is no JSON: the client may complain, but all is deleted.
    await client.deleteAll().catch((trouble) => assert.match(trouble.message, /JSON/));
    assert.equal((await client.messages()).count, 0);
  },
  async "cypress-mailhog: every command of the plugin"() {
    const cy = mailhogPlugin();
    await cy.mhDeleteAll();
    await smtp({ ...plain, subject: "first" }, { ...plain, subject: "second", from: "zoe@app.test", to: "two@x.test",
      html: undefined, attachments: [{ filename: "sample.pdf", content: "x" }] });
    await cy.mhWaitForMails(1);
    assert.equal((await cy.mhGetAllMails()).length, 2);
    assert.equal((await cy.mhGetAllMails(1)).length, 1);
    await cy.mhHasMailWithSubject("first");
    await cy.mhHasMailFrom("zoe@app.test");
    await cy.mhHasMailTo("two@x.test");
    assert.equal((await cy.mhGetMailsByRecipient("bob@x.test")).length, 1);
    assert.equal((await cy.mhSearchMails("to", "two@x.test")).length, 1);
    assert.equal((await cy.mhSearchMails("containing", "second")).length, 1);
    assert.equal((await cy.mhGetAllMails().mhFilterBySubject("first").mhFilterByRecipient("bob@x.test").mhFilterBySender("ann@app.test")).length, 1);
    const mail = () => cy.mhGetMailsBySubject("second").mhFirst();
    assert.equal(await mail().mhGetSubject(), "second");
    assert.equal(await mail().mhGetSender(), "zoe@app.test");
    assert.deepEqual(await mail().mhGetRecipients(), ["two@x.test"]);
    assert.deepEqual(await mail().mhGetAttachments(), ["sample.pdf"]);
    assert.ok((await mail().mhGetBody()).length > 0);
    assert.equal(await cy.mhGetJimMode(), false);
    await cy.mhSetJimMode(true);
    await cy.mhDeleteAll();
    assert.equal((await cy.mhGetAllMails()).length, 0);
  },
  async "nodemailer: what it composes is read back through the API"() {
    await smtp({
      from: '"Änne Ö" <ann@app.test>', to: ["bob@x.test", "日本 <jp@x.test>"], cc: "cc@x.test", bcc: "blind@x.test", replyTo: "r@x.test",
      subject: "件名 " + "long ".repeat(40).trim(), text: "x".repeat(3000) + "\n.\n..\nend",
      html: '<img src="cid:c1@x">', alternatives: [{ contentType: "text/x-web-markdown", content: "**x**" }],
      attachments: [{ filename: "見積.png", content: PICTURE, cid: "c1@x" }, { filename: "b".repeat(200) + ".bin", content: Buffer.alloc(70000, 7) }],
      list: { unsubscribe: { url: "https://x.test/leave" } }, priority: "high",
    });
    const client = mailpit();
    const found = await client.getMessageSummary();
    shape(found, message);
    assert.deepEqual(found.From, { Name: "Änne Ö", Address: "ann@app.test" });
    assert.deepEqual(found.To.map((one) => one.Address), ["bob@x.test", "jp@x.test"]);
    assert.deepEqual(found.Bcc.map((one) => one.Address), ["blind@x.test"]);
    assert.equal(found.Subject, "件名 " + "long ".repeat(40).trim());
    const big = [...found.Attachments, ...found.Inline].find((one) => one.FileName.endsWith(".bin"));
    assert.equal(big.Size, 70000);
    assert.deepEqual(found.ListUnsubscribe.Links, ["https://x.test/leave"]);
    const text = found.Text.replaceAll("\r\n", "\n").trimEnd();
    assert.equal(text, "x".repeat(3000) + "\n.\n..\nend");
  },
};

const name = process.argv[2];
if (name === "--list") console.log(JSON.stringify(Object.keys(scenarios)));
else {
  await scenarios[name]();
  process.exit(0); // a plugin may have left a timer
}
