/* Which answers of staff are held for a line that was meant as a command, and which are not. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/mail/staff_answer.h"

/* What a colleague was shown: gatewayd/post/shown.h. */
#define SHOWN                                                 \
	"sthe proxy drops requests since Monday.\n"           \
	"s#close is what I wanted to write in the subject.\n" \
	"s#note\n"                                            \
	"sInternal: error 500 since Monday.\n"                \
	"iAccount: Acme Networks\n"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))
#define REST	 "\nThe customer is late with paying."

static const char *const held[] = {
	/* where commands stand, in any form */
	"#nte" REST,
	"#note-" REST,
	"# note" REST,
	"##note" REST,
	"/note" REST,
	"*#note*" REST,
	"\xef\xbc\x83note" REST,
	"#\xef\xbd\x8e\xef\xbd\x8f\xef\xbd\x94\xef\xbd\x85" REST,
	"&#35;note" REST,
	"&#x23;note he is late",
	"&num;note" REST,
	"&amp;#35;note" REST,
	"&amp;num;note" REST,
	"&#35;&#110;ote" REST,
	"&#65283;note" REST,
	"&nbsp;#note" REST,
	"#&zwnj;note" REST,
	"#n&shy;ote" REST,
	"&sol;note" REST,
	"&ast;note&ast;" REST,
	"%23note" REST,
	"=23note" REST,
	"\\#note" REST,
	"\\u0023note" REST,
	"\\x23note" REST,
	"#\xe2\x80\x8bnote" REST,
	"#n\xe2\x80\x8do\xe2\x80\x8bte" REST,
	"\xef\xbb\xbf#note" REST,
	"#\xef\xb8\x8f\xe2\x83\xa3note" REST,
	"\xe2\x99\xafnote" REST,
	"\xef\xb9\x9fnote" REST,
	"#n o t e" REST,
	"#n.o.t.e" REST,
	"#n-o-t-e" REST,
	"#not\xc3\xa9" REST,
	"#nte\xcc\x81" REST,
	"#\xd0\xbfote" REST,
	"#n0te" REST,
	"#not3" REST,
	"#\xf0\x9d\x90\xa7\xf0\x9d\x90\xa8\xf0\x9d\x90\xad\xf0\x9d\x90\x9e" REST,
	"#\xe2\x93\x9d\xe2\x93\x9e\xe2\x93\xa3\xe2\x93\x94" REST,
	"#noteThe customer is late.",
	"#.note" REST,
	"#(note)" REST,
	"#<note>" REST,
	"#\"note\"" REST,
	"#!note" REST,
	"#=note" REST,
	"#/note" REST,
	"<#note>" REST,
	"{#note}" REST,
	"(#note)" REST,
	"|#note|" REST,
	"\xe2\x80\xb9#note\xe2\x80\xba" REST,
	"\xe2\x80\x9e#note\xe2\x80\x9c" REST,
	"\xc2\xb6 #note" REST,
	"^#note" REST,
	",#note" REST,
	/* of all sorts */
	"&gt; #note he is late",
	"Hi,\n&gt; #note he is late",
	"```\n#note he is late\n```",
	"<!-- #note he is late -->",
	"\xe2\x80\xae#note he is late",
	"//note he is late",
	"# # note" REST,
	"#\xef\xb8\x8f\xe2\x83\xa3 note he is late",
	"<p>#note he is late</p>",
	"<b>#note</b>" REST,
	"**#note** he is late",
	"__#note__" REST,
	"~~#note~~" REST,
	"`#note` he is late",
	"#note=he is late",
	"#note/he is late",
	"#note-he is late",
	"# NOTE" REST,
	"#inter nal" REST,
	"#int." REST,
	"#intenral" REST,
	"#priv" REST,
	"We look.\n#-note he is late",
	"We look.\n##note he is late",
	"We look.\n#.note",
	"We look.\n# nte",
	"We look.\n*note*",
	"We look.\n#private he is late",
	"We look.\n#interne he is late",
	"We look.\n#ntoe he is late",
	"We look.\n#noet: he is late",
	"We look.\n#not he is late",
	"We look.\n#take",
	"We look.\n#assign tess",
	"We look.\n#severity 1",
	"We look.\n/note he is late",
	"We look.\n#resolved",
	"We look.\n#send",
	"We look.\n#cc a@b.test",
	"We look.\n#waiting for him",
	"We look.\n# close",
	"We look.\n#merge 4",
	"We look.\n#sevrity 1",
	"We look.\n#asign tess",
	"Dear Ann,\n\nHi,\n#note he is late",
	"Dear Mrs Example of the Example Company,\n#nte he is late",
	"Thanks.\n\n\n\n#notes he is late",
	"Sam here.\n\xef\xbc\x83nte he is late",
	/* lists */
	"- #note" REST,
	"* #note" REST,
	"+ #note" REST,
	"1. #note" REST,
	"1) #note" REST,
	"(1) #note" REST,
	"a) #note" REST,
	"A. #note" REST,
	"iv. #note" REST,
	"a) #nte" REST,
	"[ ] #note" REST,
	"[x] #note" REST,
	"\xe2\x80\xa2 #note" REST,
	"\xe2\x98\x90 #note" REST,
	"\xe3\x83\xbb #note",
	"Sam: #note" REST,
	"TODO #note" REST,
	"FYI: #note he is late",
	/* what quotes it */
	"> #note" REST,
	"> #note he is late",
	">#note" REST,
	"> > #note" REST,
	"| #note he is late",
	"AB> #note he is late",
	"\xe2\x94\x82 #note he is late",
	"> &#35;note" REST,
	"Hi,\n> #note" REST,
	"Hi,\n\n> #note he is late",
	"Hi,\n>\n> #note\n> he is late",
	"Hello Ann,\n\n>> #internal he is late",
	"> #nte" REST,
	"> #sevrity 2" REST,
	"> - #note he is late",
	"> /note" REST,
	"> *#note*" REST,
	/* below a greeting, below the text, in it */
	"Hi,\n#note" REST,
	"Hi,\n&#35;note" REST,
	"Hi,\n- #note" REST,
	"Hi,\n#nte he is late",
	"We look at it.\n\n#note" REST,
	"We look at it.\n\n&#35;note" REST,
	"We look at it.\n\n> #note he is late",
	"We look at it.\n> #note",
	"We look.\n&num;note",
	"We look at it.\n\n%23note",
	"We look at it.\n\n#n o t e",
	"We look at it.\n\n#not\xc3\xa9",
	"We look at it.\n\n#noteThe customer is late.",
	"We look at it.\n\n# note he is late",
	"We look at it. #note he is late",
	"We look at it (#note he is late)",
	"We look at it. &#35;note he is late",
	"We look at it. \xef\xbc\x83note he is late",
	"We look at it.\n\nSam #internal he is late",
	"We look.\xe2\x80\xa8#note he is late",
	"We look.\v#note",
	"We look.\xc2\x85#nte",
	"Regards,\nSam\n\n#close",
	"Regards,\nSam\n- #resolve",
	"Done.\n\n-- \nSam\n#note he is late",
	"Done.\n\na) #nte",
	"We look at it.\n\n> #nte",
	"We look at it.\n\n#clsoe",
	"We look at it.\n\n/close",
	/* there is no such command */
	"#foo" REST,
	"#hashtag" REST,
	"#include" REST,
	"#include the log, please",
	"#define",
	"#fliter <x>" REST,
	"#cc0" REST,
	/* for colleagues, and no "#" at all: as the first line */
	"note: he is late",
	"Note: he is late",
	"NOTE : he is late",
	"note:" REST,
	"note" REST,
	"Note" REST,
	"**Note:** he is late",
	"n\xe2\x80\x8bote: he is late",
	"\xef\xbd\x8e\xef\xbd\x8f\xef\xbd\x94\xef\xbd\x85\xef\xbc\x9a he is late",
	"[note] he is late",
	"(note) he is late",
	"- note: he is late",
	"Note - he is late",
	"note \xe2\x80\x93 he is late",
	"#take\nnote: he is late",
	"\n\nnote: he is late",
	"notiz: er ist spaet",
	"Notiz" REST,
	"interne notiz: er ist spaet",
	"Interne Notiz" REST,
	"intern: er ist spaet",
	"internal: he is late",
	"internal" REST,
	"Internal note" REST,
	/* below it, too */
	"Hi,\ninternal: he is late",
	"We look.\n\nInternal: he is late",
	"We look.\nINTERNAL: he is late",
	"We look.\nIntern: er ist spaet",
	"We look.\n\ninternal note: he is late",
	"We look.\n\nInternal Notes: he is late",
	"We look.\ninternal-note: he is late",
	"We look.\n\nInternal note\nhe is late",
	"We look.\n\n--- internal note ---\nhe is late",
	"We look.\nNur intern: er ist spaet",
	"We look.\n(nur intern) er ist spaet",
	"We look.\n[internal] he is late",
	"We look.\n*Internal:* he is late",
	"We look.\n- Internal: he is late",
	"We look.\n> Internal: he is late",
	"We look.\nInterne Notiz: er ist spaet",
	"We look.\nInternal only: he is late",
	"We look.\nStaff only: he is late",
	"We look.\nPrivate note: he is late",
	"Done.\n\n-- \nSam\nInternal: he is late",
	/* a verb, nearly */
	"#endif" REST "\n#note",
	"#fiel 3" REST,
	"#opn" REST,
	"#tkae" REST,
	"#asign sam" REST,
	"#resolved" REST,
	"#waitng" REST,
	"#merg 4" REST,
	"#sned" REST,
	"#cal he rang" REST,
};

