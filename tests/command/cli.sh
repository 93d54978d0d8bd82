#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the osft command without a network: usage, --dry-run, parse. Prints TAP.
set -u
. tests/tools/command.sh
OSFT=$B/osft
NONCE=3156853299f313e23d1673dc12e1703d DATE=2024-02-29T23:59:59Z

# refused EXIT PATTERN NAME ARGUMENTS...: check that the command ends with that status, that its standard error
# matches the pattern, and that its standard output is empty.
refused() {
    want=$1 pattern=$2 name=$3
    shift 3
    run "$@"
    [ "$status" -eq "$want" ] && grep -q -e "$pattern" "$T/err" && [ ! -s "$T/out" ] &&
        head -n 1 "$T/err" | grep -q '^osft: '
    result $? "$name"
}

list() {
    run list --app my_app --function ctr --instance ctr_test "$@"
}

usage() {
    pattern=$1 name=$2
    shift 2
    refused 2 "$pattern" "$name" list --app my_app --function ctr --instance ctr_test "$@"
}

# --- help and usage ---
run --version
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "osft 0.2.0" ]
result $? "--version prints the name and the version"
for version in version -V; do
    run $version
    [ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "osft 0.2.0" ]
    result $? "... and so does $version"
done
run list -V
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "osft 0.2.0" ]
result $? "... also behind a command"
run help && cp "$T/out" "$T/first" && run --help && cmp -s "$T/out" "$T/first" && [ "$status" -eq 0 ]
result $? "help is --help"
for command in list get watch parse; do
    run help $command && cp "$T/out" "$T/first" && run $command --help && cmp -s "$T/out" "$T/first" && [ "$status" -eq 0 ] && [ -s "$T/out" ]
    result $? "help $command is $command --help"
done
for command in "" list get watch parse; do
    # shellcheck disable=SC2086
    run $command --help
    [ "$status" -eq 0 ] && [ -s "$T/out" ] && [ ! -s "$T/err" ] &&
        grep -q "osft ${command:-list}" "$T/out" && [ "$(awk '{ if (length > m) m = length } END { print m }' "$T/out")" -le 80 ]
    result $? "help of '$command' goes to standard output and fits 80 columns"
done
run list --help
for word in ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN \
    --app --function --instance --status --since --until --page --page-size --format --region \
    --endpoint --ca --proxy HTTPS_PROXY NO_PROXY --timeout --plain-http --verbose --dry-run --date --nonce --all \
    --retries 1000; do
    grep -q -e "$word" "$T/out" || echo "$word" >>"$T/missing"
done
run get --help
for word in ALIBABA_CLOUD_ACCESS_KEY_ID --app --function --instance --generation --format --region --endpoint \
    --ca --proxy --timeout --retries --plain-http --verbose --dry-run --date --nonce; do
    grep -q -e "$word" "$T/out" || echo "$word" >>"$T/missing"
done
run watch --help
for word in ALIBABA_CLOUD_ACCESS_KEY_ID --app --function --instance --interval --once --state --format --region \
    --endpoint --ca --proxy --timeout --retries --plain-http --verbose; do
    grep -q -e "$word" "$T/out" || echo "$word" >>"$T/missing"
done
[ ! -e "$T/missing" ]
result $? "help of list, get and watch names every option and variable, and the limit of a page"

refused 2 "there is no 'nothing'" "help of a command that is none is a usage error" help nothing
refused 2 'osft list' "no command is a usage error"
refused 2 "'lst'" "an unknown command is named" lst
for command in list get watch parse help version; do
    grep -q "the commands are .*$command.*there is no" "$T/err" || echo "$command" >>"$T/missing"
done
[ ! -e "$T/missing" ]
result $? "... with all that there are"
refused 2 -- "list without names asks for --app first" list
refused 2 -- "list asks for --function" list --app a
refused 2 -- "list asks for --instance" list --app a --function b
refused 2 -- "an empty name is no name" list --app= --function b --instance c
usage "no option '--sort'" "an unknown option is named" --sort up
usage "no option '--ap'" "options are not abbreviated" --ap x
# meant WRITTEN MEANT [COMMAND]: check which option the command suggests for an unknown one; MEANT '': none.
meant() {
    run "${3:-list}" "$1"
    [ "$status" -eq 2 ] && if [ -n "$2" ]; then
        grep -qF "did you mean $2? See osft ${3:-list} --help" "$T/err"
    else
        grep -qF "what to do: see osft ${3:-list} --help" "$T/err"
    fi
    result $? "${3:-list} takes $1 for ${2:-nothing}"
}
# another OPTION COMMAND [OF]: check that the error for an option of another command names that command.
another() {
    run "${3:-list}" "$1"
    [ "$status" -eq 2 ] && grep -qF "it is an option of osft $2. See osft ${3:-list} --help" "$T/err"
    result $? "${3:-list} says that $1 is an option of $2"
}
meant --ap --app
meant --pagesize --page-size
meant --page_size=4 --page-size
meant --sicne=-6h --since
meant -format --format
meant --fromat --format
meant --generaton --generation get
meant --stat --state watch
meant --stat --status
meant --sort ''
another --once watch
another --all list watch
another --generation get
meant --x ''
meant "--$(printf '%0200d' 0)" ''
usage "value must follow '--page'" "an option at the end lacks its value" --page
usage "value must follow '--page'" "an option does not swallow the next one" --page --page-size 4
usage "no value" "a switch takes no value" --verbose=1
usage "'extra'" "list takes no arguments" extra
usage "given twice" "an option twice with different values is refused" --page 1 --page=2
usage "success, failed or running" "--status names its three values" --status finished
usage "success, failed or running" "--status is not empty" --status ''
usage "table, json, jsonl, csv, prometheus or timeline" "--format names its values" --format xml
usage "give one of them" "--region and --endpoint exclude each other" --region cn-beijing --endpoint localhost
usage "only --dry-run" "--date needs --dry-run" --date $DATE
usage "only --dry-run" "--nonce needs --dry-run" --nonce x
usage "only --dry-run" "--show-signature needs --dry-run" --show-signature
usage "for --format jsonl only" "--extend-info needs JSON Lines" --extend-info object
usage "for --format jsonl only" "... and json is none" --extend-info object --format json
usage "is text or object" "--extend-info names its values" --extend-info array --format jsonl
usage "this machine only" "--plain-http to the service is refused" --plain-http
for host in example.com 128.0.0.1 127.0.0.1.example.com localhost.example.com '[::2]' '[::ffff:1.2.3.4]' 127.1; do
    usage "this machine only" "--plain-http to $host is refused" --plain-http --endpoint "$host"
