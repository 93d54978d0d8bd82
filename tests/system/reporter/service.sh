#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the reporter's service files: systemd's unit with systemd's own tools, OpenWrt's init script and package with
# stand-ins for procd and the build tree, and the example configurations with --check.
set -u
. tests/tools/command.sh
unit=examples/gateway/service/osft-reporter.service
openwrt=examples/gateway/openwrt
printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/accesskey"
chmod 600 "$T/accesskey"

# reporter ARGUMENTS...: Run osft-reporter, with its output in $T/out and $T/err and its exit status in $status.
reporter() {
    "$B/osft-reporter" "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
}
# has_library NAME: Whether the library was built in.
has_library() {
    "$B/osft-reporter" --version | grep -q "^with $1"
}

# --- example configurations ---
for file in examples/gateway/service/reporter.conf $openwrt/osft-reporter.conf; do
    if has_library libinih && has_library libmicrohttpd; then
        mkdir -p "$T/node"
        # Paths of the gateway are replaced by paths of this test.
        set -- --set defaults.credentials="$T/accesskey" --set reporter.state="$T"
        ! grep -q '^\[textfile\]' $file || set -- "$@" --set textfile.path="$T/node/osft.prom"
        reporter --check --config "$file" "$@"
        [ "$status" -eq 0 ] && [ ! -s "$T/err" ]
        result $? "$file is right"
        # Check that --check can fail, with an unknown key.
        sed 's/^interval = .*/intervall = 60s/' "$file" >"$T/wrong.conf"
        reporter --check --config "$T/wrong.conf" "$@"
        [ "$status" -ne 0 ] && grep -q "wrong.conf:[0-9]*: " "$T/err"
        result $? "... and not with an unknown key"
    else
        skip "$file is right" "the reporter was built without libinih or libmicrohttpd"
    fi
done

