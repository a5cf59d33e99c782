#include "gatewayd/base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct writing {
	char *p, *end;
	va_list ap;
};

/* What stands between "%" and the letter. */
struct shape {
	size_t width; /* zeros before a number; 0: none */
	int longs;
	bool is_size;
};

static bool put(struct writing *w, const char *p, size_t n)
{
	if (n > (size_t)(w->end - w->p))
		return false;
	if (n)
		memcpy(w->p, p, n);
	w->p += n;
	return true;
}

static bool put_number(struct writing *w, bool minus, uint64_t n, size_t width)
{
	char digits[sizeof("-18446744073709551615")], *end = digits + sizeof(digits), *p = end;

	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	while ((size_t)(end - p) + minus < width)
		*--p = '0';
	if (minus)
		*--p = '-';
	return put(w, p, (size_t)(end - p));
}

static bool put_signed(struct writing *w, const struct shape *s)
{
	int64_t n;

	if (s->is_size || s->longs > 2)
		return false;
	n = s->longs == 0   ? va_arg(w->ap, int)
	    : s->longs == 1 ? va_arg(w->ap, long)
			    : va_arg(w->ap, long long);
	return put_number(w, n < 0, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, s->width);
}

static bool put_unsigned(struct writing *w, const struct shape *s)
{
	uint64_t n;

	if (s->longs > 2 || (s->longs && s->is_size))
		return false;
	n = s->is_size	    ? va_arg(w->ap, size_t)
	    : s->longs == 0 ? va_arg(w->ap, unsigned int)
	    : s->longs == 1 ? va_arg(w->ap, unsigned long)
			    : va_arg(w->ap, unsigned long long);
	return put_number(w, false, n, s->width);
}

static bool put_text(struct writing *w)
{
	const char *text = va_arg(w->ap, const char *);

	return text && put(w, text, strlen(text));
}

/* Up to a NUL, as printf() has it. */
static bool put_span(struct writing *w)
{
	int n = va_arg(w->ap, int);
	const char *text = va_arg(w->ap, const char *);

	return n == 0 || (n > 0 && text && put(w, text, strnlen(text, (size_t)n)));
}

static const char *shape_of(const char *fmt, struct shape *ret)
{
	*ret = (struct shape){ 0 };
	if (fmt[0] == '0' && fmt[1] >= '1' && fmt[1] <= '9') {
		ret->width = (size_t)(fmt[1] - '0');
		fmt += 2;
	}
	for (; *fmt == 'l'; fmt++)
		ret->longs++;
	if (*fmt == 'z') {
		ret->is_size = true;
		fmt++;
	}
	return fmt;
}

/* fmt: behind the "%"; what is behind the directive, or NULL: it is none of these, or does not fit.
 */
static const char *put_value(struct writing *w, const char *fmt)
{
	struct shape s;
	bool is_bare, done;
	char c;

	if (strncmp(fmt, ".*s", 3) == 0)
		return put_span(w) ? fmt + 3 : NULL;
	is_bare = *fmt == 's' || *fmt == 'c' || *fmt == '%';
	fmt = shape_of(fmt, &s);
	if (*fmt == 'd')
		done = put_signed(w, &s);
	else if (*fmt == 'u')
		done = put_unsigned(w, &s);
	else if (!is_bare)
		done = false;
	else if (*fmt == 's')
		done = put_text(w);
	else {
		c = *fmt == '%' ? '%' : (char)va_arg(w->ap, int);
		done = put(w, &c, 1);
	}
	return done ? fmt + 1 : NULL;
}

static bool put_all(struct writing *w, const char *fmt)
{
	while (fmt) {
		size_t n = strcspn(fmt, "%");

		if (!put(w, fmt, n))
			return false;
		if (!fmt[n])
			return true;
		fmt = put_value(w, fmt + n + 1);
	}
	return false;
}

int format_v(char *out, size_t size, const char *fmt, va_list ap)
{
	struct writing w = { .p = out, .end = size ? out + size - 1 : out };
	bool done;

	va_copy(w.ap, ap);
	done = size && put_all(&w, fmt);
	va_end(w.ap);
	if (!done)
		return vsnprintf(out, size, fmt, ap);
	*w.p = '\0';
	return (int)(w.p - out);
}

int format(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_v(out, size, fmt, ap);
	va_end(ap);
	return n;
}
