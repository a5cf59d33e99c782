/*
 * Commands in mails of staff: lines that begin with "#".
 *
 * Reading is pure and knows no case; what they do stands in staff_command.h.
 */
#ifndef GATEWAYD_MAIL_COMMAND_H
#define GATEWAYD_MAIL_COMMAND_H

#include "gatewayd/base/arena.h"
#include "gatewayd/case/staff_verb.h"

enum { COMMANDS_MAX = 20 };

/* --- staff: lines at the top --- */

struct staff_command {
	enum staff_verb verb;
	struct span line;     /* as written, with the # */
	struct span argument; /* what follows the verb, trimmed */
};

struct staff_commands {
	struct staff_command v[COMMANDS_MAX];
	size_t n;
	bool cut;	  /* there were more */
	bool is_note;	  /* #note: the text is for staff */
	struct span text; /* below the commands, trimmed */
};

/* "#include <stdio.h>", "#main {", "#ffcc00", "#proxy #network": begins as a command and is none.
 */
bool command_is_text(struct span line);

/* One of them says which state the case has from then on. */
bool staff_commands_state(const struct staff_commands *c);

void staff_commands_read(struct span reply, struct staff_commands *ret_commands);

/* "list mine", "show 12", without the "#": what a command that only reads would be; false: it is no
 * such verb. */
bool staff_command_unmarked(struct span line, struct staff_command *ret_command);

/* "#take #note slow payer": a second command behind the first, whose argument is no text. */
bool staff_command_hides_another(const struct staff_command *c);

/* "#snippet NAME", "#kb N": it puts a text below the answer. */
bool staff_command_adds_text(const struct staff_command *c);
bool staff_commands_add_text(const struct staff_commands *c);

/* "On-Behalf-Of: ACCOUNT" as the first line, or below a salutation, "Visibility: top" beside it
 * (conf/policy/README.md section 4). */
struct behalf {
	struct span account; /* "": no such line */
	bool top;
	struct span text; /* without these lines */
};
void behalf_read(struct span reply, struct behalf *ret_behalf);

#endif
