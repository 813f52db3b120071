# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts in ops: where the set-up lives, who runs it, and the
# words it speaks with. Sets
#   ROOT         the checkout
#   APP          what the services read: the checkout, or a copy of it where
#                the system user cannot reach the checkout
#   KONTOR_VAR   the set-up's folder, absolute
#   KONTOR_PORT  nginx's port on loopback
#   RUN_AS       the user of the services; "-" when that is the caller

ROOT=$(cd "$(dirname "$0")/${OPS_UP:-..}" && pwd -P) || exit 1
BUILD=${BUILD:-build}
: "${KONTOR_PORT:=8443}"
: "${KONTOR_VAR:=var}"
case $KONTOR_VAR in
/*) ;;
*) KONTOR_VAR=$ROOT/$KONTOR_VAR ;;
esac
WANTED_VAR=$KONTOR_VAR
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/postgresql/15/bin
LC_ALL=C.UTF-8
export KONTOR_VAR KONTOR_PORT PATH LC_ALL
umask 022

RUN_AS=-
[ "$(id -u)" -ne 0 ] || RUN_AS=kontor

say() { printf '%s\n' "$*"; }

# Each step is one line: what is done, how long it took.
step_started=
step() {
	step_started=$(now_ms)
	step_name=$*
	printf '  %-58s ' "$*"
}
done_step() {
	printf '%s%5d ms\n' "${1:+$1 }" $(($(now_ms) - step_started))
}
fail() {
	echo
	printf '\n%s\n' "Kontor did not start: $1" >&2
	shift
	for hint; do printf '  %s\n' "$hint" >&2; done
	exit 1
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# Runs a command as the user of the services, from a folder it can read.
as() {
	if [ "$RUN_AS" = - ]; then
		(cd "$APP" && "$@")
	else
		(cd "$APP" && runuser -u "$RUN_AS" -- "$@")
	fi
}

# The system user may be unable to reach a checkout below somebody's home.
reaches() {
	[ "$RUN_AS" = - ] && return 0
	id "$RUN_AS" >/dev/null 2>&1 || return 0
	runuser -u "$RUN_AS" -- test -r "$1" -a -x "$1" 2>/dev/null
}

# Chooses KONTOR_VAR and APP; the same answer for every script.
locate() {
	APP=$ROOT
	parent=$(dirname "$WANTED_VAR")
	mkdir -p "$parent"
	moved_because=
	if [ ${#WANTED_VAR} -gt 70 ]; then
		moved_because='its path is too long for socket names'
	elif ! reaches "$parent"; then
		moved_because="the system user $RUN_AS cannot reach it"
	fi
	if [ -n "$moved_because" ]; then
		sum=$(printf %s "$WANTED_VAR" | cksum | cut -d' ' -f1)
		KONTOR_VAR=/var/tmp/kontor-$(id -u)-$sum
	fi
	reaches "$ROOT" || APP=$KONTOR_VAR/app
	PGHOST=$KONTOR_VAR/pg PGPORT=5432
	KONTOR_CONF=$KONTOR_VAR/kontor.conf
	BIN=$APP/build
	[ "$APP" != "$ROOT" ] || BIN=$ROOT/$BUILD
	case $BUILD in /*) [ "$APP" != "$ROOT" ] || BIN=$BUILD ;; esac
	export PGHOST PGPORT KONTOR_CONF
}

supervisor_pid() {
	pid=$(cat "$KONTOR_VAR/run/supervise.pid" 2>/dev/null) || return 1
	case $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") in
	*supervise*"$KONTOR_VAR"/run*) echo "$pid" ;;
	*) return 1 ;;
	esac
}

service_pid() {
	awk -v n="$1" '$1 == n && $2 > 0 { print $2 }' \
	    "$KONTOR_VAR/run/services" 2>/dev/null
}

want() { : >"$KONTOR_VAR/run/want/$1"; }

# Waits until a command succeeds: await SECONDS COMMAND...
await() {
	tries=$(($1 * 20))
	shift
	while [ $tries -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
		tries=$((tries - 1))
	done
	return 1
}

# The first free TCP port on loopback from $1 on.
free_port() {
	perl -MSocket -e '
		for my $p ($ARGV[0] .. $ARGV[0] + 500) {
			socket(my $s, PF_INET, SOCK_STREAM, 0) or next;
			setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
			if (bind($s, sockaddr_in($p, INADDR_LOOPBACK)) &&
			    listen($s, 1)) { print $p; exit 0 }
		}
		exit 1' "$1"
}

show_log() {
	[ ! -f "$KONTOR_VAR/log/$1.log" ] || {
		echo "  last lines of $KONTOR_VAR/log/$1.log:" >&2
		tail -n "${2:-12}" "$KONTOR_VAR/log/$1.log" | cut -c1-400 >&2
	}
}
