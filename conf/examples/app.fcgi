#!/usr/bin/perl
# app.fcgi - a FastCGI application of one page, for fastcgi.conf.
#
# FCGI finds the listening socket on descriptor 0.  SIGTERM interrupts the wait for the
# next request, and only that: a request in hand is answered first.
use strict;
use warnings;
use FCGI;

my $leaving = 0;
$SIG{TERM} = sub { $leaving = 1 };
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \%ENV, 0, FCGI::FAIL_ACCEPT_ON_INTR());

while (!$leaving && $request->Accept() >= 0) {
	print "Content-Type: text/plain\r\n\r\nhello from FastCGI\n";
	$request->Finish();
}
