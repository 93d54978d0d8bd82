#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the configuration of osft-reporter: the messages about faults, with line and advice; --check; and what SIGHUP
# changes.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
umask 077

# A configuration without faults.
good="[instance ctr]
app = my_app
function = ctr
instance = ctr_test
endpoint = 127.0.0.1:1
plain_http = yes"

# refused NAME LINE TEXT: Check that the file from standard input is refused, with one message that has this line and
# text.
refused() {
    cat >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 1 ] &&
        grep -qF "osft-reporter: $T/conf:$2: $3" "$T/err"
    result $? "$1"
}

# refused_setting NAME TEXT SETTING...: Check that an instance with these settings is refused, with one message that
# has this text.
refused_setting() {
    name=$1 text=$2
    shift 2
    set -- --set 'instance ctr.app=my_app' --set 'instance ctr.function=ctr' --set 'instance ctr.instance=t' "$@"
    check_reporter "$@"
    [ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && says "$text"
    result $? "$name"
}

"$B/osft-reporter" --version >"$T/out"
if grep -q '^with libinih' "$T/out"; then
    echo "$good" >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 0 ] && [ ! -s "$T/err" ]
    result $? "a right configuration is accepted without a message"

    # --- lines ---
    refused "an unknown key is refused, and the known ones are listed" 7 "[instance ctr] has no key 'intervall'; write one of: app, function, instance, region, endpoint, plain_http, ca, credentials, profile, proxy, interval, timeout, runs" <<X
$good
intervall = 5s
X
    refused "an unknown section is refused" 1 "there is no section [instances]; write [reporter]" <<X
[instances]
$good
X
    refused "a section that comes twice is refused" 8 "[instance ctr] is in line 1 already" <<X
$good

[instance ctr]
timeout = 5s
X
    refused "... also where the second one is empty" 7 "[instance ctr] is in line 1 already" <<X
$good
[instance ctr]
X
    refused "... and a missing key is reported with the section's line" 7 "[instance b] needs the key app: write the application's name" <<X
$good
[instance b]
function = ctr
instance = ctr_test
endpoint = 127.0.0.1
X
    refused "a key that comes twice is refused" 7 "[instance ctr] app is set already further up; leave one of them out" <<X
$good
app = other
X
    refused "a key outside of a section is refused" 1 "'app' is in no section" <<X
app = my_app
$good
X
    refused "a line without a sign of equality is refused" 7 "this is neither [SECTION] nor KEY = VALUE; write a line such as interval = 60s, or begin a comment with #" <<X
$good
interval
X
    refused "a line that would continue the previous one is refused" 3 "this line begins with white space" <<X
[instance ctr]
app = my_app
 function = ctr
function = ctr
instance = ctr_test
endpoint = 127.0.0.1:1
X
    refused "a comment behind a value is refused, as a part of the value would be lost" 8 "a semicolon behind white space begins a comment" <<X
$good
[hook]
command = echo a ; echo b
X
    refused "a line that is too long is refused" 7 "this line is too long" <<X
$good
ca = /$(printf '%0300d' 0)
X
    refused "something behind a section's name is refused" 7 "a section's line is [NAME], with nothing behind it" <<X
$good
[hook] command = true
X
    refused "... and its keys are not taken for those of the section above" 7 "a section's line is [NAME], with nothing behind it" <<X
$good
[instance b] # the second one
app = my_app
regoin = cn-hangzhou
X
    refused "... also where the section's line is the first one" 1 "this line begins with white space" <<X
 [instance b]
