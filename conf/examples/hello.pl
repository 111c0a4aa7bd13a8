#!/usr/bin/perl
# hello.pl - one page over HTTP, by a program that accepts for itself.
#
# Somebody else, preforkd or systemd, has bound the address and listens; the socket is
# descriptor 3 here.  SIGTERM asks for the end: who is being answered is answered first.
use strict;
use warnings;
use IO::Select;
use IO::Socket;
use POSIX qw(SIG_BLOCK SIGTERM);

($ENV{LISTEN_PID} // 0) == $$ and ($ENV{LISTEN_FDS} // 0) == 1
    or die "hello.pl: there is no listening socket, preforkd has one for it\n";
my $listener = IO::Socket->new_from_fd(3, 'r+') or die "hello.pl: descriptor 3: $!\n";

# The signal stays blocked, so that it interrupts nobody, and is looked for between two
# clients: a handler could run just before select() and be slept over.
my ($term, $pending) = (POSIX::SigSet->new(SIGTERM), POSIX::SigSet->new);
POSIX::sigprocmask(SIG_BLOCK, $term);
$SIG{PIPE} = 'IGNORE';

# All copies hear of a client, one gets it; for the others accept() must not wait.
$listener->blocking(0);
my $readable = IO::Select->new($listener);
while (POSIX::sigpending($pending) && !$pending->ismember(SIGTERM)) {
	$readable->can_read(0.5) or next;
	my $client = $listener->accept or next;
	answer($client);
	close $client;
}

sub answer {
	my ($client, $head) = (@_, '');
	my $patience = IO::Select->new($client);

	$client->blocking(1);
	while ($head !~ /\r\n\r\n/ && length $head < 65536) {
		$patience->can_read(10) or return;
		sysread $client, $head, 4096, length $head or return;
	}
	syswrite $client, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello from Perl\n";
}