static const char *const sent[] = {
	/* programs, at the top as well as below */
	"#include <stdio.h>\nint main(void) { return 0; }",
	"#include \"proxy.h\"",
	"#include<stdio.h>",
	"#define RETRIES 3",
	"#define _GNU_SOURCE\n#include <stdlib.h>",
	"#undef RETRIES",
	"#ifdef X\nint i;\n#endif",
	"#ifndef X_H\n#define X_H\n#endif",
	"#pragma once",
	"#import <Foundation/Foundation.h>",
	"#elif defined(X)",
	"#!/bin/sh\necho hello",
	"#!/usr/bin/env python3\nprint(1)",
	"#! /bin/sh -e",
	"#!/opt/bin/perl",
	"#ffcc00 is the colour.",
	"#0a0 is the colour.",
	"#b0ffee",
	"Add this line:\n\n#include <stdio.h>",
	"Hi,\n#include <stdio.h>\nis missing.",
	"Hi,\n#define RETRIES 3\nis wrong.",
	"Put this first:\n#!/bin/sh\nset -e",
	"$ proxy --all   # starts it\n$ proxy --one",
	"# where to listen\nlisten 80",
	"listen 80\n# how often to try\nretry = 3",
	"Run:\n\n# systemctl restart proxy\n# reboot",
	"a = 1  # the number of hosts",
	"x = y # comment",
	"SELECT 1; # all of it",
	"body { color: #333 }\n#main { margin: 0 }",
	"Please write:\n\n#main {\n}\n#foot {\n}",
	/* numbers */
	"#1",
	"#1 is the one to take.",
	"# 1 in the list",
	"#12 is the port.",
	"#12: mended\n#13: not",
	"Ticket #4711 is mended.",
	"No. #3 is right.",
	"We are #1!",
	"1. restart\n2. open it",
	/* words */
	"It is on our page.\n\n#hashtag",
	"Follow us:\n#proxy #network #support",
	"The tag is #outage.",
	"Thanks! #happy",
	"C# and F# are fine.",
	"Press * and # together.",
	"Dial *100#",
	"Press #.",
	"# Heading\n\nText",
	"## What happened\n\nIt fell.",
	"# What we did\n\n## The cause\n\nA cable.",
	/* paths */
	"/notes/x is the file.",
	"/notes/x",
	"/note.txt",
	"/note/2026/x.txt has it.",
	"Look into:\n\n/notes/x",
	"Look into:\n/note.txt",
	"/home/ann/notes",
	"/opt",
	"/home",
	"Look into:\n\n/opt",
	"The file is in:\n/home",
	"\\\\server\\notes\\x",
	"C:\\notes\\x",
	"/var/log/proxy.log",
	"/etc/hosts\n/etc/passwd",
	"and/or",
	"Yes/No",
	"/1",
	"https://docs.example.test/proxy#note",
	"See https://docs.example.test/#notes.",
	"See https://docs.example.test/a?b=%23note",
	"docs/page#internal",
	"a/note",
	/* other marks */
	"* restart the proxy\n* clear its cache",
	"*important*: restart it",
	"Hi,\nNote: it takes long.",
	"We look.\n\nNote: the update takes ten minutes.",
	"We look.\n- note: the update takes ten minutes.",
	"Please note: the update takes ten minutes.",
	"Take note: it takes long.",
	"Note that it takes long.",
	"Notes on the update: it takes long.",
	"We look.\nnote",
	"Internal errors are gone: all is well.",
	"Internally: nothing has changed.",
	"Your internal: hosts are fine.",
	"The page says (internal: 500).",
	"Internal servers\nExternal servers",
	"The networks are:\n- internal\n- external",
	"Intern ist alles gut.",
	"Internationally: it takes longer.",
	"Internet: it is up again.",
	"Internal DNS: it is mended.",
	"Note 12345: it is on our page.",
	"We look.\nInternal 10.0.0.1:80 is the one.",
	"internal -> external: that is the way.",
	"Hinweis: Das dauert lange.",
	"Notice: it takes long.",
	"Node: it is up again.",
	"Staff at your site: please restart it.",
	"- note the time",
	"- Take the new version",
	"1) close the port",
	"> purge --all",
	"Please type this:\n\n> purge --all",
	"> It worked before.\n\nThat is the old bug.",
	"Our vendor says:\n\n> # of retries: 3",
	"Internal error 500 is gone.",
	"@Tess please look",
	"100% is right",
	"50 &amp; 60",
	"a &lt; b",
	"AT&T",
	"x=23 and y=24",
	"Save 20%23",
	"n o t e",
	"A. Restart it.",
	"a) restart\nb) open",
	/* what was shown, quoted on purpose */
	"> #close is what I wanted to write in the subject.\n\nThat works.",
	"Hi,\n> #close is what I wanted to write\nYou may.",
	"We look at it.\n\n> #close is what I wanted to write in the subject.",
	"We look at it.\n\n> Internal: error 500 since Monday.\n\nThat is mended.",
};

