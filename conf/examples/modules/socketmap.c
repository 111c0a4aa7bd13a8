/*
 * socketmap.c - a module of preforkd: Postfix looks up what is in an SQLite database.
 *
 *	cc -shared -fPIC $(pkg-config --cflags preforkd) socketmap.c -o socketmap.so \
 *		$(pkg-config --libs sqlite3)
 *
 * The protocol is socketmap_table(5): a request "MAP KEY" and its reply are netstrings,
 * "3:abc,".  Options:
 *
 *	database  the file; it is opened for reading
 *	query     ?1 is the name of the map, ?2 the key; the first column of the
 *		  first row is the answer
 *
 * A worker has one connection and one open database; all of it may block.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <preforkd/module.h>

/* As Postfix limits replies. */
#define REQUEST_MAX 100000

/* A request that has begun is complete in this time. */
#define REQUEST_MSEC 10000

#define DEFAULT_QUERY "SELECT value FROM map WHERE name = ?1 AND key = ?2"

static const char *const options[] = { "database", "query", NULL };

/* One for the process, which has one connection at a time. */
static sqlite3 *database;
static sqlite3_stmt *lookup;
static char request[REQUEST_MAX + 2];

static int
open_database(struct preforkd_worker *w)
{
	const char *path = preforkd_option(w, "database", NULL);
	const char *query = preforkd_option(w, "query", DEFAULT_QUERY);

	if (!path)
		return preforkd_fail(w, "the option 'database' is missing");
	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return preforkd_fail(w, "cannot open '%s': %s", path,
		                     sqlite3_errmsg(database));
	sqlite3_busy_timeout(database, 5000);
	if (sqlite3_prepare_v2(database, query, -1, &lookup, NULL) != SQLITE_OK)
		return preforkd_fail(w, "cannot prepare the query: %s",
		                     sqlite3_errmsg(database));
	if (!lookup || sqlite3_bind_parameter_count(lookup) > 2)
		return preforkd_fail(w,
		                     "the query has other parameters than ?1 and ?2");
	return 0;
}

static void
close_database(struct preforkd_worker *w)
{
	(void)w;
	(void)sqlite3_finalize(lookup);
	(void)sqlite3_close(database);
}

/* "12:": 1 and the number, 0 at the end of the input, or -errno. */
static int
read_length(struct preforkd_connection *c, size_t *ret)
{
	size_t n = 0;
	int digits = 0;
	char one;
	int r;

	for (;;) {
		r = preforkd_read_exactly(c, &one, 1);
		if (r == 0 && digits > 0)
			return -EPROTO;
		if (r <= 0)
			return r;
		if (digits == 0)
			preforkd_set_deadline(c, REQUEST_MSEC);
		if (one == ':' && digits > 0)
			break;
		if (one < '0' || one > '9' || (digits == 1 && n == 0))
			return -EBADMSG;
		n = 10 * n + (size_t)(one - '0');
		digits++;
		if (n > REQUEST_MAX)
			return -EMSGSIZE;
	}
	*ret = n;
	return 1;
}

/* A netstring into `request`: 1, 0 at the end of the input, or -errno. */
static int
read_request(struct preforkd_connection *c)
{
	size_t len;
	int r;

	r = read_length(c, &len);
	if (r <= 0)
		return r;
	r = preforkd_read_exactly(c, request, len + 1);
	if (r <= 0)
		return r == 0 ? -EPROTO : r;
	if (request[len] != ',' || memchr(request, '\0', len))
		return -EBADMSG;
	request[len] = '\0';
	preforkd_set_deadline(c, 0);
	return 1;
}

static int
reply(struct preforkd_connection *c, const char *status, const char *text)
{
	return preforkd_print(c, "%zu:%s %s,", strlen(status) + 1 + strlen(text),
	                      status, text);
}

static int
answer(struct preforkd_connection *c, const char *map, const char *key)
{
	const char *value;
	int r;

	(void)sqlite3_bind_text(lookup, 1, map, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(lookup, 2, key, -1, SQLITE_STATIC);
	r = sqlite3_step(lookup);
	if (r == SQLITE_ROW) {
		value = (const char *)sqlite3_column_text(lookup, 0);
		r = value ? reply(c, "OK", value) : reply(c, "NOTFOUND", "");
	} else if (r == SQLITE_DONE) {
		r = reply(c, "NOTFOUND", "");
	} else {
		preforkd_log(c->worker, PREFORKD_ERROR, "cannot look up: %s",
		             sqlite3_errmsg(database));
		r = reply(c, "TEMP", sqlite3_errmsg(database));
	}
	(void)sqlite3_reset(lookup);
	(void)sqlite3_clear_bindings(lookup);
	return r;
}

static int
serve(struct preforkd_connection *c)
{
	char *blank;
	int r;

	/* Postfix keeps its connection; one that ends is opened anew. */
	do {
		r = read_request(c);
		if (r <= 0)
			return r;
		blank = strchr(request, ' ');
		if (!blank)
			return -EBADMSG;
		*blank = '\0';
		r = answer(c, request, blank + 1);
	} while (r == 0 && !preforkd_stopping(c->worker));
	return r;
}

PREFORKD_MODULE = {
	PREFORKD_MODULE_HEAD, "socketmap", options,
	open_database,        serve,       close_database,
};
