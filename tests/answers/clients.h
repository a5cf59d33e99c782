/*
 * What mail clients make of a mail that is answered.
 *
 * CLIENT(name, intro, prefix, wrap, how): intro stands above the quote, with %D a date, %N and %A
 * name and address of whom it came from, %S its subject, %I its Message-ID; each quoted line begins
 *with prefix, is wrapped after so many bytes (0: not), and how says what else the client does:
 *
 *	PLAIN	nothing	   QUOTED  the intro is quoted too	   LOOSE  what was wrapped has no
 *prefix ASCII	other characters become "?"	   HTML	 the HTML version goes back in that frame
 *	LINKED	the text of the HTML, each link behind its words
 */
/* clang-format off */
CLIENT("gmail", "On %D %N <%A> wrote:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-de", "Am %D schrieb %N <%A>:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-fr", "Le %D, %N <%A> a écrit :\n\n", "> ", 70, PLAIN)
CLIENT("gmail-es", "El %D, %N (<%A>) escribió:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-pt", "Em %D, %N <%A> escreveu:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-it", "Il giorno %D %N <%A> ha scritto:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-ja", "%D %N <%A>:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-ru", "%D, %N <%A>:\n\n", "> ", 72, PLAIN)
CLIENT("gmail-wrapped", "On %D %N\n<%A> wrote:\n\n", "> ", 60, PLAIN)
CLIENT("apple", "On %D, at 09:00, %N <%A> wrote:\n\n", "> ", 0, QUOTED)
CLIENT("thunderbird", "On %D, %N wrote:\n", "> ", 78, PLAIN)
CLIENT("thunderbird-de", "Am %D um 09:00 schrieb %N:\n", "> ", 78, PLAIN)
CLIENT("mutt", "On %D, %N wrote:\n", "> ", 0, PLAIN)
CLIENT("initials", "%N <%A> wrote:\n\n", "SS> ", 0, PLAIN)
CLIENT("outlook", "________________________________\nFrom: %N <%A>\nSent: %D\nTo: Sam Support <sam@staff.test>\nSubject: %S\n\n", "", 0, PLAIN)
CLIENT("outlook-de", "Von: %N <%A>\nGesendet: %D\nAn: Sam Support <sam@staff.test>\nBetreff: %S\n\n", "", 0, PLAIN)
CLIENT("outlook-classic", "-----Original Message-----\nFrom: %N [mailto:%A]\nSent: %D\nTo: Sam Support\nSubject: %S\n\n", "", 76, PLAIN)
CLIENT("outlook-marked", "-----Original Message-----\n> From: %N <%A>\n> Sent: %D\n> To: Sam Support\n> Subject: %S\n>\n", "> ", 0, PLAIN)
CLIENT("outlook-fr", "De : %N <%A>\nEnvoyé : %D\nÀ : Sam Support <sam@staff.test>\nObjet : %S\n\n", "", 0, PLAIN)
CLIENT("notes", "%N <%A>\n%D\n\nTo: Sam Support <sam@staff.test>\nSubject: %S\n\n", "", 0, PLAIN)
CLIENT("bars", "On %D, %N <%A> wrote:\n", "| ", 0, PLAIN)
CLIENT("box", "On %D, %N <%A> wrote:\n", "│ ", 0, PLAIN)
CLIENT("tabs", "%N <%A> wrote:\n", "\t", 0, PLAIN)
CLIENT("rule", "------------------------------\n", "", 0, PLAIN)
CLIENT("nothing", "", "", 0, PLAIN)
CLIENT("loose", "On %D, %N <%A> wrote:\n", "> ", 50, LOOSE)
CLIENT("narrow", "On %D, %N <%A> wrote:\n", "> ", 34, PLAIN)
CLIENT("ascii", "On %D, %N <%A> wrote:\n", "> ", 0, ASCII)
CLIENT("gmail-html", "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On %D %N &lt;<a href=\"mailto:%A\">%A</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\">%H</blockquote></div>", "", 0, HTML)
CLIENT("apple-html", "<br><div><blockquote type=\"cite\"><div>On %D, %N &lt;<a href=\"mailto:%A\">%A</a>&gt; wrote:</div><br><div>%H</div></blockquote></div>", "", 0, HTML)
CLIENT("outlook-html", "<div id=\"divRplyFwdMsg\"><hr><b>From:</b> %N &lt;%A&gt;<br><b>Sent:</b> %D<br><b>To:</b> Sam Support &lt;sam@staff.test&gt;<br><b>Subject:</b> %S</div><div>%H</div>", "", 0, HTML)
CLIENT("word-html", "<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>From:</b> %N &lt;%A&gt;<br><b>Sent:</b> %D<br><b>To:</b> Sam Support<br><b>Subject:</b> %S</p></div>%H", "", 0, HTML)
CLIENT("plain-html", "<div><br></div><hr>%H", "", 0, HTML)
CLIENT("gmail-phone", "On %D, %N, <%A>\nwrote:\n\n", "> ", 0, PLAIN)
CLIENT("gmail-phone-html", "<br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On %D, %N, &lt;<a href=\"mailto:%A\">%A</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">%H</blockquote></div>", "", 0, HTML)
CLIENT("outlook-text", "From: %N <%A>\nSent: %D\nTo: Sam Support <sam@staff.test>\nSubject: %S\n\n", "", 0, LINKED)
CLIENT("outlook-marks", "-----Original Message-----\n> From: %N <%A>\n> Sent: %D\n> To: Sam Support\n> Subject: %S\n>\n", "> ", 76, LINKED)
CLIENT("outlook-phone", "________________________________\nFrom: %N <%A>\nSent: %D\nTo: Sam Support <sam@staff.test>\nSubject: %S\n\n", "", 0, LINKED)
CLIENT("outlook-web", "<hr tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" color=\"#000000\"><b>From:</b> %N &lt;%A&gt;<br><b>Sent:</b> %D<br><b>To:</b> Sam Support &lt;sam@staff.test&gt;<br><b>Subject:</b> %S</font><div>&nbsp;</div></div>%H", "", 0, HTML)
CLIENT("outlook-mobile-html", "<div id=\"ms-outlook-mobile-signature\"></div><div id=\"mail-editor-reference-message-container\"><hr><div id=\"divRplyFwdMsg\"><b>From:</b> %N &lt;%A&gt;<br><b>Sent:</b> %D<br><b>To:</b> Sam Support &lt;sam@staff.test&gt;<br><b>Subject:</b> %S</div><div>%H</div></div>", "", 0, HTML)
CLIENT("thunderbird-html", "<div class=\"moz-cite-prefix\">On %D, %N wrote:<br></div><blockquote type=\"cite\" cite=\"mid:1@support.test\">%H</blockquote>", "", 0, HTML)
CLIENT("apple-phone", "On %D, %N <%A> wrote:\n> \n> \xef\xbb\xbf\n", "> ", 0, PLAIN)
CLIENT("apple-phone-html", "<div dir=\"ltr\"><br><blockquote type=\"cite\">On %D, %N &lt;%A&gt; wrote:<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">%H</div></blockquote>", "", 0, HTML)
CLIENT("yahoo", "   On %D, %N <%A> wrote:  \n \n", " ", 0, LINKED)
CLIENT("yahoo-html", "<div id=\"ydp1yahoo_quoted_2\" class=\"ydp1yahoo_quoted\"><div style=\"color:#26282a\"><div>On %D, %N &lt;%A&gt; wrote:</div><div><br></div><div>%H</div></div></div>", "", 0, HTML)
CLIENT("proton", "On %D, %N <%A> wrote:\n\n", "> ", 0, LINKED)
CLIENT("proton-old", "------- Original Message -------\nOn %D, %N <%A> wrote:\n\n\n", "> ", 0, PLAIN)
CLIENT("proton-html", "<div class=\"protonmail_quote\">On %D, %N &lt;%A&gt; wrote:<br><blockquote class=\"protonmail_quote\" type=\"cite\">%H</blockquote></div>", "", 0, HTML)
CLIENT("s-nail", "%N wrote in\n <%I>:\n", " |", 0, PLAIN)
CLIENT("bare-html", "<p>On %D, %N &lt;%A&gt; wrote:</p>%H", "", 0, HTML)
/* clang-format on */