/* A subject that was written over. */
static const char *const held_subjects[] = {
	"#note",
	"#nte he is late",
	"&#35;note",
	"Re: #note",
	"\xef\xbc\x83note",
	"/note",
	"# note",
	"Re: [Support #1] The proxy #note he is late",
};
static const char *const sent_subjects[] = {
	"",
	"Re: [Support #1] The proxy",
	"Re: [Support #1] #close it",
	"AW: #1 of 3",
	"[Support #12] /notes/x",
	"Re: note the port",
	"#4711",
	"Re: C# and #12",
	"Internal: the proxy",
	"Note: the proxy",
};

static enum staff_held read_answer(struct arena *a, const char *subject, const char *text)
{
	static const struct conf conf;
	static const struct span shown[] = { SPAN_LITERAL(SHOWN) };
	struct facts f = { .subject = span_of(subject), .text = span_of(text) };
	struct staff_answer_in in = {
		.conf = &conf, .facts = &f, .shown = shown, .shown_count = 1
	};
	struct staff_answer r;

	staff_answer_read(&in, a, &r);
	return r.held;
}

/* text NULL: they are texts, else subjects of it. */
static int try_all(const char *const *v, size_t n, const char *text, bool is_held)
{
	struct arena a ARENA_AUTO;
	int wrong = 0;

	arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		enum staff_held why =
		    text ? read_answer(&a, v[i], text) : read_answer(&a, "Re: a question", v[i]);

		if ((why != HELD_NO) == is_held)
			continue;
		wrong++;
		print_message("# %s: %s\n", is_held ? "sent" : staff_held_why(why), v[i]);
	}
	print_message("# %zu answers, %d %s wrongly\n", n, wrong, is_held ? "sent" : "held");
	return wrong;
}

