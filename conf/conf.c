#include "conf/conf.h"

const struct conf_queue *conf_queue_find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->queue_count; i++)
		if (strcmp(c->queues[i].name, name) == 0)
			return &c->queues[i];
	return NULL;
}

const struct conf_mailbox *conf_mailbox_find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (strcmp(c->mailboxes[i].name, name) == 0)
			return &c->mailboxes[i];
	return NULL;
}

static bool is_address_of(const struct conf_mailbox *m, struct span address)
{
	for (size_t i = 0; i < m->aliases.n; i++)
		if (span_is_ci(address, m->aliases.v[i]))
			return true;
	return m->address && span_is_ci(address, m->address);
}

const struct conf_mailbox *conf_mailbox_by_address(const struct conf *c, struct span address)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (is_address_of(&c->mailboxes[i], address))
			return &c->mailboxes[i];
	return NULL;
}

const struct conf_oauth *conf_oauth_find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->oauth_count; i++)
		if (strcmp(c->oauth[i].name, name) == 0)
			return &c->oauth[i];
	return NULL;
}

const struct conf_hook *conf_hook_find(const struct conf *c, struct span name)
{
	for (size_t i = 0; i < c->hook_count; i++)
		if (span_is(name, c->hooks[i].name))
			return &c->hooks[i];
	return NULL;
}

const struct conf_staff *conf_staff_find(const struct conf *c, const char *id)
{
	for (size_t i = 0; i < c->staff_count; i++)
		if (span_is_ci(span_of(id), c->staff[i].id))
			return &c->staff[i];
	return NULL;
}

bool conf_is_told(const struct conf *c, struct span address)
{
	for (size_t i = 0; i < c->operators.n; i++)
		if (span_is_ci(address, c->operators.v[i]))
			return true;
	for (size_t i = 0; i < c->queue_count; i++) {
		const struct conf_queue *q = &c->queues[i];

		for (size_t j = 0; j < q->notify.n; j++)
			if (span_is_ci(address, q->notify.v[j]))
				return true;
		for (size_t j = 0; j < q->escalation_count; j++)
			if (span_is_ci(address, q->escalations[j].address))
				return true;
	}
	return false;
}

const struct conf_staff *conf_staff_by_address(const struct conf *c, struct span address)
{
	for (size_t i = 0; i < c->staff_count; i++)
		for (size_t j = 0; j < c->staff[i].addresses.n; j++)
			if (span_is_ci(address, c->staff[i].addresses.v[j]))
				return &c->staff[i];
	return NULL;
}