app = my_app
$good
X
    printf '%s\ncredentials = /etc/a\000b\n' "$good" >"$T/in"
    refused "a NUL is refused" 7 "a NUL is in this line" <"$T/in"
    printf '%s\n\000x\n' "$good" >"$T/in"
    refused "... also one that begins a line" 7 "a NUL is in this line" <"$T/in"
    printf '%s\ninterval = 5s\000x' "$good" >"$T/in"
    refused "... and one in a last line without an end" 7 "a NUL is in this line" <"$T/in"
    printf '%s\n[http]\rport = x\r' "$good" >"$T/in"
    refused "a CR that ends no line is refused" 7 "a control character is in this line" <"$T/in"
    printf '%s\ninterval: 5s = 6\n' "$good" >"$T/in"
    refused "a key that ends at a colon is refused" 7 "this is neither " <"$T/in"
    printf '%s\ncredentials = /etc/a\033b\n' "$good" >"$T/in"
    refused "a control character is refused" 7 "a control character is in this line" <"$T/in"
    printf '\357\273\277%s\r\n' "$good" | sed 's/$/\r/; s/\r\r$/\r/' >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 0 ]
    result $? "a byte order mark and line ends with CR are accepted"
    printf '%s\nx = 1\ny = 2\n' "$good" >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 2 ] && says "$T/conf:7:" && says "$T/conf:8:"
    result $? "all faults are reported, not only the first"
    # Several sections have values that cannot be used, keys that do not fit together, and absent keys. Each fault is
    # reported exactly once.
    {
        printf '%s\nrunz = 7\n[textfile]\npath = %s/a.txt\n[hook]\ntimeout = 5s\n' "$good" "$T"
        printf '[instance b]\nfunction = f\ninstance = i\nregoin = x\ninterval = 1x\nregion = cn-hangzhou\n'
    } >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 6 ] && says "$T/conf:7: [instance ctr] has no key 'runz'" &&
        says "$T/conf:9: [textfile] path: the collector reads" && says "$T/conf:10: [hook] needs the key command" &&
        says "$T/conf:15: [instance b] has no key 'regoin'" && says "$T/conf:16: [instance b] interval: '1x'" &&
        says "$T/conf:12: [instance b] needs the key app"
    result $? "... in all sections, whatever is wrong in others"
    check_reporter --config "$T/none"
    [ "$status" -eq 2 ] && says "cannot open the configuration $T/none: No such file"
    result $? "a file that is not there is reported"

    # --- secrets ---
    printf '%s\nproxy = http://user:%s@127.0.0.1:3128\n' "$good" "$SECRET" >"$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 0 ]
    result $? "a login for a proxy is accepted in a file that only its owner can read"
    chmod 644 "$T/conf"
    check_reporter --config "$T/conf"
    [ "$status" -eq 2 ] && says "$T/conf:7: [instance ctr] proxy is a secret in a file that others can read; chmod 600" &&
        ! says "$SECRET"
    result $? "... and refused, without showing it, where others can read it"
else
    "$B/osft-reporter" --config /dev/null >"$T/out" 2>"$T/err"
    [ $? -eq 2 ] && says 'was built without inih'
    result $? "without inih a file is refused, and --set is named"
fi