# --- systemd ---
# verify FILE: Run systemd-analyze verify, with its output in $T/out and $T/err and its exit status in $status. The
# manual page is not installed.
verify() {
    systemd-analyze verify --man=no "$1" >"$T/out" 2>"$T/err"
    status=$?
}
# is_sound FILE: Whether verify finds no fault in the unit. Messages about units of the machine itself are ignored.
is_sound() {
    verify "$1"
    ! grep -h 'osft-reporter' "$T/out" "$T/err" && [ "$status" -eq 0 ]
}
sh tests/tools/need.sh systemd 2>"$T/need" || true
if command -v systemd-analyze >/dev/null; then
    # The program is where it was built.
    sed "s#/usr/local/bin/osft-reporter#$B/osft-reporter#" $unit >"$T/osft-reporter.service"
    grep -q "^ExecStart=$B/osft-reporter --config /etc/osft-reporter/reporter.conf " "$T/osft-reporter.service"
    result $? "the unit runs the program that was built"
    is_sound "$T/osft-reporter.service"
    result $? "systemd-analyze verify finds no fault in it"
    sed 's/^Restart=always/Restart=sometimes/' "$T/osft-reporter.service" >"$T/wrong-osft-reporter.service"
    verify "$T/wrong-osft-reporter.service"
    grep -q 'wrong-osft-reporter' "$T/out" "$T/err"
    result $? "... and it finds a fault in a wrong unit"
    systemd-analyze security --offline=true --no-pager "$T/osft-reporter.service" >"$T/out" 2>"$T/err"
    exposure=$(sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p' "$T/out")
    echo "# exposure: $exposure"
    awk -v exposure="${exposure:-10}" 'BEGIN { exit !(exposure <= 1.5) }'
    result $? "the unit's exposure is at most 1.5"
else
    skip "the unit is right" "systemd-analyze is not there: $(head -n 1 "$T/need")"
fi
! grep -E '^ExecStart=' $unit | grep -qiE 'secret|accesskey *='
result $? "the unit's command has no secret"

# --- the README's drop-ins of systemd ---
readme=examples/gateway/README.md
# drop_in NUMBER: Print a block of the README that begins with [Service], by its number from 1.
drop_in() {
    awk -v wanted="$1" '
        /^```/ { inside = 0 }
        previous == "```ini" && $0 == "[Service]" && ++count == wanted { inside = 1 }
        inside { print }
        { previous = $0 }' $readme
}
for number in 1 2; do
    drop_in $number >"$T/drop-in"
    [ -s "$T/drop-in" ]
    result $? "the README has drop-in $number"
    [ -s "$T/osft-reporter.service" ] || continue # systemd-analyze is not installed
    mkdir -p "$T/osft-reporter.service.d"
    cp "$T/drop-in" "$T/osft-reporter.service.d/drop-in.conf"
    is_sound "$T/osft-reporter.service"
    result $? "... in which systemd-analyze verify finds no fault"
    sed 's/^\([A-Z][A-Za-z]*\)=/\1s=/' "$T/drop-in" >"$T/osft-reporter.service.d/drop-in.conf"
    verify "$T/osft-reporter.service"
    grep -q 'drop-in.conf' "$T/out" "$T/err"
    result $? "... and it finds a fault in a wrong one"
    rm "$T/osft-reporter.service.d/drop-in.conf"
done

# as_user ARGUMENTS...: Run --check as an unprivileged user, for an instance with these settings. $T/run stands for
# systemd's folder of credentials.
as_user() {
    CREDENTIALS_DIRECTORY="$T/run" setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \
        --no-new-privs "$T/program" --check --set defaults.region=cn-hangzhou --set 'instance a.app=my_app' \
        --set 'instance a.function=ctr' --set 'instance a.instance=one' "$@" >"$T/out" 2>"$T/err" </dev/null
    status=$?
}
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    cp "$B/osft-reporter" "$T/program"
    cp "$T/accesskey" "$T/own"
    chmod 711 "$T"
    mkdir -m 750 "$T/run"
    cp "$T/accesskey" "$T/run/accesskey"
    : >"$T/run/empty"
    # systemd lets the unit's user read by an access control list. In the mode, this list looks like read permission for
    # the group.
    chmod 440 "$T/run/accesskey" "$T/run/empty"
    chown root:65534 "$T/run" "$T/run/accesskey" "$T/run/empty"
    as_user --set "defaults.credentials=$T/accesskey"
    [ "$status" -eq 2 ] && grep -q "cannot open the file $T/accesskey: Permission denied" "$T/err"
    result $? "the unit's user cannot read what belongs to root"
    as_user --set "defaults.credentials=$T/run/accesskey"
    [ "$status" -eq 0 ]
    result $? "... and can read what LoadCredential copies"
    chown 0:65534 "$T/own" && chmod 640 "$T/own"
    as_user --set "defaults.credentials=$T/run/empty" --set "instance a.credentials=$T/own"
    [ "$status" -eq 2 ] && grep -q "others can read or change the file $T/own" "$T/err"
    result $? "... but no other file that its group can read"
    chown 65534:65534 "$T/own" && chmod 600 "$T/own"
    as_user --set "defaults.credentials=$T/run/empty" --set "instance a.credentials=$T/own"
    [ "$status" -eq 0 ]
    result $? "... and can read a file that belongs to it, such as a renewed STS token, while the unit's is empty"
    if has_library libmosquitto; then
        printf 'password\n' >"$T/run/broker-password"
        chmod 440 "$T/run/broker-password"
        chown root:65534 "$T/run/broker-password"
        as_user --set "defaults.credentials=$T/run/accesskey" --set mqtt.host=127.0.0.1 --set mqtt.user=gateway \
            --set "mqtt.password_file=$T/run/broker-password"
        [ "$status" -eq 0 ]
        result $? "... and the broker's password that LoadCredential copies"
    else
        skip "the unit's user can read the broker's password" "the reporter was built without libmosquitto"
    fi
    chmod 700 "$T"
else
    skip "the unit's user can read what LoadCredential copies" "only root can run a program as another user"
fi

# --- OpenWrt's init script ---
# Stand-ins for functions of procd and for programs print one line for each call. The last line of the file runs the
# function that the argument names.
{
    sed "s#^KEY=.*#KEY=$T/accesskey#; s#^CONFIG=.*#CONFIG=$T/openwrt.conf#" $openwrt/osft-reporter.init
    cat <<'END'
procd_open_instance() { echo "open $*"; }
procd_set_param() { echo "param $*"; }
procd_close_instance() { echo "close $*"; }
procd_send_signal() { echo "signal $*"; }
mkdir() { echo "mkdir $*"; }
chown() { echo "chown $*"; }
chgrp() { echo "chgrp $*"; }
chmod() { echo "chmod $*"; }
logger() { echo "logger $*" >&2; }
"$1"
END
} >"$T/init"
cp $openwrt/osft-reporter.conf "$T/openwrt.conf"
sh "$T/init" start_service >"$T/out" 2>"$T/err"
status=$?
[ "$status" -eq 0 ] && grep -qx "param command /usr/sbin/osft-reporter --config $T/openwrt.conf" "$T/out" &&
    grep -qx 'param user osft' "$T/out" && grep -qx 'param respawn 3600 5 0' "$T/out" && [ "$(tail -n 1 "$T/out")" = 'close ' ]
result $? "OpenWrt's init script starts the reporter as a user of its own, and again when it has ended"
grep -qx "chown osft:osft $T/openwrt.conf $T/accesskey" "$T/out" &&
    grep -qx "chmod 0600 $T/accesskey" "$T/out"
result $? "... who can read the configuration, and who alone can read the AccessKey"
for state in /var/lib/osft-reporter /etc/osft-reporter/state; do
    sed "s#^state *=.*#state = $state#" $openwrt/osft-reporter.conf >"$T/openwrt.conf"
    sh "$T/init" start_service >"$T/out" 2>"$T/err"
    grep -qx "mkdir -p $state" "$T/out" && grep -qx "chown osft:osft $state" "$T/out" &&
        grep -qx "chmod 0700 $state" "$T/out"
    result $? "... and who alone can use the folder of the state that the configuration names: $state"
done
# The init script runs as root, and gives the folder of the state to the user osft. It must not do so with folders of
# the system, which an attacker could name in the configuration.
for state in /etc /etc/osft-reporter/state/../.. /etc/hotplug.d/new; do
    sed "s#^state *=.*#state = $state#" $openwrt/osft-reporter.conf >"$T/openwrt.conf"
    sh "$T/init" start_service >"$T/out" 2>"$T/err" && grep -q '^open' "$T/out" && ! grep -qF "$state" "$T/out"
    result $? "... but no other folder, such as $state"
done
folder=$(sed -n 's#^path = \(.*\)/[^/]*$#\1#p' $openwrt/osft-reporter.conf)
[ -n "$folder" ] && grep -qx "mkdir -p $folder" "$T/out" && grep -qx "chgrp osft $folder" "$T/out" &&
    grep -qx "chmod g+w $folder" "$T/out"
result $? "... and who can write to the folder of text files: $folder"
# On OpenWrt /var is in memory.
! sed -n -e 's/^state = //p' -e 's/^path = //p' $openwrt/osft-reporter.conf | grep -v '^/var/' >"$T/out"
result $? "what the example configuration lets the reporter write is in memory, not in flash"
sed '/^state *=/d' $openwrt/osft-reporter.conf >"$T/openwrt.conf"
sh "$T/init" start_service >"$T/out" 2>"$T/err" && ! grep -q 'chmod 0700' "$T/out"
result $? "without a folder of the state none is made"
sed '/^PROGRAM=/,/^$/!d' $openwrt/osft-reporter.init | grep -qx 'CONFIG=/etc/osft-reporter/reporter.conf' &&
    grep -qx 'KEY=/etc/osft-reporter/key' $openwrt/osft-reporter.init
result $? "the configuration and the AccessKey are in /etc/osft-reporter"
sh "$T/init" reload_service >"$T/out" 2>"$T/err"
grep -qx 'signal osft-reporter \* HUP' "$T/out"
result $? "reload sends SIGHUP"
rm "$T/accesskey"
sh "$T/init" start_service >"$T/out" 2>"$T/err"
[ $? -ne 0 ] && ! grep -q '^open' "$T/out" && grep -q "there is no AccessKey in $T/accesskey" "$T/err"
result $? "without an AccessKey the init script reports that, and starts nothing"

# --- OpenWrt's package ---
# Make a build tree of OpenWrt with the parts that the package's Makefile needs.
mkdir -p "$T/top" "$T/root" "$T/made"
cat >"$T/top/rules.mk" <<'END'
INCLUDE_DIR := $(TOPDIR)
PKG_BUILD_DIR := $(TOPDIR)/sources
CP := cp -fpR
INSTALL_DIR := install -d -m0755
INSTALL_BIN := install -m0755
INSTALL_CONF := install -m0600
END
cat >"$T/top/package.mk" <<'END'
define BuildPackage
prepare:
	$(Build/Prepare)
compile:
	$(Build/Compile)
install:
	$(call Package/$(1)/install,$(TOPDIR)/root)
show:
	@echo '$(strip $(Package/$(1)))'
endef
END
# package TARGET [VARIABLE=VALUE...]: Run a target of the package's Makefile.
package() {
    make -s -f $openwrt/Makefile TOPDIR="$T/top" OSFT_DIR="$(pwd)" "$@" >"$T/out" 2>"$T/err"
    status=$?
}
package prepare && [ "$status" -eq 0 ] && [ -f "$T/top/sources/Makefile" ] && [ -d "$T/top/sources/examples/gateway" ]
result $? "OpenWrt's package takes the sources"
package compile -n CONFIG_OSFT_REPORTER_HTTP=y JSMN_DIR=/jsmn && [ "$status" -eq 0 ] &&
    grep -q 'JSMN_DIR="*/jsmn"* REPORTER_LIBRARIES="*inih libmicrohttpd"* ' "$T/out"
result $? "... builds with the libraries that are chosen"
mkdir -p "$T/top/sources/build" && cp "$B/osft-reporter" "$T/top/sources/build/"
package install && [ "$status" -eq 0 ] && [ -x "$T/top/root/usr/sbin/osft-reporter" ] && [ -x "$T/top/root/etc/init.d/osft-reporter" ] &&
    cmp -s "$T/top/root/etc/osft-reporter/reporter.conf" $openwrt/osft-reporter.conf
result $? "... and installs the program, the init script and the configuration"
package show && grep -q 'USERID:=osft:osft' "$T/out"
result $? "... with a user of its own"
grep -qx "PKG_VERSION:=$(sed -n 's/^#define OSFT_VERSION *"\(.*\)"$/\1/p' core/osft.h)" $openwrt/Makefile
result $? "... in this version"
echo "1..$n"
exit $failed
