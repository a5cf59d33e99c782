# Turns store/sql/*.sql and store/sql/migrations/*.sql into C.
#
#   awk -v emit=ids  -f store/sql.awk FILE...    the enum, a name per statement
#   awk -v emit=text -f store/sql.awk FILE...    the texts of one engine (-v engine=sqlite)
#
# In a file of statements:
#   -- columns: case          what follows is a piece that {case} stands for
#   -- name: case_get         what follows is a statement, sql_id SQL_CASE_GET
#   -- name: x [postgresql]   the same for one engine; goes before one without an engine
# INDEXED BY is SQLite's: a statement that would not use that index is an error, not slow.
# Other lines that begin with "--" are comments.  A migration is a file taken as it is.

function die(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	failed = 1
	exit 1
}

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\\n\""
}

function close_block() {
	if (kind == "name" && text == "")
		die("an empty statement: " name)
	if (kind == "columns")
		columns[name] = text
	else if (kind == "name" && wanted)
		statement[name] = text
	kind = text = ""
}

# A piece of columns has no line of its own where it stands.
function expanded(s,    key, piece) {
	while (match(s, /\{[a-z_]+\}/)) {
		key = substr(s, RSTART + 1, RLENGTH - 2)
		if (!(key in columns))
			die("unknown columns {" key "}")
		piece = columns[key]
		sub(/\n$/, "", piece)
		s = substr(s, 1, RSTART - 1) piece substr(s, RSTART + RLENGTH)
	}
	return s
}

function literal(s,    n, lines, i, out) {
	sub(/\n$/, "", s)
	n = split(s, lines, "\n")
	out = ""
	for (i = 1; i <= n; i++)
		out = out "\n\t  " quoted(lines[i])
	return out
}

BEGIN {
	if (engine == "")
		engine = "sqlite"
}

FNR == 1 {
	close_block()
	migration = ""
	if (FILENAME ~ /\/migrations\//) {
		migration = FILENAME
		sub(/.*\//, "", migration)
		sub(/\.sql$/, "", migration)
		migrations[++migration_count] = migration
	}
}

migration != "" {
	migration_text[migration] = migration_text[migration] $0 "\n"
	next
}

/^-- (name|columns): / {
	close_block()
	kind = $2
	sub(/:$/, "", kind)
	name = $3
	if (name !~ /^[a-z][a-z0-9_]*$/)
		die("not a name: " name)
	variant = $4
	gsub(/[][]/, "", variant)
	if ((kind, name, variant) in seen)
		die(name " is there twice")
	seen[kind, name, variant] = 1
	if (kind == "name" && !(name in known)) {
		known[name] = 1
		names[++name_count] = name
	}
	wanted = variant == engine || (variant == "" && !((kind, name, engine) in seen))
	next
}

/^--/ || /^[ \t]*$/ { next }

kind == "" { die("text outside of a block") }

{ text = text $0 "\n" }

END {
	if (failed)
		exit 1
	close_block()
	print "/* Made by store/sql.awk. */"
	if (emit == "ids") {
		print "enum sql_id {"
		for (i = 1; i <= name_count; i++)
			print "\tSQL_" toupper(names[i]) ","
		print "\tSQL_COUNT\n};"
		exit 0
	}
	print "#include \"store/sql.h\"\n"
	print "const struct sql_statement sql_statements[SQL_COUNT] = {"
	for (i = 1; i <= name_count; i++) {
		if (!(names[i] in statement))
			die("no text for " engine ": " names[i])
		printf "\t[SQL_%s] = { \"%s\",%s },\n", toupper(names[i]), names[i],
		    literal(expanded(statement[names[i]]))
	}
	print "};\n\nconst struct sql_migration sql_migrations[] = {"
	for (i = 1; i <= migration_count; i++)
		printf "\t{ %d, \"%s\",%s },\n", substr(migrations[i], 1, 4) + 0, migrations[i],
		    literal(migration_text[migrations[i]])
	print "};\nconst int sql_migration_count = " migration_count + 0 ";"
}
