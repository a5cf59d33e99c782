# Turns the files of a folder pages/ into a C table of their texts: name, content.
#
#   awk -v header=gatewayd/web/page.h -v table="page_text page_texts" -f pages.awk FILE...

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\\n\""
}

FNR == 1 {
	if (NR > 1)
		print "\t  \"\" },"
	else
		print "#include \"" header "\"\n\nconst struct " table "[] = {"
	name = FILENAME
	sub(/.*\//, "", name)
	printf "\t{ \"%s\",\n", name
}
{ print "\t  " quoted($0) }
END { print "\t  \"\" },\n\t{ 0 },\n};" }
