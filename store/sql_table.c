#include "store/sql.h"

bool sql_reads(const char *text)
{
	return sql_begins(text, "SELECT") || (sql_begins(text, "WITH") && !strstr(text, "INSERT") &&
					      !strstr(text, "UPDATE") && !strstr(text, "DELETE"));
}

struct span sql_table(const char *text)
{
	static const char *const begins[] = { "INSERT OR ROLLBACK INTO ", "UPDATE OR ROLLBACK ",
					      "INSERT INTO ", "UPDATE ", "DELETE FROM " };

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		const char *table;

		if (!sql_begins(text, begins[i]))
			continue;
		table = text + strlen(begins[i]);
		return (struct span){ table, strspn(table, "abcdefghijklmnopqrstuvwxyz_") };
	}
	return SPAN("");
}