# --- values ---
here="--set defaults.endpoint=127.0.0.1:1"
# shellcheck disable=SC2086 # two words
{
    refused_setting "an invalid duration is refused" "[instance ctr] interval: '5x' cannot be used; write a time from 1s to 24h, such as 60s or 5m" $here --set 'instance ctr.interval=5x'
    refused_setting "a number beyond its bounds is refused" "[instance ctr] runs: '0' cannot be used; write how many runs are followed, from 1 to 10000" $here --set 'instance ctr.runs=0'
    refused_setting "a switch is yes or no" "[instance ctr] plain_http: '1' cannot be used; write yes or no" $here --set 'instance ctr.plain_http=1'
    refused_setting "a path is absolute" "[instance ctr] ca: 'ca.pem' cannot be used; write the absolute path" $here --set 'instance ctr.ca=ca.pem'
    refused_setting "roots that do not exist are refused" "[instance ctr] ca: this cannot be read" $here --set "instance ctr.ca=$T/none"
    refused_setting "an invalid proxy is refused" "[instance ctr] proxy: " $here --set 'instance ctr.proxy=ftp://x:1'
    refused_setting "an argument with a secret is refused, and not shown" "[instance ctr] proxy: others can read arguments" $here --set "instance ctr.proxy=http://u:$SECRET@127.0.0.1:1"
    ! says "$SECRET"
    result $? "... not even in the message"
    refused_setting "a profile without a file is refused" "[instance ctr] profile: there is no file that has profiles" $here --set 'instance ctr.profile=x'
    refused_setting "credentials that do not exist are refused" "[instance ctr] credentials: there is no file $T/none" $here --set "instance ctr.credentials=$T/none"
    refused_setting "an instance's name that cannot be the name of a file is refused" "an instance's name has letters, digits, dots, - and _ only, and begins with a letter, a digit or _; write another" $here --set 'instance ../x.app=y'
}
refused_setting "an instance without a host is refused" "[instance ctr] neither region nor endpoint names a host; write one of the two"
refused_setting "an instance with two hosts is refused" "[instance ctr] region and endpoint both name a host; write one of the two" --set 'instance ctr.region=cn-hangzhou' --set 'instance ctr.endpoint=127.0.0.1'
refused_setting "a host with a scheme is refused" "[instance ctr] endpoint: this is no host; write HOST or HOST:PORT" --set 'instance ctr.endpoint=https://x'
refused_setting "a host elsewhere without TLS is refused" "[instance ctr] plain_http: without TLS others could read along" --set 'instance ctr.endpoint=192.0.2.1' --set 'instance ctr.plain_http=yes'
refused_setting "the folder of the text file must exist" "[textfile] path: its folder is not there" --set defaults.region=cn-hangzhou --set "textfile.path=$T/none/osft.prom"
refused_setting "the text file must have the ending that the collector reads" "[textfile] path: the collector reads *.prom only" --set defaults.region=cn-hangzhou --set "textfile.path=$T/osft.txt"
touch "$T/key" && chmod 644 "$T/key"
refused_setting "credentials that others can read are refused" "others can read or change the file $T/key (mode 0644); chmod 600 $T/key" --set defaults.region=cn-hangzhou --set "defaults.credentials=$T/key"
(
    unset ALIBABA_CLOUD_ACCESS_KEY_SECRET
    check_reporter --set 'instance a.app=a' --set 'instance a.function=f' --set 'instance a.instance=i' --set 'instance a.region=cn-hangzhou'
    [ "$status" -eq 2 ] && says 'ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set; write credentials = PATH'
)
result $? "without credentials, the message names both ways to give them"
(
    set --
    for i in $(seq 65); do
        set -- "$@" --set "instance i$i.app=a" --set "instance i$i.function=f" --set "instance i$i.instance=i"
    done
    check_reporter --set defaults.region=cn-hangzhou "$@"
    [ "$status" -eq 2 ] && says '65 instances are configured, and 64 are the most'
)
result $? "more instances than there is room for are refused"
check_reporter
[ "$status" -eq 2 ] && says 'there is no configuration; name a file with --config'
result $? "without a configuration nothing is watched"
check_reporter --set reporter.run_series=1
[ "$status" -eq 2 ] && says 'no instance is configured; write a section [instance NAME]'
result $? "without an instance nothing is watched"
check_reporter --set nonsense
[ "$status" -eq 2 ] && says "--set: write SECTION.KEY=VALUE, such as 'instance ctr.app=my_app'"
result $? "an argument of --set that is no setting is refused"
"$B/osft-reporter" --wrong >"$T/out" 2>"$T/err"
[ $? -eq 2 ] && says "this is no option: '--wrong'; see osft-reporter --help"
result $? "an unknown option is refused"
"$B/osft-reporter" --config >"$T/out" 2>"$T/err"
[ $? -eq 2 ] && says "this option needs a value behind it: '--config'"
result $? "an option without its value is refused"
"$B/osft-reporter" --check reporter.conf >"$T/out" 2>"$T/err"
[ $? -eq 2 ] && says "a file is named by --config FILE, and nothing else is expected here: 'reporter.conf'"
result $? "a file without --config is refused, with what to write"
check_reporter --set instance.ctr.app=my_app
[ "$status" -eq 2 ] && says "there is no section [instance.ctr]; write [instance ctr], with a space before the name"
result $? "an instance with a dot before its name is refused, with what to write"
"$B/osft-reporter" --help >"$T/out"
awk 'length($0) > 100 { wrong = 1 } END { exit wrong || NR < 10 }' "$T/out"
result $? "--help has lines of at most 100 columns"
awk '/^A small configuration:/ { inside = 1; next } /^$/ { inside = 0 } inside { sub(/^  /, ""); print }' "$T/out" >"$T/small.conf"
sed "s#^credentials = .*#credentials = $T/small-key#; s#^path = .*#path = $T/osft.prom#" "$T/small.conf" >"$T/conf"
printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/small-key"
if "$B/osft-reporter" --version | grep -q '^with libinih'; then
    check_reporter --config "$T/conf"
    [ "$status" -eq 0 ] && [ "$(cat "$T/out")" = 'the configuration is right: 1 instance; channels: textfile' ]
    result $? "the configuration that --help shows is right, and --check tells so"
    printf '[default]\naccess_key_id = %s\n' "$ID" >"$T/small-key"
    check_reporter --config "$T/conf"
    [ "$status" -eq 2 ] && says "has no type; add a line to it: type = access_key"
    result $? "a file of credentials without a type is refused, with what to add"
    printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/small-key"
    check_reporter --config "$T/conf" --set 'instance ctr.profile=other'
    [ "$status" -eq 2 ] && says "has no profile 'other'; name one that it has by the key profile"
    result $? "a profile that does not exist is refused, with the key that names one"
