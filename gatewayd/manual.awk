# gatewayd-templates(7) from conf/templates/README.md: headings, paragraphs, lists, tables and `code`, no more.
# A row of a table is a tag and its words; a third column says which templates have the name.

# One line a sentence, none over 80 bytes, and nothing that roff takes for a request.
function put(text,    n, words, i, line)
{
	n = split(text, words, /[ \t]+/)
	line = ""
	for (i = 1; i <= n; i++) {
		if (words[i] == "")
			continue
		if (line != "" && length(line) + length(words[i]) > 74) {
			say(line)
			line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
		if (words[i] ~ /[.!?]("|\))?$/ && i < n) {
			say(line)
			line = ""
		}
	}
	if (line != "")
		say(line)
}

function say(line)
{
	print (line ~ /^[.']/ ? "\\&" : "") line
}

# `code` is bold.
function marked(text,    parts, n, i, out)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/…/, "...", text)
	n = split(text, parts, "`")
	for (i = 1; i <= n; i++)
		out = out (i % 2 ? parts[i] : "\\fB" spaced(parts[i]) "\\fR")
	return out
}

# Code stays on one line.
function spaced(text)
{
	gsub(/ /, "\\~", text)
	return text
}

function paragraph()
{
	if (text != "") {
		if (!first)
			print ".Pp"
		put(marked(text))
		first = 0
	}
	text = ""
}

function list_ends()
{
	if (listed)
		print ".El"
	listed = 0
}

function list_begins(kind)
{
	paragraph()
	if (!listed)
		print ".Bl " kind
	listed = 1
}

function trimmed(s)
{
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

BEGIN {
	print ".Dd November 28, 2026"
	print ".Dt GATEWAYD-TEMPLATES 7"
	print ".Os"
	print ".Sh NAME"
	print ".Nm gatewayd-templates"
	print ".Nd how the mails of gatewayd are written"
	print ".Sh DESCRIPTION"
	first = 1
}

/^# / { next }

/^## Adding/ { exit }

/^## / {
	paragraph()
	list_ends()
	print ".Sh " toupper(substr($0, 4))
	first = 1
	next
}

/^\|[-| ]*$/ { next }

/^\|/ {
	n = split($0, cells, "|")
	if (trimmed(cells[2]) !~ /`/)	# the head
		next
	list_begins("-tag -width Ds")
	print ".It " (length(trimmed(cells[2])) > 60 ? "names" : marked(trimmed(cells[2])))
	if (length(trimmed(cells[2])) > 60)
		put(marked(trimmed(cells[2])) ":")
	put(marked(trimmed(cells[3])) (n > 4 ? " (" marked(trimmed(cells[4])) ")" : ""))
	first = 0
	next
}

/^[ \t]*$/ {
	paragraph()
	list_ends()
	next
}

{ text = text (text == "" ? "" : " ") $0 }

END {
	paragraph()
	list_ends()
	print ".Sh SEE ALSO"
	print ".Xr gatewayd.conf 5 ,"
	print ".Xr gatewayd-mail 7 ,"
	print ".Xr gatewayctl 8"
}
