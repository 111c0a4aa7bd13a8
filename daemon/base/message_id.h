/*
 * message_id.h - what kinds of message there are, for the journal.
 *
 * A MESSAGE_ID names a kind for ever: people search for it, and alerts hang on it.  Its
 * words may change, the id never does; a new kind gets a new random id
 * (systemd-id128 new).  systemd/preforkd.catalog explains each to `journalctl -x`, and
 * a test compares the two.
 */
#ifndef PREFORKD_BASE_MESSAGE_ID_H
#define PREFORKD_BASE_MESSAGE_ID_H

/* Every service runs, or has said why not. */
#define MESSAGE_READY "c0709ab569a947259caa48c818613786"

/* No new connections. */
#define MESSAGE_STOPPING "fdf98f5d96ce479a8172ec1cfa772b58"

/* The start has failed as a whole. */
#define MESSAGE_GIVING_UP "6532bcd0401848e7b82b8b1438c8c434"

/* A socket is open. */
#define MESSAGE_LISTENING "9766900d5e8845b994e46dafd4666b35"

/* An address cannot be bound. */
#define MESSAGE_CANNOT_LISTEN "f10033ea7c5341839b39fbb55980bc3c"

/* Somebody shut a socket down. */
#define MESSAGE_LISTENER_LOST "5ede6f8b3da14209b922c49f2e76711a"

/* Somebody changed what a socket is set to. */
#define MESSAGE_LISTENER_CHANGED "5d3c73c8c4b947fc8ca7861b747adebd"

/* A worker was stopped by a signal. */
#define MESSAGE_WORKER_STOPPED "9b7e30d98d674bf2af7fb0a067900404"

/* A passed socket is of no use. */
#define MESSAGE_SOCKET_UNFIT "907d1360cec346db9da9a0a1158c23d0"

/* backlog is above net.core.somaxconn. */
#define MESSAGE_BACKLOG_CUT "b584f2fea2734895a0ddf20fd7601cd0"

/* The configuration may need more than a limit of the process or its group allows. */
#define MESSAGE_LIMIT_LOW "3200227d0e5b4d25972bd3528665e177"

/* Workers cannot be started. */
#define MESSAGE_START_FAILED "58acabee4cc54482862be4d0491c95f4"

/* A worker was not ready in start_timeout. */
#define MESSAGE_START_TIMEOUT "637437f494764fd0b7769475185810ef"

/* A failing service has recovered. */
#define MESSAGE_WORKS_AGAIN "09c449b8246b4dbda761af12d3c4c3ea"

/* A signal ended a worker, and not one of ours. */
#define MESSAGE_WORKER_KILLED "1f9d5a781e14408db976eed59ee4e8e6"

/* A worker ended by itself, badly. */
#define MESSAGE_WORKER_EXITED "b007e2d03a544418b83ce95c64dc353e"

/* A worker did not stop when asked. */
#define MESSAGE_STOP_TIMEOUT "e9b7f0b96cb64a40909ec41c8e1c265d"

/* A program did not send WATCHDOG=1 in time. */
#define MESSAGE_WATCHDOG "286f0d6bc12e4ddea0924da864e83937"

/* A program does not finish rereading its configuration. */
#define MESSAGE_NOT_REREAD "89a5661e1ba846aea142448208673f49"

/* A worker did not end a connection after max_duration. */
#define MESSAGE_OVERRUN "1a591887ba374b15a09d882b82498745"

/* A process does not die. */
#define MESSAGE_UNKILLABLE "31842842e1b94859a098ddb17226bab1"

/* A worker ran out of descriptors. */
#define MESSAGE_NO_DESCRIPTORS "c2d9a969a3aa4c7da65774c70f11aad1"

/* All workers are busy while clients wait. */
#define MESSAGE_SATURATED "2908e2974289410ca3d1b63e3b5034fa"

/* Accept() says something is short or forbidden. */
#define MESSAGE_CANNOT_ACCEPT "9cde6db23e4e4dc9a154dbb0e4c01cc8"

/* A connection did not end well. */
#define MESSAGE_CONNECTION_FAILED "bae677a2316d4a77aa195ce46605d479"

/* A deadline ended a connection. */
#define MESSAGE_CONNECTION_TIMED_OUT "3e5dd17d34b54f2da4b98c792a78fe74"

/* A connection ended well. */
#define MESSAGE_CONNECTION_DONE "f48ec174804040a5b901c2c7fbc03010"

/* A command left processes behind. */
#define MESSAGE_LEFTOVER "e59e37430837489980663900df264727"

/* A module mistreats descriptors. */
#define MESSAGE_MODULE_FAULT "b590eeb3f7f44991b25502f4ca7ed22f"

/* A new configuration is in force. */
#define MESSAGE_RELOADED "f5e8cb57266647e7889e9f49e0adc44f"

/* A new configuration has errors. */
#define MESSAGE_RELOAD_REFUSED "e551857955a44516ab685c488ef95d39"

/* A service keeps its old settings. */
#define MESSAGE_ROLLED_BACK "7fbbd38eba4248a89d75317fb0325295"

/* All workers of a service are new. */
#define MESSAGE_RESTARTED "ab88f8755121436aa6dffbb82492166d"

/* A restart stopped half way. */
#define MESSAGE_RESTART_FAILED "7bce4bc6a4d24630bd6dbec189eceead"

/* A service accepts nothing by order. */
#define MESSAGE_DRAINED "4305e938875c47d5b27f2b059450d170"

/* A drained service accepts again. */
#define MESSAGE_RESUMED "da3fae5c78f74022999c515ef91508aa"

/* A client was refused by allow, deny or a limit. */
#define MESSAGE_REFUSED "b3bbf695e9674590aaa3617b49373c85"

/* A proxy did not send the header it should. */
#define MESSAGE_PROXY_HEADER "1f3ceb7d689244a4ac1c4b61f44bf77b"

#endif
