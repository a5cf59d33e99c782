#include "gatewayd/net/low_water.h"

#include <sys/socket.h>

#include "gatewayd/base/units.h"

enum {
	RECORD_BYTES = 18 * KIB, /* more than a record of TLS has */
	GATHER_BYTES = 64 * KIB,
};

void low_water_set(struct low_water *l, int socket, uint64_t to_come)
{
	uint64_t sure = to_come > RECORD_BYTES ? to_come - RECORD_BYTES : 0;
	int bytes = sure < RECORD_BYTES ? 0 : sure < GATHER_BYTES ? (int)sure : GATHER_BYTES;

	if (bytes == l->bytes)
		return;
	l->bytes = bytes;
	(void)setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof(bytes));
}
