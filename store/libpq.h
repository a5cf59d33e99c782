/*
 * libpq, loaded when a store on PostgreSQL is used: it brings TLS, Kerberos and LDAP, and to load
 * them took half of the beginning of each program, though most stores are a file.
 *
 * Private to store/.
 */
#ifndef STORE_LIBPQ_H
#define STORE_LIBPQ_H

#include <libpq-fe.h>

#include "gatewayd/base/err.h"

/* What is called of it: pq.exec() is PQexec(). */
/* clang-format off */
#define LIBPQ_FUNCTIONS(each) \
	each(cancel) each(clear) each(cmdStatus) each(cmdTuples) each(connectdbParams) \
	each(enterPipelineMode) each(errorMessage) each(exec) each(execParams) \
	each(execPrepared) each(exitPipelineMode) each(finish) each(flush) each(fname) \
	each(freeCancel) each(ftype) each(getCancel) each(getResult) each(getisnull) \
	each(getlength) each(getvalue) each(nfields) each(ntuples) each(pipelineSync) \
	each(prepare) each(putCopyData) each(putCopyEnd) each(resultErrorField) \
	each(resultMemorySize) each(resultStatus) each(sendQueryParams) \
	each(sendQueryPrepared) each(serverVersion) each(setNoticeProcessor) \
	each(setSingleRowMode) each(status)
/* clang-format on */

struct libpq {
#define LIBPQ_MEMBER(name) __typeof__(PQ##name) *name;
	LIBPQ_FUNCTIONS(LIBPQ_MEMBER)
#undef LIBPQ_MEMBER
};
extern struct libpq pq;

/* Before any of them is called, and to see whether it is there; once loaded it stays.  ERR_PERM: it
 * is not installed, or older than PostgreSQL 14's. */
int libpq_load(struct err *e);

#endif