static void test_held(void **s)
{
	(void)s;
	assert_int_equal(try_all(held, COUNT(held), NULL, true), 0);
	assert_int_equal(try_all(held_subjects, COUNT(held_subjects), "We look.", true), 0);
}

static void test_sent(void **s)
{
	(void)s;
	assert_int_equal(try_all(sent, COUNT(sent), NULL, false), 0);
	assert_int_equal(try_all(sent_subjects, COUNT(sent_subjects), "We look.", false), 0);
}

/* Anybody's answer may be of a megabyte that is nothing but marks. */
static void test_large(void **s)
{
	static const char *const pieces[] = { "\f",    "\xe2\x80\xa8", "- # ", "#",	   "&amp;",
					      "&#35;", "# ",	       "- ",   "> #note ", "<b>#",
					      "#n ",   "\n#\n",	       ">\n",  "> a\n",	   "---\n",
					      "\n",    "a\n\n" };
	enum { SIZE = 1 << 20 };
	struct arena a ARENA_AUTO;
	struct buf text BUF_AUTO;

	(void)s;
	arena_init(&a);
	buf_init(&text, 2 * SIZE);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		buf_clear(&text);
		while (text.n < SIZE)
			buf_adds(&text, pieces[i]);
		read_answer(&a, "Re: a question", buf_cstr(&text));
		arena_reset(&a);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