fi
"$B/osft-reporter" --version >"$T/out" && grep -qx 'osft-reporter [0-9.]*' "$T/out" && [ "$(grep -c 'lib' "$T/out")" -eq 4 ]
result $? "--version lists the four libraries, built in or not"

# --- SIGHUP ---
if grep -q '^with libinih' "$T/out"; then
    task 1 running 10 >"$T/tasks"
    start --plain-http --tasks "$T/tasks"
    write_conf() { # PORT EXTRA: Write the configuration; EXTRA: further lines.
        printf '[reporter]\nstate = %s\n[defaults]\napp = my_app\nfunction = ctr\nplain_http = yes\ninterval = 1s\nendpoint = 127.0.0.1:%s\n[instance a]\ninstance = one\n%s\n[hook]\ncommand = echo "$OSFT_EVENT $OSFT_INSTANCE $OSFT_GENERATION" >>%s/events\n' \
            "$T/state" "$1" "$2" "$T" >"$T/conf"
    }
    mkdir "$T/state"
    write_conf "$port" ''
    start_reporter --config "$T/conf"
    until_true has_line "$T/events" 'started one 1'
    result $? "an instance of a file is watched"
    write_conf "$port" 'intervall = 3s'
    kill -HUP "$reporter"
    until_true says 'the new configuration is refused (above); the one before stays in force' && says "$T/conf:11: [instance a] has no key 'intervall'"
    result $? "a wrong new file is reported"
    : >"$T/log"
    until_true polls 2
    result $? "... and the old one stays in force"
    write_conf "$port" '[instance b]
instance = two'
    kill -HUP "$reporter"
    until_true has_line "$T/events" 'started two 1' && says 'the new configuration is in force: 2 instances'
    result $? "a new instance is watched from then on"
    [ "$(grep -c 'started one 1' "$T/events")" -eq 1 ]
    result $? "... and the one that stays has kept its state"
    old_port=$port
    task 1 success 100 >"$T/tasks"
    start --plain-http --tasks "$T/tasks"
    [ "$old_port" != "$port" ] && write_conf "$port" '[instance b]
instance = two' && kill -HUP "$reporter" && until_true has_line "$T/events" 'succeeded one 1' &&
        until_true has_line "$T/events" 'succeeded two 1' && [ "$(wc -l <"$T/events")" -eq 4 ]
    result $? "a new endpoint is polled from then on, with the same state"
    write_conf "$port" ''
    kill -HUP "$reporter"
    until_true says 'in force: 1 instance'
    # The endpoint may still log a request that the reporter sent before the reload.
    : >"$T/log"
    until_true has_line "$T/log" one/tasks && until_true polls 2 && : >"$T/log"
    until_true polls 3 && ! grep -q two/tasks "$T/log"
    result $? "an instance that is left out is no longer polled"
    # With sanitizers, the exit status below shows whether memory of the roots was leaked.
    start --ca-out "$T/ca.pem" --tasks "$T/tasks"
    tls="plain_http = no