done
for region in '' Cn-hangzhou cn_hangzhou cn/x cn.x -cn cn- 'cn hangzhou'; do
    usage "--region needs" "'$region' is no region" --region "$region"
done
for endpoint in '' : :1 a:0 a:65536 a:-1 a:1x a: 'a b' a/b https://a ::1 '[::1' '[::1]x' '[a]:1' '[::1%lo]:1' -a .a user@a; do
    usage "--endpoint needs" "'$endpoint' is no endpoint" --endpoint="$endpoint"
done
for size in '' x 1x 1.5 ' 1' +1 0x10 0 -1 2147483648 99999999999999999999; do
    usage "--page-size needs" "'$size' is no page size" --page-size "$size"
    usage "--page needs" "'$size' is no page" --page "$size"
done
for timeout in '' 0 -1 0s 1.5s 10x s 25d 9999999999s 99999999999999999999h; do
    usage "--timeout needs" "'$timeout' is no time-out" --timeout "$timeout"
done
for retries in '' x 1x -1 101 1.5 99999999999999999999; do
    usage "--retries needs" "'$retries' is no number of retries" --retries "$retries"
done
usage "leave out --page" "--all shows all pages" --all --page 2
usage "leave out --all" "--dry-run shows one request" --all --dry-run
usage "1 to 1000" "--all does not ask for 1001 tasks at once" --all --page-size 1001
usage "no option '--generation'" "--generation is for get" --generation 3
usage "no option '--once'" "--once is for watch" --once

# command_usage COMMAND PATTERN NAME ARGUMENTS...: like refused, for another command.
command_usage() {
    command=$1 pattern=$2 name=$3
    shift 3
    refused 2 "$pattern" "$name" "$command" --app my_app --function ctr --instance ctr_test "$@"
    grep -qi "see osft $command --help" "$T/err"
    result $? "... and whose help to read"
}
command_usage get "--generation 3" "get asks for the generation"
command_usage get "--generation 3" "an empty generation is none" --generation ''
command_usage get "no option '--status'" "get has no filters" --generation 3 --status success
command_usage get "no option '--all'" "get has no --all" --generation 3 --all
command_usage watch "no option '--page'" "watch has no pages" --page 2
command_usage watch "table or jsonl" "watch prints no csv" --format csv
command_usage watch "needs a file" "the state is kept in a file" --state ''
command_usage watch "needs a file" "the state is not kept in standard output" --state -
command_usage watch "give one of them" "--once and --interval exclude each other" --once --interval 5s
for interval in '' 0 999ms x 25d -5s; do
    command_usage watch "--interval needs" "'$interval' is no interval" --interval "$interval"
done
refused 5 "ALIBABA_CLOUD_ACCESS_KEY_ID is not set" "get needs credentials" \
    get --app a --function b --instance c --generation 3
refused 5 "ALIBABA_CLOUD_ACCESS_KEY_ID is not set" "watch needs credentials" \
    watch --app a --function b --instance c --state "$T/state"
[ ! -e "$T/state" ]
result $? "... and begins no state without them"

for time in '' now 7d +7d 2023-02-29 1900-02-29 2100-02-29 2024-02-30 2024-13-01 2024-00-01 2024-01-00 \
    2024-04-31 2024-1-1 24-01-01 0000-01-01 2024-02-29T24:00:00Z 2024-02-29T23:60:00Z 2024-02-29T23:59:60Z \
    2024-02-29T23:59:59 2024-02-29T23:59Z 2024-02-29T23:59:59z 2024-02-29t23:59:59Z '2024-02-29 23:59:59Z' \
    2024-02-29T23:59:59ZZ 2024-02-29T23:59:59+8 2024-02-29T23:59:59+0800 2024-02-29T23:59:59+24:00 \
    2024-02-29T23:59:59+08:60 2024-02-29T23:59:59.Z 2024-02-29T23:59:59.1234Z 1.5 0x10 1e3 \
    9223372036854775808 -9223372036854775809 -7D -d --7d -7d1 -99999999999999999w -1y; do
    usage "--since needs" "'$time' is no time" --since="$time"
