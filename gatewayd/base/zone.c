#include "gatewayd/base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/zone_rule.h"

static const char system_folder[] = "/usr/share/zoneinfo";

/* RFC 9636 section 3.2: no instant is earlier, no offset larger. */
#define AT_LIMIT (INT64_C(1) << 59)
enum { OFFSET_LIMIT = 26 * HOUR_S };

struct change {
	int64_t at; /* the offset holds from here on; INT64_MIN for the first */
	int32_t offset;
};

struct zone {
	struct zone *next;
	char name[ZONE_NAME_MAX + 1];
	struct change *v; /* rising; neighbours differ in offset */
	size_t n, cap;
};

struct zones {
	struct zone *head;
	char *folder;
};

struct zones *zones_new(const char *folder)
{
	struct zones *zones = mem_alloc(sizeof(*zones));

	zones->folder = mem_strdup(folder ? folder : system_folder);
	return zones;
}

static void zone_free(struct zone *z)
{
	mem_free(&z->v);
	mem_free(&z);
}

void zones_free(struct zones **zones)
{
	if (!*zones)
		return;
	for (struct zone *z = (*zones)->head, *next; z; z = next) {
		next = z->next;
		zone_free(z);
	}
	mem_free(&(*zones)->folder);
	mem_free(zones);
}

/* A change at the same instant replaces the last one; one that changes nothing is left out. */
static void zone_push(struct zone *z, int64_t at, int32_t offset)
{
	if (z->n && z->v[z->n - 1].at >= at)
		z->n--;
	if (z->n && z->v[z->n - 1].offset == offset)
		return;
	MEM_GROW(z->v, z->n, &z->cap);
	z->v[z->n] = (struct change){ .at = z->n ? at : INT64_MIN, .offset = offset };
	z->n++;
}

/* Big-endian reading of a TZif file; a read past the end sets `bad` and gives 0. */
struct reader {
	struct span left;
	bool bad;
};

static struct span take(struct reader *r, uint64_t n)
{
	struct span s = SPAN_NONE;

	if (n > r->left.n) {
		r->bad = true;
		r->left = SPAN_NONE;
		return s;
	}
	s = span_sub(r->left, 0, n);
	r->left = span_sub(r->left, n, SIZE_MAX);
	return s;
}

static int64_t number(struct span s)
{
	uint64_t v = s.n && (s.p[0] & 0x80) ? UINT64_MAX : 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | (unsigned char)s.p[i];
	return (int64_t)v;
}

/* RFC 9636 section 3.1. */
struct header {
	char version;
	uint32_t isutc, isstd, leaps, times, types, chars;
};

static void take_header(struct reader *r, struct header *h)
{
	struct span magic = take(r, 4), version = take(r, 1);

	take(r, 15);
	h->version = version.n ? version.p[0] : '\0';
	h->isutc = (uint32_t)number(take(r, 4));
	h->isstd = (uint32_t)number(take(r, 4));
	h->leaps = (uint32_t)number(take(r, 4));
	h->times = (uint32_t)number(take(r, 4));
	h->types = (uint32_t)number(take(r, 4));
	h->chars = (uint32_t)number(take(r, 4));
	if (!span_is(magic, "TZif"))
		r->bad = true;
}

/* The size of a data block but for the leap seconds, RFC 9636 section 3.2. */
static uint64_t block_size(const struct header *h, uint64_t time_size)
{
	return h->times * time_size + h->times + h->types * UINT64_C(6) + h->chars +
	       h->leaps * (time_size + 4) + h->isstd + h->isutc;
}

static int32_t offset_of(struct span types, size_t i)
{
	return (int32_t)number(span_sub(types, i * 6, 4));
}

static bool take_changes(struct reader *r, const struct header *h, struct zone *z,
			 int64_t *ret_last)
{
	int64_t last = INT64_MIN;

	struct span times = take(r, h->times * UINT64_C(8));
	struct span indexes = take(r, h->times);
	struct span types = take(r, h->types * UINT64_C(6));

	take(r, (uint64_t)h->chars + h->isstd + h->isutc);
	if (r->bad || h->types == 0)
		return false;
	for (size_t i = 0; i < h->types; i++)
		if (offset_of(types, i) <= -OFFSET_LIMIT || offset_of(types, i) >= OFFSET_LIMIT)
			return false;
	zone_push(z, INT64_MIN, offset_of(types, 0));
	for (size_t i = 0; i < h->times; i++) {
		int64_t at = number(span_sub(times, i * 8, 8));
		size_t type = (unsigned char)indexes.p[i];

		if (type >= h->types || at <= last || at < -AT_LIMIT || at > AT_LIMIT)
			return false;
		last = at;
		zone_push(z, at, offset_of(types, type));
	}
	*ret_last = last;
	return true;
}

#define FIRST_RULE_AT INT64_C(-2208988800) /* 1900: before it a footer says nothing */

/* Carries the zone on by the footer's rule, from the last explicit change to ZONE_LAST_YEAR. */
static bool extend(struct zone *z, struct span footer, int64_t last)
{
	struct zone_rule rule;
	struct civil from = { .year = 1900 };

	if (footer.n == 0)
		return true;
	if (!zone_rule_parse(footer, &rule))
		return false;
	if (last > FIRST_RULE_AT)
		civil_from_utc(last, &from);
	if (!rule.has_summer) {
		if (last == INT64_MIN)
			zone_push(z, INT64_MIN, rule.offset[ZONE_WINTER]);
		return true;
	}
	for (int year = from.year; year <= ZONE_LAST_YEAR; year++) {
		struct zone_rule_change c[2];

		zone_rule_year(&rule, year, c);
		for (int i = 0; i < 2; i++)
			if (c[i].at > last)
				zone_push(z, c[i].at, c[i].offset);
	}
	return true;
}