ca = $T/ca.pem"
    write_conf "$port" "$tls
[instance b]
instance = two
credentials = $T/key
$tls"
    printf '[default]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$ID" "$SECRET" >"$T/key"
    chmod 600 "$T/key"
    kill -HUP "$reporter"
    until_true has_line "$T/log" one/tasks && until_true has_line "$T/log" two/tasks
    result $? "two connections of one ca are made after a reload"
    start --plain-http --tasks "$T/tasks"
    write_conf "$port" ''
    kill -HUP "$reporter"
    until_true polls 2
    result $? "... and none of them is left after the next reload"
    stop_reporter
    [ "$status" -eq 0 ]
    result $? "SIGTERM ends the reporter with status 0"

    # An instance that is left out together with the folder of the state, into which it was not saved yet.
    mkdir "$T/other"
    instances() { # FOLDER NAME...
        printf '[defaults]\napp = my_app\nfunction = ctr\nplain_http = yes\nendpoint = 127.0.0.1:%s\n' "$port"
        [ -z "$1" ] || printf '[reporter]\nstate = %s\n' "$1"
        shift
        printf '[instance %s]\ninstance = one\n' "$@"
    }
    rm -f "$T/state/"*
    instances "$T/state" a b >"$T/conf"
    start_reporter --config "$T/conf"
    until_true test -s "$T/state/b.state"
    instances "$T/other" a b >"$T/conf"
    kill -HUP "$reporter"
    until_true says 'in force: 2 instances'
    instances '' a >"$T/conf"
    kill -HUP "$reporter"
    until_true says 'in force: 1 instance'
    ! says 'cannot save the state' && [ -s "$T/other/b.state" ]
    result $? "an instance that is left out is saved in the folder that was in force"
    stop_reporter

    # Another value of runs, without a folder of the state.
    with_runs() { # VALUE
        instances '' a >"$T/conf"
        printf 'runs = %s\ninterval = 1s\n[hook]\ncommand = echo "$OSFT_EVENT $OSFT_GENERATION" >>%s/events\n' \
            "$1" "$T" >>"$T/conf"
    }
    reload_runs() { # VALUE: Put the value in force, and wait for two polls.
        with_runs "$1"
        reloads=$((reloads + 1))
        kill -HUP "$reporter"
        until_true counts 'the new configuration is in force' $reloads && : >"$T/log" && until_true polls 5
    }
    reloads=0
    { task 3 running 10; task 2 running 20; task 1 running 30; } >"$T/tasks"
    start --plain-http --tasks "$T/tasks"
    rm -f "$T/events"
    with_runs 10
    start_reporter --config "$T/conf"
    until_true has_line "$T/events" 'started 1' && until_true polls 3
    cp "$T/events" "$T/before"
    reload_runs 20 && reload_runs 3
    [ $? -eq 0 ] && [ "$(wc -l <"$T/before")" -eq 3 ] && cmp -s "$T/before" "$T/events" && counts '[a] ' 0
    result $? "another value of runs keeps the runs that are followed, and no event is reported twice"
    reload_runs 2 && reload_runs 2
    [ $? -eq 0 ] && cmp -s "$T/before" "$T/events" && counts '[a] ' 1 &&
        says '[a] 3 runs are followed, more than the new value of runs, 2: the old value, 3, stays in force'
    result $? "... and a value that is too small for them is reported once, and not used"
    { task 4 running 5; task 3 success 100; task 2 running 20; task 1 running 30; } >"$T/tasks"
    stop
    start --plain-http --port "$port" --tasks "$T/tasks"
    reload_runs 5 && until_true has_line "$T/events" 'succeeded 3' && until_true has_line "$T/events" 'started 4'
    [ $? -eq 0 ] && [ "$(wc -l <"$T/events")" -eq 5 ]
    result $? "... and what changes afterwards is reported"
    stop_reporter
fi

echo "1..$n"
exit "$failed"