done
for time in 0 1970-01-01 1970-01-01T00:00:00Z; do
    usage "no task ends before 1970" "--until $time is refused, as it would not be sent" --until "$time"
done
for time in 1969-12-31 1969-12-31T23:59:59.999Z 0001-01-01 -7 -9223372036854775808 -9999w; do
    usage "no task ends before 1970" "--until $time is refused, as it is before 1970" --until="$time"
    usage "no task starts before 1970" "--since $time is refused, as it is before 1970" --since="$time"
done
usage "--until must not be before --since" "a time to end that is before the time to start is refused" --since=-1h --until=-2h
for date in '' 2024-02-29 2024-02-29T23:59:59+00:00 2023-02-29T00:00:00Z 1969-12-31T23:59:59Z 2100-01-01T00:00:00Z \
    1709251199000 -7d; do
    usage "--date needs" "'$date' is no date of a request" --dry-run --date="$date"
done

# --- credentials ---
refused 5 "ALIBABA_CLOUD_ACCESS_KEY_ID is not set" "a missing key id is named" \
    list --app a --function b --instance c
export ALIBABA_CLOUD_ACCESS_KEY_ID=$ID
refused 5 "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" "a missing secret is named, by a dry run as well" \
    list --app a --function b --instance c --dry-run
for bad in "$SECRET
" " $SECRET" "$SECRET	"; do
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=$bad
    export ALIBABA_CLOUD_ACCESS_KEY_SECRET
    refused 5 "ALIBABA_CLOUD_ACCESS_KEY_SECRET has white space" "a secret with white space around it is refused" \
        list --app a --function b --instance c
done
export ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
ALIBABA_CLOUD_ACCESS_KEY_ID="a b"
refused 5 "ALIBABA_CLOUD_ACCESS_KEY_ID has white space" "a key id with a space is refused" \
    list --app a --function b --instance c
ALIBABA_CLOUD_ACCESS_KEY_ID=$ID

# --- dry run: captured from the vendor's own SDK ---
list --dry-run --show-signature --date $DATE --nonce $NONCE --page-size 50
cat >"$T/want" <<END
# canonical request
GET
/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks
pageSize=50
host:opensearch.cn-hangzhou.aliyuncs.com
x-acs-action:ListFunctionTasks
x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
x-acs-date:2024-02-29T23:59:59Z
x-acs-signature-nonce:$NONCE
x-acs-version:2017-12-25

host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
# string to sign
ACS3-HMAC-SHA256
d397467a85cf1c92ba13564e26185a3a42fdca9c48b62d3c04a6ae693349e069
# request
END
lines=$(wc -l <"$T/want")
head -n "$lines" "$T/out" | cmp -s - "$T/want" && [ "$status" -eq 0 ] && [ ! -s "$T/err" ]
result $? "a dry run prints the canonical request and the string to sign of vector subset-05"

tail -n +$((lines + 1)) "$T/out" >"$T/request"
cr=$(printf '\r')
[ "$(head -n 1 "$T/request")" = "GET /v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_test/tasks?pageSize=50 HTTP/1.1$cr" ] &&
    ! grep -v "$cr\$" "$T/request" && [ "$(tail -n 1 "$T/request")" = "$cr" ] &&
    [ "$(grep -c "^$cr\$" "$T/request")" -eq 1 ] &&
    grep -q "^host: opensearch.cn-hangzhou.aliyuncs.com$cr\$" "$T/request" &&
    grep -q "^user-agent: osft/0.2.0" "$T/request"
result $? "a dry run prints the request as it is sent, CRLF and empty line included"

list --dry-run --date $DATE --nonce $NONCE --page-size 50
sed 's/,Signature=[0-9a-f]*/,Signature=(the signature)/' "$T/request" >"$T/want"
tail -n +$((lines + 1)) "$T/out" | cmp -s - "$T/want" && grep -q 'Signature=(the signature)' "$T/want"
result $? "... without the signature, unless it is asked for"
list --dry-run --date $DATE --nonce ',Signature=' --page-size 50 && ! LC_ALL=C grep -Eq 'Signature=[0-9a-f]' "$T/out"
result $? "... whatever the nonce is"

# vector ID HASH SIGNATURE ARGUMENTS...: check the hash and the signature of a capture; the hash covers the whole
# canonical request.
vector() {
    name=$1 hash=$2 signature=$3
    shift 3
    run list --function ctr --instance ctr_test --dry-run --show-signature "$@"
    [ "$status" -eq 0 ] && grep -q "^$hash\$" "$T/out" && grep -q ",Signature=$signature$cr\$" "$T/out"
    result $? "a dry run is signed as vector $name"
}
vector subset-05 d397467a85cf1c92ba13564e26185a3a42fdca9c48b62d3c04a6ae693349e069 \
    0f4ecc05d1f7ff2ca29ad773f79034b4af7253789945f22a349e5e8b652400bb --app my_app --date $DATE --nonce $NONCE \
    --page-size 50