static int decode(struct span file, struct zone *z, struct err *e)
{
	struct reader r = { .left = file };
	struct header h;
	struct span footer;
	int64_t last;

	take_header(&r, &h);
	if (!r.bad && h.version < '2')
		return err_set(e, ERR_PERM, "not a time zone file of version 2 or later");
	take(&r, block_size(&h, 4));
	take_header(&r, &h);
	if (!r.bad && h.leaps)
		return err_set(e, ERR_PERM,
			       "counts leap seconds; take the name without \"right/\"");
	if (r.bad || !take_changes(&r, &h, z, &last))
		return err_set(e, ERR_PERM, "a damaged time zone file");
	if (!span_is(take(&r, 1), "\n"))
		return err_set(e, ERR_PERM, "a time zone file without a footer");
	footer = span_cut(&r.left, '\n');
	if (!extend(z, footer, last))
		return err_set(e, ERR_PERM, "a rule that is not understood: " SPAN_FMT,
			       SPAN_ARG(span_sub(footer, 0, 80)));
	return 0;
}

/* A relative name of plain parts, none of which begins with a dot. */
static bool name_ok(struct span name)
{
	bool begins = true;

	if (name.n == 0 || name.n > ZONE_NAME_MAX || name.p[name.n - 1] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool plain = ascii_is_alpha(c) || ascii_is_digit(c) || c == '_' || c == '-' ||
			     c == '+' || c == '.' || c == '/';

		if (!plain || (begins && (c == '.' || c == '/')))
			return false;
		begins = c == '/';
	}
	return true;
}

static int read_file(int fd, struct buf *ret_file, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_set(e, ERR_PERM, "not a time zone");
	for (;;) {
		char *room = buf_room(ret_file, 4096);
		ssize_t n = room ? read(fd, room, 4096) : -1;

		if (!room)
			return err_set(e, ERR_PERM, "larger than %d bytes", ZONE_FILE_MAX);
		if (n < 0)
			return err_set(e, ERR_TEMP, "%s", strerror(errno));
		if (n == 0)
			return 0;
		ret_file->n += (size_t)n;
	}
}

static int load(const char *folder, struct zone *z, struct err *e)
{
	struct buf path BUF_AUTO, file BUF_AUTO;
	int fd, result;

	buf_init(&path, 4096);
	buf_init(&file, ZONE_FILE_MAX);
	buf_addf(&path, "%s/%s", folder, z->name);
	fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
			   ? err_set(e, ERR_PERM, "no such time zone in %s", folder)
			   : err_set(e, ERR_TEMP, "%s", strerror(errno));
	result = read_file(fd, &file, e);
	close(fd);
	return result ? result : decode(buf_span(&file), z, e);
}

int zones_get(struct zones *zones, const char *name, const struct zone **ret_zone, struct err *e)
{
	struct zone *z;

	for (z = zones->head; z; z = z->next)
		if (strcmp(z->name, name) == 0) {
			*ret_zone = z;
			return 0;
		}
	if (!name_ok(span_of(name)))
		return err_set(e, ERR_PERM, "\"%.80s\" is not the name of a time zone", name);
	z = mem_alloc(sizeof(*z));
	memcpy(z->name, name, strlen(name) + 1);
	if (load(zones->folder, z, e)) {
		zone_free(z);
		return err_prefix(e, "time zone \"%s\": ", name);
	}
	z->next = zones->head;
	zones->head = z;
	*ret_zone = z;
	return 0;
}

const struct zone *zone_utc(void)
{
	static struct change always = { .at = INT64_MIN };
	static const struct zone utc = { .name = "UTC", .v = &always, .n = 1 };

	return &utc;
}

/* The last change that is not after at. */
static size_t find(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (z->v[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void zone_run_at(const struct zone *z, int64_t at, struct zone_run *ret_run)
{
	size_t i = find(z, at);

	ret_run->from = z->v[i].at;
	ret_run->to = i + 1 < z->n ? z->v[i + 1].at : INT64_MAX;
	ret_run->offset = z->v[i].offset;
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

void zone_to_local(const struct zone *z, int64_t at, struct civil *ret_local)
{
	civil_from_utc(at + z->v[find(z, at)].offset, ret_local);
}

int64_t zone_to_utc(const struct zone *z, const struct civil *local)
{
	int64_t wall = civil_to_utc(local);
	size_t i = find(z, wall - 2 * DAY_S);

	/* The first run in which, or before which, the wall clock shows that time. */
	for (; i + 1 < z->n; i++)
		if (wall < z->v[i + 1].at + z->v[i].offset)
			break;
	return i && wall < z->v[i].at + z->v[i].offset ? z->v[i].at : wall - z->v[i].offset;
}

const char *zone_text(const struct zone *z, int64_t at, char out[TIME_TEXT_MAX])
{
	int32_t offset = z->v[find(z, at)].offset;
	int32_t away = offset < 0 ? -offset : offset;
	struct civil c;

	civil_from_utc(at + offset, &c);
	snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02d %c%02d%02d", c.year, c.month,
		 c.day, c.hour, c.minute, c.second, offset < 0 ? '-' : '+', away / HOUR_S,
		 away / 60 % 60);
	return out;
}
