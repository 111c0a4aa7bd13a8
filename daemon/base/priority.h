/*
 * priority.h - who comes first in the master's loop; the lowest number does.
 *
 * Signals that stop us before everything but the sign of life; what workers report
 * before the closing of their pipes, and both before their ends, which the reports
 * explain.  Notifications of programs and the clients of the control bus are last, for
 * many can send some; and on one step, where the loop takes in turns who has waited
 * longest: neither can keep the other out.
 */
#ifndef PREFORKD_BASE_PRIORITY_H
#define PREFORKD_BASE_PRIORITY_H

enum priority {
	PRIORITY_PING = -40, /* to the manager: a loop that is busy still turns */
	PRIORITY_STOP = -30,
	PRIORITY_REPORT = -20,
	PRIORITY_PIPES = 0, /* sd-event's default, as all timers of pools */
	PRIORITY_DEATH = 20,
	PRIORITY_NOTIFY = 30,
	PRIORITY_CONTROL = PRIORITY_NOTIFY,
};

#endif
