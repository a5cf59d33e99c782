/* Accounts as JSON: an array of objects with contacts and contracts inside of them. */
#include "gatewayd/ctl/account_shapes.h"
#include "gatewayd/ctl/json_lines.h"

struct reader {
	struct account_file *f;
	struct json_lines lines;
};

/* A value as the text that the fields take. */
static bool scalar(struct reader *r, const json_t *j, struct span *ret_text)
{
	switch (json_typeof(j)) {
	case JSON_STRING:
		*ret_text = (struct span){ json_string_value(j), json_string_length(j) };
		*ret_text = arena_dup(r->f->arena, *ret_text);
		return true;
	case JSON_INTEGER:
		*ret_text = span_of(
		    arena_printf(r->f->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(j)));
		return true;
	case JSON_TRUE: *ret_text = SPAN("true"); return true;
	case JSON_FALSE: *ret_text = SPAN("false"); return true;
	case JSON_REAL:
	case JSON_ARRAY:
	case JSON_OBJECT:
	case JSON_NULL: break;
	}
	return false;
}

static void set_one(struct reader *r, const struct account_field *field, void *thing, json_t *value)
{
	int line = json_lines_pass(&r->lines, value);
	struct span text;

	if (json_is_null(value))
		return;
	if (scalar(r, value, &text))
		field->set(r->f, thing, text, line);
	else
		account_problem(r->f, line, "%s: not a value of that kind", field->name);
}

static void set_field(struct reader *r, const struct account_field *field, void *thing,
		      json_t *value)
{
	if (!field->many || !json_is_array(value)) {
		set_one(r, field, thing, value);
		return;
	}
	json_lines_next(&r->lines);
	for (size_t i = 0; i < json_array_size(value); i++)
		set_one(r, field, thing, json_array_get(value, i));
}

static bool object_begins(struct reader *r, json_t *value, const char *what, int *ret_line)
{
	if (json_is_object(value)) {
		*ret_line = json_lines_next(&r->lines);
		return true;
	}
	account_problem(r->f, json_lines_pass(&r->lines, value), "%s is not an object", what);
	return false;
}

/* The line of the next value is asked for without taking it. */
static int line_here(const struct reader *r)
{
	struct json_lines peek = r->lines;

	return json_lines_next(&peek);
}

static void read_fields(struct reader *r, enum account_thing what, void *thing, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct account_field *field =
		    account_field_find(r->f, what, span_of(key), line_here(r));

		if (field)
			set_field(r, field, thing, value);
		else
			json_lines_pass(&r->lines, value);
	}
}

static bool array_begins(struct reader *r, const char *key, json_t *value)
{
	if (json_is_array(value)) {
		json_lines_next(&r->lines);
		return true;
	}
	account_problem(r->f, json_lines_pass(&r->lines, value), "%s is not an array", key);
	return false;
}

static void read_contacts(struct reader *r, struct account_entry *a, json_t *list)
{
	int line;

	if (!array_begins(r, "contacts", list))
		return;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (object_begins(r, json_array_get(list, i), "a contact", &line))
			read_fields(r, ACCOUNT_CONTACT, account_contact_new(r->f, a, line),
				    json_array_get(list, i));
}

static void read_contracts(struct reader *r, struct account_entry *a, json_t *list)
{
	int line;

	if (!array_begins(r, "contracts", list))
		return;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (object_begins(r, json_array_get(list, i), "a contract", &line))
			read_fields(r, ACCOUNT_CONTRACT, account_contract_new(r->f, a, line),
				    json_array_get(list, i));
}

static void read_account(struct reader *r, json_t *object)
{
	struct account_entry *a;
	const char *key;
	json_t *value;
	int line;

	if (!object_begins(r, object, "an account", &line))
		return;
	a = account_entry_new(r->f, line);
	json_object_foreach(object, key, value)
	{
		const struct account_field *field = NULL;

		if (strcmp(key, "contacts") == 0) {
			read_contacts(r, a, value);
		} else if (strcmp(key, "contracts") == 0) {
			read_contracts(r, a, value);
		} else {
			field =
			    account_field_find(r->f, ACCOUNT_ITSELF, span_of(key), line_here(r));
			if (field)
				set_field(r, field, a, value);
			else
				json_lines_pass(&r->lines, value);
		}
	}
}

void account_json_read(struct account_file *f, struct span text)
{
	struct reader r = { .f = f };
	json_t *j JSON_AUTO = NULL;
	struct err e = { 0 };
	int line;

	if (json_read_lines(text, &line, &j, &e) < 0) {
		account_problem(f, line, "%s", e.text);
		return;
	}
	json_lines_read(text, f->arena, &r.lines);
	if (!array_begins(&r, "what the file holds", j))
		return;
	for (size_t i = 0; i < json_array_size(j); i++)
		read_account(&r, json_array_get(j, i));
}
