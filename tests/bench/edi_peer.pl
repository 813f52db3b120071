# SPDX-License-Identifier: Apache-2.0
# How fast Business::Edifact::Interchange reads a file; usage: edi_peer.pl FILE
use strict;
use warnings;
use Business::Edifact::Interchange;
use Time::HiRes qw(time);

my $file = shift or die "usage: edi_peer.pl FILE\n";
my ($bytes, $messages, @cpu, @wall) = (-s $file, 0);
my $begun = time;
for (my $round = 0; $round < 2 || time() - $begun < 2; $round++) {
	my ($wall, $user, $system) = (time, times);
	my $i = Business::Edifact::Interchange->new;
	$i->parse_file($file);
	$messages = @{ $i->messages };
	my ($u, $s) = times;
	next unless $round;
	push @cpu, $u + $s - $user - $system;
	push @wall, time() - $wall;
}
die "nothing read\n" unless $messages;
my ($cpu, $wall) = map { (sort { $a <=> $b } @$_)[@$_ / 2] } \@cpu, \@wall;
printf "RESULT edi lib=perl bytes=%d msgs=%d wall_s=%.6f cpu_s=%.6f " .
    "MBps=%.1f cpu_MB_ps=%.1f\n", $bytes, $messages, $wall, $cpu,
    $bytes / 1e6 / $wall, $bytes / 1e6 / $cpu;