vector number-11 1de8e66420ce3c1f06e70fcce72b60f8270a5ceebed69bb7f45025c19a7e0fec \
    69c2d4082a0c4cb1b2715e2706cf2642d8936789002e98e84a24523104f10065 --app my_app --date $DATE --nonce $NONCE \
    --page 200 --page-size 200
vector subset-31 51bae07157efc72082b1bdca202035a072ef16bbd3f4b6678ff921fc011286a4 \
    55f867e582a2667e3fe8009151ff76c356669f0a8763180d32d050b57b0c76ef --app my_app --date $DATE --nonce $NONCE \
    --status success --since 1582214400000 --page 2 --page-size 50
# vector_of_page ID QUERY ARGUMENTS...: check a capture with another query string, as the command always sends a
# page size and few captures do. The hash covers the STS token as well.
vector_of_page() {
    name=$1 query=$2
    shift 2
    # shellcheck disable=SC2059 # the capture's \n
    canonical=$(printf "$(sed -n 's/^{"id":"'"$name"'".*"canonical_request":"\([^"]*\)".*/\1/p' \
        tests/support/vectors/signing.jsonl | sed 's/%/%%/g')" | sed "3s/.*/$query/")
    hash=$(printf '%s' "$canonical" | sha256sum | cut -c 1-64)
    run list --function ctr --instance ctr_test --dry-run "$@"
    [ "$status" -eq 0 ] && [ "${#canonical}" -gt 300 ] && grep -q "^$hash\$" "$T/out"
    result $? "a dry run has the hash of vector $name with 20 tasks a page"
}
vector_of_page plain-01 pageSize=20 --app my_app --date $DATE --nonce $NONCE
vector_of_page number-17 'endTime=9223372036854775807\&pageSize=20\&startTime=9223372036854775807' --app my_app --date $DATE \
    --nonce $NONCE --since 9223372036854775807 --until 9223372036854775807
vector_of_page name-13 pageSize=20 --app 中文 --date $DATE --nonce $NONCE
# vector_get: the same for get, whose generation is the last segment of the path.
vector_get() {
    name=$1 hash=$2 signature=$3 generation=$4
    run get --app my_app --function ctr --instance ctr_test --dry-run --show-signature --date $DATE --nonce $NONCE \
        --generation "$generation"
    [ "$status" -eq 0 ] && grep -q "^$hash\$" "$T/out" && grep -q ",Signature=$signature$cr\$" "$T/out"
    result $? "a dry run of get is signed as vector $name"
}
vector_get get-01 ee0348950e886c16b95cc532f7672dedfd25b04ee403b816b024090a03031938 \
    d3adffd6f8b83e788f2fdf1b7e5ebab02ca9367d0f8b898d7918f6b63aa36e3d '1'
vector_get get-03 65c6a793483fe8aee0adab869080967f287c23a9a2f3999d8d17edfd89593c93 \
    721e2942c2d1110d74d55ca4214bf4989b53bac4358e687891ca20b088e903a7 'gen 1/2'
vector_of_page nonce-01 pageSize=20 --app my_app --date $DATE --nonce ''
vector_of_page host-01 pageSize=20 --app my_app --date $DATE --nonce $NONCE --endpoint 127.0.0.1:18080 --plain-http
vector_of_page date-01 pageSize=20 --app my_app --nonce $NONCE --date 1970-01-01T00:00:00Z
export ALIBABA_CLOUD_SECURITY_TOKEN='CAISTESTtoken+with/slash==and%25pct'
vector_of_page sts-01 pageSize=20 --app my_app --date $DATE --nonce $NONCE
[ "$(grep -c 'x-acs-security-token: *(the token)' "$T/out")" -eq 2 ] && ! grep -qF CAISTEST "$T/out"
result $? "... which leaves out the token, where it is signed and where it would be sent"
unset ALIBABA_CLOUD_SECURITY_TOKEN

# host ARGUMENT HOST [MORE]: check the Host header.
host() {
    argument=$1 want=$2
    shift 2
    list --dry-run --endpoint "$argument" "$@"
    [ "$status" -eq 0 ] && grep -qxF "host:$want" "$T/out" && grep -qxF "host: $want$cr" "$T/out"
    result $? "--endpoint $argument $* is sent as Host $want"
}
host example.com:443 example.com
host example.com:80 example.com:80
host localhost:80 localhost --plain-http
host localhost:443 localhost:443 --plain-http
host '[::1]' '[::1]'
host '[2001:db8::1]:8443' '[2001:db8::1]:8443'
host 127.255.255.254:1 127.255.255.254:1 --plain-http
host '[0:0:0:0:0:0:0:1]:9' '[0:0:0:0:0:0:0:1]:9' --plain-http
list --dry-run --region us-east-1
grep -qx "host:opensearch.us-east-1.aliyuncs.com" "$T/out"
result $? "--region chooses the host"

# since TIME MILLISECONDS: check that a relative time counts from --date.
since() {
    list --dry-run --date $DATE --since "$1" --until="$1"
    [ "$status" -eq 0 ] && grep -qx "endTime=$2&pageSize=20&startTime=$2" "$T/out"
    result $? "'$1' is $2 ms"
}
since 2024-02-29T23:59:59Z 1709251199000
since 2024-02-29T23:59:59.5Z 1709251199500
since 2024-02-29T23:59:59.123Z 1709251199123
since 2024-03-01T07:59:59+08:00 1709251199000
since 2024-02-29T20:29:59-03:30 1709251199000
since 2024-02-29 1709164800000
since 2000-02-29 951782400000
since 1970-01-01T00:00:00.001Z 1
since 9999-12-31T23:59:59.999Z 253402300799999
since 9007199254740993 9007199254740993
since -45s 1709251154000
since -30m 1709249399000
since -12h 1709207999000
since -7d 1708646399000
since -2w 1708041599000
since -0d 1709251199000

list --dry-run && cp "$T/out" "$T/first" && list --dry-run && ! cmp -s "$T/out" "$T/first" &&
    grep -Eq '^x-acs-signature-nonce:[0-9a-f]{32}$' "$T/out" &&
    grep -Eq '^x-acs-date:20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$' "$T/out"
result $? "a dry run without --date and --nonce has the present time and a random nonce"
usage nonce "a nonce that would break out of its line is refused" --dry-run --nonce "a
b"

# --- parse ---
cat >"$T/a.json" <<'END'
{"Status":"OK","requestId":"163815","httpCode":"200","code":"","message":null,"latency":123,"totalCount":37,"result":[
{"functionName":"ctr","progress":73,"status":"running","startTime":9007199254740993,"endTime":0,"extendInfo":null,"runId":"now","generation":12},
{"functionName":"ctr","progress":100,"status":"success","startTime":100010,"endTime":200020,"extendInfo":"{\"recall\":91,\"errors\":[]}","runId":"run\u001b[31m中文,x\"y\u0000z","generation":"3"},
{"unknown":[1,{"a":2}]},
{"progress":5,"status":"failed","startTime":0,"endTime":86461000,"runId":"a\r\nb\u009b\u202e"}
],"unknown":{"a":[1]}}
END
cat >"$T/json" <<'END'
{
  "status": "OK",
  "requestId": "163815",
  "httpCode": 200,
  "code": "",
  "latency": 123,
  "totalCount": 37,
  "result": [
    {
      "functionName": "ctr",
      "progress": 73,
      "status": "running",
      "startTime": 9007199254740993,
      "endTime": 0,
      "runId": "now",
      "generation": "12"
    },
    {
      "functionName": "ctr",
      "progress": 100,
      "status": "success",
      "startTime": 100010,
      "endTime": 200020,
      "extendInfo": "{\"recall\":91,\"errors\":[]}",
      "runId": "run\u001b[31m中文,x\"y\u0000z",
      "generation": "3"
    },
    {},
    {
      "progress": 5,
      "status": "failed",
      "startTime": 0,
      "endTime": 86461000,
      "runId": "a\r\nb\u009b\u202e"
    }
  ]
}
END
run parse --format json "$T/a.json"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/json"
result $? "parse prints JSON in the documentation's spelling, absent members left out"
run parse --format=json "$T/json"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/json"
result $? "parse of its own JSON prints the same again"
cat >"$T/want" <<'END'
{"functionName":"ctr","progress":73,"status":"running","startTime":9007199254740993,"endTime":0,"runId":"now","generation":"12"}
{"functionName":"ctr","progress":100,"status":"success","startTime":100010,"endTime":200020,"extendInfo":"{\"recall\":91,\"errors\":[]}","runId":"run\u001b[31m中文,x\"y\u0000z","generation":"3"}
{}
{"progress":5,"status":"failed","startTime":0,"endTime":86461000,"runId":"a\r\nb\u009b\u202e"}
END
run parse --format jsonl "$T/a.json"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/want"
result $? "parse prints JSON Lines, one task a line"
{
    printf 'functionName,progress,status,startTime,endTime,extendInfo,runId,generation\r\n'
    printf 'ctr,73,running,9007199254740993,0,,now,12\r\n'
    printf 'ctr,100,success,100010,200020,"{""recall"":91,""errors"":[]}","run\033[31m中文,x""y\000z",3\r\n'
    printf ',,,,,,,\r\n'
    printf ',5,failed,0,86461000,,"a\r\nb\302\233\342\200\256",\r\n'
} >"$T/want"
run parse --format csv "$T/a.json"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/want"
result $? "parse prints CSV as RFC 4180 has it"
run parse "$T/a.json"
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 5 ] &&
    grep -q '^12 *running *#######\.\.\.  73%  9007199254740993ms' "$T/out" &&
    grep -qF '3    success  ########## 100%  1970-01-01T00:01:40Z  1m 40s   run\x1b[31m中文,x"y\x00z' "$T/out" &&
    grep -q '^- *- *- *- *- *- *-$' "$T/out" &&
    grep -qF '5%  1970-01-01T00:00:00Z  1d 00h   a\r\nb\u{9b}\u{202e}' "$T/out"
result $? "parse prints a table: bars, UTC times, lengths of time, absent values as -"
grep -q success "$T/out" && ! tr -d '\n' <"$T/out" | LC_ALL=C grep -q '[[:cntrl:]]'
result $? "no control character reaches a table"

# metrics EXTENDINFO WANT: check the table's last column.
metrics() {
    printf '{"result":[{"extendInfo":"%s"}]}' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')" >"$T/body"
    run parse "$T/body"
    [ "$status" -eq 0 ] && grep -qF -e "-    $2" "$T/out" && [ "$(wc -l <"$T/out")" -eq 2 ]
    result $? "METRICS shows $1 as $2"
}
metrics '{"auc":0.77450,"recall":91,"errors":[]}' 'auc 0.7745, recall 91'
metrics '{"errors":["no samples"],"auc":0.5}' '1 error: no samples; auc 0.5'
metrics '{"errors":[{"code":"E1","n":2},"b"]}' '2 errors: E1 2'
metrics '{"errors":"all"}' '1 error: all'
metrics '{"eval":{"auc":1e-7,"by":[2,true]},"x":null}' 'eval.auc 0.0000001, eval.by.0 2, eval.by.1 true, x null'
metrics '{"a":"\u001b[31m\\"}' 'a \x1b[31m\'
metrics '{"a":1,"b":2' 'a 1'
metrics 'no JSON' 'no JSON'
metrics '7' '7'
metrics '{"a":123456789012345678901234567890,"b":"123456789012345678901234567890"}' \
    'a 123456789012345678901234567890, b 1234567890123456789012..'
printf '{"result":[{"extendInfo":"{\\"errors\\":[]}"}]}' >"$T/body"
run parse "$T/body"
[ "$status" -eq 0 ] && ! grep -q METRICS "$T/out" && [ "$(wc -l <"$T/out")" -eq 2 ]
result $? "a table without anything measured has no METRICS"

# --- extendInfo as an object ---
# object EXTENDINFO WANT
object() {
    printf '{"result":[{"extendInfo":"%s"}]}' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g' | tr '\n' ' ')" >"$T/body"
    run parse --format jsonl --extend-info object "$T/body"
    [ "$status" -eq 0 ] && [ "$(cat "$T/out")" = "{\"extendInfo\":$2}" ]
    result $? "--extend-info object: $3"
}
object '{}' '{}' 'the empty object'
object ' {"a":[1,{"b":1.50}],"ü":"x\ny\\"} ' ' {"a":[1,{"b":1.50}],"ü":"x\ny\\"} ' 'an object as it was written'
object '{"a":1e400,"b":123456789012345678901234567890}' '{"a":1e400,"b":123456789012345678901234567890}' 'numbers as they were written'
object '[1]' '"[1]"' 'an array stays a text'
object '7' '"7"' 'a number stays a text'
object '"{}"' '"\"{}\""' 'a text stays a text'
object '{"a":01}' '"{\"a\":01}"' 'what is no JSON stays a text'
object '{"a":1}{' '"{\"a\":1}{"' 'more than one object stays a text'
object '{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}' '"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}"' 'what nests too deep stays a text'
printf '{"result":[{"extendInfo":"{\\"a\\":\\"\\u202e\\u009b\\"}\\n"},{"extendInfo":null},{"extendInfo":"{\\n\\"a\\":1}"}]}' | sed 's/\\u/\\u/g' >"$T/body"
run parse --format jsonl --extend-info object "$T/body"
[ "$status" -eq 0 ] && [ "$(wc -l <"$T/out")" -eq 3 ] && ! LC_ALL=C grep -q '[^ -~]' "$T/out" && grep -q '"a":1' "$T/out"
result $? "... on one line, with what disturbs a terminal escaped"
run parse --format jsonl --extend-info text "$T/body"
[ "$status" -eq 0 ] && [ "$(grep -c '"extendInfo":"{' "$T/out")" -eq 2 ]
result $? "--extend-info text is the default"

"$OSFT" parse --format json <"$T/a.json" | cmp -s - "$T/json"
result $? "parse reads standard input"
"$OSFT" parse --format json - <"$T/a.json" | cmp -s - "$T/json"
result $? "parse reads standard input by the name of -"
(cd "$T" && cp a.json ./--x && "$OSFT" parse --format json -- --x) | cmp -s - "$T/json"
result $? "parse reads a file with the name of an option after --"

# parse_is EXIT PATTERN NAME BODY: check how parse ends with this body.
parse_is() {
    printf '%s' "$4" >"$T/body"
    refused "$1" "$2" "$3" parse "$T/body"
}
parse_is 6 'byte offset: 10' "a body that is not JSON: its byte offset" '{"result":x}'
parse_is 6 'expected there: a value' "a body that is not JSON: what was expected" '{"result":x}'
parse_is 6 'byte offset: 11' "a body that ends early is not JSON" '{"result":['
parse_is 6 'byte offset: 0' "an empty body is not JSON" ''
parse_is 6 'byte offset: 0' "a web page is not JSON" '<html><body>hello</body></html>'
parse_is 6 'byte offset' "a control character in a string is not JSON" '{"message":"a	b"}'
parse_is 7 'result' "JSON whose result is a number is no response, and the member is named" '{"totalCount":1,"result":3}'
parse_is 1 'Task.NotExist' "a refusal is reported with its code" '{"Code":"Task.NotExist","Message":"gone","RequestId":"R-1"}'
parse_is 1 'request id: R-1' "a refusal is reported with its request id" '{"Code":"Task.NotExist","Message":"gone","RequestId":"R-1"}'
parse_is 1 'InternalError' "the older form of an error is a refusal" '{"errors":[{"code":"InternalError","message":"x"}]}'
parse_is 1 'x1b\[31m' "an escape sequence in a refusal is escaped" '{"Code":"A\u001b[31mB","Message":"gone"}'
printf '%s' "{\"Code\":\"SignatureDoesNotMatch\",\"Message\":\"Signature does not match. server string to sign is:GET&$ID\"}" >"$T/body"
refused 1 'does not match' "a wrong signature is reported" parse "$T/body"
grep -q 'does not match' "$T/err" && ! grep -q -e "$ID" -e 'GET&' "$T/err"
result $? "the string to sign that a refusal echoes is not shown"
# A refusal that also has a task, of which JSON prints a part.
HEX=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
printf '%s' "{\"code\":\"SignatureDoesNotMatch\",\"requestId\":\"R1\",\"message\":\"Specified signature is not matched. server string to sign is: GET\\n/v4/x\\nx-acs-security-token:CAIS\\nSignature=$HEX\",\"result\":[{\"runId\":\"r\",\"status\":\"running\",\"progress\":1}],\"totalCount\":1}" >"$T/body"
run parse --format json "$T/body"
[ "$status" -eq 1 ] && grep -q '"runId": "r"' "$T/out" && grep -q '"message": "Specified signature is not matched. ... (the rest' "$T/out" &&
    ! grep -q -e "$HEX" -e CAIS -e /v4/x "$T/out" "$T/err"
result $? "... nor in JSON of the task that came with it"
printf '<?xml version="1.0"?><Error><Code>NoSuchBucket</Code></Error>' >"$T/body"
refused 6 'HTML or XML' "a refusal in XML is not called a web page" parse "$T/body"
refused 2 'No such file' "a file that is not there is a usage error" parse "$T/none"
refused 2 'directory' "a folder is a usage error" parse "$T"
refused 2 'one file' "two files are a usage error" parse "$T/a.json" "$T/json"
refused 2 'table, json' "parse names the formats" parse --format xml "$T/a.json"
refused 2 "no option '--app'" "parse has no options of list" parse --app x

printf '{"result":[{"progress":1},{"progress":2},{"progress":"x"},{"progress":4}]}' >"$T/body"
run parse --format jsonl "$T/body"
[ "$status" -eq 6 ] && [ "$(cat "$T/out")" = '{"progress":1}
{"progress":2}
{"progress":4}' ] && grep -q 'task left out: index 2, run id -: member progress cannot be used' "$T/err"
result $? "the tasks before and behind one that cannot be used are printed, and that one is named"
printf '{"result":[{"startTime":[]},{"progress":2},{"progress":"x"}]}' >"$T/body"
run parse --format json "$T/body"
[ "$status" -eq 6 ] && [ "$(tail -n 1 "$T/out")" = '}' ] && grep -q 'member startTime cannot be used' "$T/err" && grep -q 'and 1 more of this response' "$T/err"
result $? "... as JSON, too, which is whole"
awk 'BEGIN { printf "{\"totalCount\":20000,\"result\":["
    for (i = 0; i < 20000; i++) printf "%s{\"generation\":%d,\"runId\":\"run-%d\"}", i ? "," : "", i, i
    print "]}" }' >"$T/body"
run parse --format jsonl "$T/body"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"runId\":\"run-%d\",\"generation\":\"%d\"}\n", i, i }' >"$T/want"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/want"
result $? "parse reads 20000 tasks"
run parse --format json /dev/null
[ "$status" -eq 6 ]
result $? "an empty file is not JSON"
printf '{"requestId":"R-2","result":{"progress":7,"runId":"r","generation":3}}' >"$T/body"
cat >"$T/want" <<'END'
{
  "requestId": "R-2",
  "result": {
    "progress": 7,
    "runId": "r",
    "generation": "3"
  }
}
END
run parse --format json "$T/body"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/want"
result $? "parse reads a response to get, whose result is one object"
run parse --format json "$T/want"
[ "$status" -eq 0 ] && cmp -s "$T/out" "$T/want"
result $? "... and prints its own JSON of it the same again"
printf '{"totalCount":2,"result":[{"progress":1},{"progress":2' >"$T/body"
run parse --format json "$T/body"
[ "$status" -eq 6 ] && [ "$(tail -n 1 "$T/out")" = '    }' ]
result $? "JSON before an error is left without its end"
printf '{"totalCount":0,"result":[]}' >"$T/body"
run parse --format json "$T/body"
[ "$status" -eq 0 ] && [ "$(cat "$T/out")" = '{
  "totalCount": 0,
  "result": []
}' ]
result $? "no tasks are an empty array"

printf '{"result":[{"runId":"","status":"a"},{"status":"b"}]}' >"$T/body"
run parse --format csv "$T/body"
[ "$(tail -n 2 "$T/out" | tr -d '\r')" = ',,a,,,,"",
,,b,,,,,' ]
result $? "CSV tells an empty text from an absent one"

# --- standard error where the locale has no UTF-8: the second byte of a character could be a control there ---
LC_ALL=C "$OSFT" list "Û中" >"$T/out" 2>"$T/err"
status=$?
[ "$status" -eq 2 ] && ! LC_ALL=C grep -q '[^ -~]' "$T/err" && grep -qF '\u{db}\u{4e2d}' "$T/err"
result $? "standard error is ASCII where the locale says so"
"$OSFT" list "Û中" >"$T/out" 2>"$T/err"
grep -qF "Û中" "$T/err"
result $? "... and UTF-8 elsewhere"

# --- output ---
status=0
if [ -c /dev/full ]; then
    "$OSFT" parse "$T/a.json" >/dev/full 2>"$T/err"
    status=$?
    : >"$T/out"
    [ "$status" -eq 8 ] && grep -q 'No space left' "$T/err" && grep -q 'what to do: make room' "$T/err"
    result $? "a full disk is an error, with what to do"
fi
"$OSFT" parse "$T/a.json" >&- 2>"$T/err"
status=$?
[ "$status" -eq 8 ] && grep -q 'cannot write' "$T/err"
result $? "a closed standard output is an error"
awk 'BEGIN { printf "{\"result\":["; for (i = 0; i < 20000; i++) printf "%s{\"generation\":%d}", i ? "," : "", i; print "]}" }' >"$T/body"
{ "$OSFT" parse --format jsonl "$T/body" 2>"$T/err"; echo $? >"$T/status"; } | head -n 1 >"$T/out"
status=$(cat "$T/status")
[ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(cat "$T/out")" = '{"generation":"0"}' ]
result $? "a closed pipe is no error"

# --- a terminal, where there is a program to make one ---
terminal() {
    script -qec "stty cols $1; $2 $OSFT parse ${3:-} $T/t.json" /dev/null </dev/null 2>&1 | tr -d '\r' >"$T/out"
}
printf '%s' '{"result":[{"status":"success","progress":50,"startTime":1700000000000,"endTime":1700000050000,"generation":"1","runId":"r\u001b]0;x\u0007中 2024-01-01","extendInfo":"{\"auc\":0.5}"}]}' >"$T/t.json"
# fits N: check that no line has more than N characters. (An escape for colour has none here.)
fits() {
    [ -s "$T/out" ] && awk -v most="$1" 'length > most { bad = 1 } END { exit bad }' "$T/out"
}
esc=$(printf '\033')
if has_terminals; then
    terminal 120 TERM=xterm
    grep -qF "${esc}[32msuccess${esc}[0m" "$T/out" && grep -qF "█████░░░░░  50%" "$T/out" &&
        grep -qF 'r\x1b]0;x\x07中' "$T/out" && ! grep -qF "${esc}]" "$T/out"
    result $? "on a terminal a table has colour and bars, and what came from outside is escaped"
    terminal 120 "TERM=xterm NO_COLOR=1" && ! grep -qF "$esc" "$T/out" && grep -q success "$T/out"
    result $? "NO_COLOR switches colour off"
    terminal 120 "TERM=dumb" && ! grep -qF "$esc" "$T/out" && grep -q success "$T/out"
    result $? "TERM=dumb switches colour off"
    terminal 120 "TERM=dumb LC_ALL=C" "--format json" && ! LC_ALL=C grep -q '[^ -~]' "$T/out" && grep -qF '\u4e2d' "$T/out"
    result $? "... also as JSON, which has escapes of its own"
    terminal 120 "TERM=dumb LC_ALL=C" && ! LC_ALL=C grep -q '[^ -~]' "$T/out" && grep -qF '#####.....' "$T/out"
    result $? "a terminal without UTF-8 gets ASCII"
    terminal 90 "TERM=dumb" && fits 90 && grep -qF 'auc 0.5' "$T/out" && grep -q 'RUN.*METRICS' "$T/out" && grep -q 'r\\.*\.\..*-01 ' "$T/out"
    result $? "a narrow terminal shows a run's beginning and end"
    terminal 75 "TERM=dumb" && fits 75 && grep -q success "$T/out" && grep -qF 'auc 0.5' "$T/out" && ! grep -q RUN "$T/out"
    result $? "a narrower one shows metrics rather than the run's name, which tells when it started"
    for columns in 70 60 50 40 30 20 10 1; do
        terminal $columns "TERM=dumb" && fits $columns && [ "$(wc -l <"$T/out")" -eq 2 ]
        result $? "a table fits $columns columns: rows are cut, not wrapped"
    done
    terminal 40 "TERM=dumb" && grep -q '^1    success  █████░░░░░  50%  50s' "$T/out"
    result $? "in 40 columns are the generation, the status, the progress and how long it took"
    for columns in 60 40 20; do
        terminal $columns "TERM=dumb" "--format timeline" && fits $columns && grep -q success "$T/out"
        result $? "a timeline fits $columns columns"
    done
    terminal 120 "TERM=xterm" "--format csv" && ! grep -qF "$esc" "$T/out" && grep -qF '\x1b]0;x' "$T/out"
    result $? "CSV on a terminal is escaped, too"
else
    skip "a table on a terminal" "there are no pseudo-terminals here"
fi

grep -q "Credential=$ID," "$T/all" && ! grep -qF "$SECRET" "$T/all"
result $? "the secret was never printed"
echo "1..$n"
exit $failed
