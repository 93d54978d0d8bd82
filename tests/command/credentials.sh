#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests where osft finds its credentials and when it reads them again, with osft-endpoint on loopback, which also
# plays the metadata server of a cloud machine. No content of a file is ever printed.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/background.sh
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
TOKEN='CAISn3cr/et+Token==first' NEXT='CAISn3cr/et+Token==second'
WRONG=wRoNgSeCrEtOfNoUseHere0123
F=$T/file

list() {
    run list --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --page-size 1 --retries 0 \
        --verbose "$@"
}

# from SOURCE NAME: check that the last call succeeded with credentials of that source.
from() {
    [ "$status" -eq 0 ] && grep -q -e "^osft: credentials from $1" "$T/err" && tail -n 1 "$T/log" | grep -q ' 200 OK '
    result $? "$2"
}

# refused PATTERN NAME: check that the last call ended before a request, with a reason and an advice.
refused() {
    [ "$status" -eq 5 ] && head -n 1 "$T/err" | grep -q -e "^osft: .*$1" && grep -q '^  what to do: ' "$T/err" && [ ! -s "$T/log" ]
    result $? "$2"
}

# private FILE: write standard input to a file that only its owner can read.
private() {
    mkdir -p "${1%/*}"
    rm -f "$1"
    (umask 077; cat >"$1")
}

# ini PROFILE SECRET, sts PROFILE TOKEN: print a profile of the INI file.
ini() {
    printf '[%s]\ntype = access_key\naccess_key_id = %s\naccess_key_secret = %s\n' "$1" "$ID" "$2"
}
sts() {
    printf '[%s]\ntype = sts\naccess_key_id = %s\naccess_key_secret = %s\nsecurity_token = %s\n' "$1" "$ID" "$SECRET" "$2"
}

# json MODE SECRET TOKEN COMMAND: print a config.json as the vendor's tool writes it; the profile is between two
# profiles that cannot be used.
json() {
    cat <<END
{
  "current": "gate\\u0077ay",
  "profiles": [
    { "name": "first", "mode": "AK", "access_key_id": "$ID", "access_key_secret": "$WRONG", "retry_count": 0 },
    { "name": "gateway", "mode": "$1", "access_key_id": "$ID", "access_key_secret": "$2", "sts_token": "$3",
      "process_command": "$4", "ram_role_name": "gw-role", "region_id": "cn-hangzhou" },
    { "name": "last", "mode": "RamRoleArn", "access_key_id": "$ID", "access_key_secret": "$WRONG" }
  ],
  "meta_path": ""
}
END
}

forget() {
    rm -rf "$HOME/.alibabacloud" "$HOME/.aliyun" "$F"
}

# --- the order ---
start --plain-http --generate 3
list
refused 'ALIBABA_CLOUD_ACCESS_KEY_ID is not set' "no credentials anywhere end the command before a request"
json AK $SECRET '' '' | private "$HOME/.aliyun/config.json"
list
from "the file $HOME/.aliyun/config.json" "the vendor's config.json is read last"
ini default $SECRET | private "$HOME/.alibabacloud/credentials"
json AK $WRONG '' '' | private "$HOME/.aliyun/config.json"
list
from "the file $HOME/.alibabacloud/credentials" "before it the credentials file"
ini default $WRONG | private "$HOME/.alibabacloud/credentials"
ini default $SECRET | private "$T/named"
ALIBABA_CLOUD_CREDENTIALS_FILE=$T/named list
from "the file $T/named" "or the file that ALIBABA_CLOUD_CREDENTIALS_FILE names"
ini default $WRONG | private "$T/named"
export ALIBABA_CLOUD_CREDENTIALS_FILE="$T/named"
ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET list
from 'the environment' "before it the environment's AccessKey"
ini default $SECRET | private "$F"
ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$WRONG list --credentials "$F"
from "the file $F" "before everything --credentials"
unset ALIBABA_CLOUD_CREDENTIALS_FILE
{ ini default $WRONG; ini two $SECRET; } | private "$HOME/.alibabacloud/credentials"
ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$WRONG list --profile two
from "the file $HOME/.alibabacloud/credentials" "--profile names one of a file, and the environment's AccessKey is not used"
ALIBABA_CLOUD_PROFILE=two list
from "the file $HOME/.alibabacloud/credentials" "ALIBABA_CLOUD_PROFILE names one as well"
json AK $SECRET '' '' | private "$HOME/.aliyun/config.json"
list --profile gateway
from "the file $HOME/.aliyun/config.json" "a profile that the first file does not have is looked for in the second"
start --plain-http --generate 3
list --profile none
refused "neither .* has a profile 'none'" "a profile that no file has is named"
ALIBABA_CLOUD_CREDENTIALS_FILE=$T/absent list
refused "no file $T/absent" "a file that is named has to be there"
list --credentials "$T/absent"
refused "no file $T/absent" "... also with --credentials"
# without_home ARGUMENTS...: run the command as a system service, which has no HOME.
without_home() {
    (unset HOME && list "$@"; exit $status)
    status=$?
}
without_home
refused 'ALIBABA_CLOUD_ACCESS_KEY_ID is not set, .* HOME is not set' "without HOME no file is looked for, and that is said"
grep -q 'what to do: .*--credentials' "$T/err"
result $? "... with the option that needs none"
without_home --profile two
refused 'no file with the profile was looked for, as HOME is not set' "... also where a profile was named"
ini default $SECRET | private "$F"
without_home --credentials "$F"
from "the file $F" "... and --credentials needs none"
start --plain-http --generate 3
forget
json AK $SECRET '' '' | private "$HOME/.aliyun/config.json"
ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true list
refused 'is not set' "ALIBABA_CLOUD_CLI_PROFILE_DISABLED leaves config.json out"

# --- kinds of profiles ---
start --plain-http --generate 3 --security-token "$TOKEN"
sts default "$TOKEN" | private "$F"
list --credentials "$F"
from "the file $F" "the type sts has a token"
json StsToken $SECRET "$TOKEN" '' | private "$F"
list --credentials "$F"
from "the file $F" "so has the mode StsToken"
cat >"$T/give" <<END
#!/bin/sh
echo "\$# \$2" >>"$T/given"
echo 'not for anybody: $SECRET' >&2
echo '{"mode":"StsToken","access_key_id":"$ID","access_key_secret":"$SECRET","sts_token":"'"\$(cat "$T/token")"'","expiration":"2000-01-01T00:00:00Z"}'
END
chmod 755 "$T/give"
echo "$TOKEN" >"$T/token"
json External '' '' "$T/give one 'two words'" | private "$F"
list --credentials "$F"
from "the file $F, whose profile names a command" "the mode External runs a command"
[ "$(cat "$T/given")" = '2 two words' ]
result $? "... once, with its arguments, and without a shell"
json AK $SECRET 'stale' '' | private "$F"
start --plain-http --generate 3
list --credentials "$F"
from "the file $F" "the mode AK has no token, whatever stands beside it"
{ printf '\357\273\277; a comment\r\n[other]\r\nkey = value\r\n\r\n [ default ] # here\r\n'
    printf 'type=access_key\r\naccess_key_id = "%s" ; mine\r\n  access_key_secret\t=\t%s # all of it\r\n' $ID $SECRET; } | private "$F"
list --credentials "$F"
from "the file $F" "comments, quotes, white space and other line ends are allowed"

# When the signature is wrong, the service sends the text that it would have signed, which contains the token.
start --plain-http --generate 3 --access-key-secret $WRONG
sts default "$TOKEN" | private "$F"
list --credentials "$F"
[ "$status" -eq 5 ] && grep -q SignatureDoesNotMatch "$T/err" && grep -q "credentials from: the file $F" "$T/err" &&
    grep -q 'is not shown)$' "$T/err" && ! grep -q CAISn3cr "$T/err"
result $? "a message that repeats what was signed is cut, wherever the credentials come from"

# --- the RAM role of a cloud machine ---
start --plain-http --generate 3 --security-token "$TOKEN" --ram-role gw-role
export OSFT_METADATA_ENDPOINT="127.0.0.1:$port"
printf '[default]\ntype = ecs_ram_role\nrole_name = gw-role\n' | private "$F"
list --credentials "$F"
from "the file $F, whose profile names this machine's RAM role" "the type ecs_ram_role asks the metadata server"
[ "$(cut -d' ' -f 2-4 "$T/log" | head -n 2)" = 'PUT /latest/api/token 200
GET /latest/meta-data/ram/security-credentials/gw-role 200' ]
result $? "... in its token form"
printf '[default]\ntype = ecs_ram_role\n' | private "$F"
list --credentials "$F"
from "the file $F" "a role that is not named is asked for"
json EcsRamRole '' '' '' | private "$F"
list --credentials "$F"
from "the file $F" "so does the mode EcsRamRole"
forget
ALIBABA_CLOUD_ECS_METADATA=gw-role list
from "this machine's RAM role" "and ALIBABA_CLOUD_ECS_METADATA, where there is no file"
ALIBABA_CLOUD_ECS_METADATA=gw-role ALIBABA_CLOUD_ECS_METADATA_DISABLED=true list
[ "$status" -eq 5 ] && grep -q 'is not set' "$T/err"
result $? "ALIBABA_CLOUD_ECS_METADATA_DISABLED leaves it out"
# role PATTERN NAME: check that there are no credentials of the role, and the reason.
role() {
    [ "$status" -eq 5 ] && head -n 1 "$T/err" | grep -q -e "^osft: .*$1" && grep -q '^  what to do: ' "$T/err" && ! grep -q tasks "$T/log"
    result $? "$2"
}
: >"$T/log"
ALIBABA_CLOUD_ECS_METADATA=other list
role 'HTTP status 404' "a role that the machine does not have is reported"
grep -q 'what to do: .*of the name' "$T/err"
result $? "... and that its name can be wrong is said"
ALIBABA_CLOUD_ECS_METADATA='a/../b' list
role 'the RAM role cannot be one' "a role that is no name is refused"
OSFT_METADATA_ENDPOINT=192.0.2.1:80 ALIBABA_CLOUD_ECS_METADATA=gw-role list
role 'not an address of this machine' "another server than the cloud's has to be on this machine"
for fault in cut=0 cut=150 garbage garbage=body html status=503 drop; do
    start --plain-http --generate 3 --ram-role gw-role --fault "$fault:1@1" --fault "$fault:1@2"
    OSFT_METADATA_ENDPOINT="127.0.0.1:$port" ALIBABA_CLOUD_ECS_METADATA=gw-role list
    role 'the metadata server at 127.0.0.1 ' "a metadata server that fails is reported, with $fault"
    start --plain-http --generate 3 --ram-role gw-role --fault "$fault:1@2"
    OSFT_METADATA_ENDPOINT="127.0.0.1:$port" ALIBABA_CLOUD_ECS_METADATA=gw-role list
    role 'the metadata server at 127.0.0.1' "... also when the token was given"
done
start --plain-http --generate 3 --ram-role gw-role --fault chunked=7 --fault split=3
OSFT_METADATA_ENDPOINT="127.0.0.1:$port" ALIBABA_CLOUD_ECS_METADATA=gw-role list
from "this machine's RAM role" "a response in chunks, in small pieces, is read"
start --plain-http --generate 3 --ram-role gw-role --fault huge=20000 --fault status=200:1@2
OSFT_METADATA_ENDPOINT="127.0.0.1:$port" ALIBABA_CLOUD_ECS_METADATA=gw-role list
role 'sends too much' "a response without end is not read to it"
stop
OSFT_METADATA_ENDPOINT="127.0.0.1:$port" ALIBABA_CLOUD_ECS_METADATA=gw-role list
role 'cannot be reached' "a metadata server that is not there is reported"
unset OSFT_METADATA_ENDPOINT

# --- files that are refused ---
start --plain-http --generate 3
for mode in 640 604 620 602 644 666; do
    ini default $SECRET | private "$F"
    chmod $mode "$F"
    list --credentials "$F"
    refused "others can read or change the file $F (mode 0$mode)" "a file of mode $mode is refused"
    grep -q "what to do: chmod 600 $F\$" "$T/err"
    result $? "... and the mode to set is named"
done
if [ "$(id -u)" -eq 0 ] && ini default $SECRET | private "$F" && chown 65534 "$F" 2>/dev/null; then
    list --credentials "$F"
    refused "the file $F belongs to another user (65534)" "root refuses a file that another user can change"
    grep -q "what to do: chown 0 $F" "$T/err"
    result $? "... and says what to do"
    chown 0 "$F"
else
    skip "root refuses a file that another user can change" "this is not root"
fi
for mode in 600 400; do
    chmod $mode "$F"
    list --credentials "$F"
    from "the file $F" "a file of mode $mode is read"
done
# systemd's LoadCredential: an access list for the unit's user looks like a mode that lets the group read.
mkdir "$T/systemd" && chmod 750 "$T/systemd"
ini default $SECRET | private "$T/systemd/osft"
chmod 440 "$T/systemd/osft"
CREDENTIALS_DIRECTORY="$T/systemd" list --credentials "$T/systemd/osft"
from "the file $T/systemd/osft" "a credential of systemd may look as if its group could read it"
start --plain-http --generate 3
list --credentials "$T/systemd/osft"
refused 'others can read' "... but only where systemd says that it is one"
CREDENTIALS_DIRECTORY="$HOME" list --credentials "$T/systemd/osft"
refused 'others can read' "... and in the folder that it names"
chmod 444 "$T/systemd/osft"
CREDENTIALS_DIRECTORY="$T/systemd" list --credentials "$T/systemd/osft"
refused 'others can read' "... and never when all others could"
chmod 440 "$T/systemd/osft"
chmod 755 "$T/systemd"
CREDENTIALS_DIRECTORY="$T/systemd" list --credentials "$T/systemd/osft"
refused 'others can read' "... nor in a folder that all can enter"
mkdir "$T/folder"
list --credentials "$T/folder"
refused "$T/folder is no file" "a folder is refused"
mkfifo "$T/fifo" && chmod 600 "$T/fifo"
list --credentials "$T/fifo"
refused "$T/fifo is no file" "a pipe is refused, and not waited for"
head -c 70000 /dev/zero | private "$F"
list --credentials "$F"
refused "has 65536 bytes or more" "a file that is too large is refused"
# bad PATTERN NAME: check that the content of $F is refused, and that only its line is named.
bad() {
    list --credentials "$F"
    refused "$1" "$2"
}
{ ini default $SECRET; echo $WRONG; } | private "$F"
bad "line 5 of the file $F is neither" "a line that is none is named"
{ ini default $SECRET; echo "access_key_secret = $WRONG"; } | private "$F"
bad "line 5 of the file $F gives a value that" "a value that is given twice is refused"
printf '[default\n' | private "$F"
bad "line 1 of the file $F begins with" "a head without its end is refused"
ini other $SECRET | private "$F"
bad "the file $F has no profile 'default'" "a file without the profile is refused"
{ ini default $SECRET; echo 'enable = false'; } | private "$F"
bad "is not enabled" "a profile that is not enabled is refused"
ini default $SECRET | sed 's/= access_key$/= bearer/' | private "$F"
bad "the type of profile 'default' of the file $F is not" "another type is refused"
ini default $SECRET | sed '/^type/d' | private "$F"
bad "profile 'default' of the file $F has no type" "a profile without a type is refused"
grep -q 'what to do: .*type = access_key' "$T/err"
result $? "... with the line that it needs"
ini default $SECRET | sed '/_id/d' | private "$F"
bad "the profile in the file $F: there is no AccessKey id" "a profile without an id is refused"
ini default '' | private "$F"
bad "there is no AccessKey secret" "a profile with an empty secret is refused"
sts default '' | private "$F"
bad "there is no STS token" "the type sts without a token is refused"
ini default "$SECRET" | sed "s/^access_key_id.*/access_key_id = LTAI TEST/" | private "$F"
bad "the AccessKey id has white space" "an id with white space is refused"
ini default "$(head -c 300 /dev/zero | tr '\0' s)" | private "$F"
bad "the AccessKey secret is too long" "a secret that is too long is refused"
json AK $SECRET '' '' | sed '6s/$/,/' | private "$F"
bad "the file $F: line 6 is not JSON" "the line that is not JSON is named"
json AK $SECRET '' '' | head -c 150 | private "$F"
bad "the file $F: line [0-9]* is not JSON" "a document that was cut is refused"
json RamRoleArn $SECRET '' '' | private "$F"
bad "the mode of the profile in the file $F is not" "another mode is refused"
json AK $SECRET '' '' | sed 's/"current".*/"current": "nobody",/' | private "$F"
bad "has no profile that is current" "a current profile that is not there is refused"
json StsToken $SECRET '' '' | private "$F"
bad "there is no STS token" "the mode StsToken without a token is refused"
json External '' '' '' | private "$F"
bad "process_command cannot be run" "the mode External without a command is refused"
json External '' '' "'unclosed" | private "$F"
bad "process_command cannot be run" "a command whose quote does not end is refused"
json External '' '' "/no/such/command $WRONG" | private "$F"
bad "the command ended with status 127 (not found)" "a command that is not there is reported"
json External '' '' "sh -c 'echo $SECRET; exit 3'" | private "$F"
bad "the command ended with status 3" "a command that fails is reported"
json External '' '' "sh -c 'kill -9 \$\$'" | private "$F"
bad "the command was ended by signal 9" "a command that a signal ends is reported"
json External '' '' "echo $SECRET" | private "$F"
bad "what the command of the profile in the file $F prints: line 1 is not JSON" "a command that does not print JSON is reported"
printf '#!/bin/sh\necho "{\\"mode\\":\\"AK\\",\\"access_key_id\\":\\"%s\\"}"\n' $ID >"$T/half"
chmod 755 "$T/half"
json External '' '' "$T/half" | private "$F"
bad "there is no AccessKey secret" "a command that prints half of an AccessKey is reported"
json External '' '' "head -c 20000 /dev/zero" | private "$F"
bad "the command printed more than" "a command that prints without end is killed, and reported"
forget
ini default $SECRET | private "$HOME/.alibabacloud/credentials"
chmod 644 "$HOME/.alibabacloud/credentials"
json AK $SECRET '' '' | private "$HOME/.aliyun/config.json"
list
refused 'others can read' "a file that is refused is not passed over for the next"
forget

# --- files that change ---
begin() {
    "$B/osft" watch --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" --interval 1s \
        --retries 0 "$@" >"$T/out" 2>"$T/err" </dev/null &
    child=$!
}
# shellcheck disable=SC2317 # called by wait_until
has_good() {
    [ "$(grep -c ' 200 OK ' "$T/log")" -ge "$1" ]
}
# shellcheck disable=SC2317 # called by wait_until
has_error() {
    grep -q -e "$1" "$T/err"
}
# The AccessKey is replaced: another service, at the same port, knows only the new one.
start --plain-http --generate 3
ini default $SECRET | private "$F"
begin --credentials "$F"
wait_until has_good 1
stop
ini default $WRONG | private "$T/next" && mv "$T/next" "$F"
start --plain-http --generate 3 --port "$port" --access-key-secret $WRONG
wait_until has_good 1
end
[ "$status" -eq 0 ] && ! grep -q Signature "$T/log"
result $? "a file that changes is read again before the next request"
start --plain-http --generate 3 --security-token "$TOKEN" --token-uses 2 --next-security-token "$NEXT"
sts default "$TOKEN" | private "$F"
begin --credentials "$F"
wait_until has_error 'the watch goes on' && wait_until has_error 'credentials from: the file ' &&
    wait_until has_error 'why there are no newer ones: they still have the token that expired' &&
    wait_until grep -q 'InvalidSecurityToken.Expired' "$T/log"
result $? "a token that expired, and stands in the file still, is reported, and the watch goes on"
rm -f "$F"
wait_until has_error 'there is no file'
result $? "... also when the file goes away"
sts default "$NEXT" | private "$F"
wait_until has_error 'the service responds again'
end
[ "$status" -eq 0 ]
result $? "... until there is a new token in it"
start --plain-http --generate 3 --security-token "$TOKEN" --token-uses 1000
sts default "$TOKEN" | private "$F"
begin --credentials "$F"
wait_until has_good 1
{ echo "[default"; sts default "$TOKEN"; } | private "$F"
wait_until has_error 'cannot be read again'
grep -q 'are used as they were: line 1 of the file ' "$T/err"
result $? "a file that cannot be read again is reported"
good=$(grep -c ' 200 OK ' "$T/log")
wait_until has_good $((good + 2))
end
[ "$status" -eq 0 ] && [ "$(grep -c 'cannot be read again' "$T/err")" -eq 1 ]
result $? "... once, and what was read before is used"

# --- what gives them is asked again ---
for kind in External EcsRamRole; do
    start --plain-http --generate 3 --security-token "$TOKEN" --token-uses 2 --next-security-token "$NEXT" --ram-role gw-role
    export OSFT_METADATA_ENDPOINT="127.0.0.1:$port"
    echo "$TOKEN" >"$T/token"
    : >"$T/given"
    json $kind '' '' "$T/give" | private "$F"
    begin --credentials "$F"
    wait_until has_good 2
    echo "$NEXT" >"$T/token"
    wait_until grep -q InvalidSecurityToken.Expired "$T/log"
    good=$(grep -c 'tasks.* 200 OK ' "$T/log")
    wait_until has_good $((good + 4))
    end
    [ "$status" -eq 0 ] && [ ! -s "$T/err" ] && [ "$(grep -c InvalidSecurityToken.Expired "$T/log")" -eq 1 ]
    result $? "when the service says that the token expired, $kind gives another, and the watch goes on"
done
[ "$(grep -c 'GET /latest' "$T/log")" -eq 2 ]
result $? "the metadata server is asked when it must be, and not for each request"

# --- in the middle of list --all and of get --wait ---
# ask ARGUMENTS...: such a call in the background.
ask() {
    "$B/osft" "$@" --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
        --credentials "$F" --timeout 5m >"$T/out" 2>"$T/err" </dev/null &
    child=$!
}
# prints_five: the call printed each of five tasks once, and no error.
prints_five() {
    [ "$status" -eq 0 ] && [ "$(sort -u "$T/out" | wc -l)" -eq 5 ] && [ "$(wc -l <"$T/out")" -eq 5 ] && [ ! -s "$T/err" ]
}
# The command gives the next token from its second call on.
cat >"$T/give" <<END
#!/bin/sh
read -r token <"$T/token"
echo "$NEXT" >"$T/token"
cat <<JSON
{"mode":"StsToken","access_key_id":"$ID","access_key_secret":"$SECRET","sts_token":"\$token"}
JSON
END
json External '' '' "$T/give" | private "$F"
echo "$TOKEN" >"$T/token"
start --plain-http --generate 5 --security-token "$TOKEN" --token-uses 2 --next-security-token "$NEXT"
ask list --all --page-size 1 --format jsonl
finish
prints_five && [ "$(grep -c InvalidSecurityToken.Expired "$T/log")" -eq 1 ]
result $? "a token that expires between two pages of list --all is renewed, and no task is lost"
echo '{"functionName":"ctr","progress":1,"status":"running","startTime":1700000000000,"endTime":0,"runId":"r","generation":"3"}' \
    >"$T/tasks"
echo "$TOKEN" >"$T/token"
start --plain-http --tasks "$T/tasks" --security-token "$TOKEN" --token-uses 2 --next-security-token "$NEXT"
ask get --wait --interval 1s --generation 3
wait_until grep -q InvalidSecurityToken.Expired "$T/log"
good=$(grep -c ' 200 OK ' "$T/log")
wait_until has_good $((good + 1))
end
[ "$status" -eq 143 ] && [ ! -s "$T/err" ] && [ "$(grep -c InvalidSecurityToken.Expired "$T/log")" -eq 1 ]
result $? "a token that expires during get --wait is renewed, and the wait goes on"
# From the second request on there is no response, until there is a service that knows only the other secret.
for call in "list --all --page-size 1 --format jsonl" "get --wait --interval 1s --generation 3"; do
    case $call in
    list*) tasks='--generate 5' ;;
    *) tasks="--tasks $T/tasks" ;;
    esac
    # shellcheck disable=SC2086 # words
    start --plain-http $tasks --fault drop:1000@2
    ini default $SECRET | private "$F"
    # shellcheck disable=SC2086 # words
    ask $call --retries 100
    wait_until has_requests 2
    stop
    ini default $WRONG | private "$T/next" && mv "$T/next" "$F"
    # shellcheck disable=SC2086 # words
    start --plain-http $tasks --port "$port" --access-key-secret $WRONG
    case $call in
    list*)
        finish
        prints_five
        ;;
    *)
        wait_until has_good 1
        end
        [ "$status" -eq 143 ]
        ;;
    esac && ! grep -q Signature "$T/log"
    result $? "a file that changes during ${call%% --[pi]*} is read again"
done
start --plain-http --generate 3 --security-token "$TOKEN" --token-uses 1
export ALIBABA_CLOUD_ACCESS_KEY_ID=$ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET ALIBABA_CLOUD_SECURITY_TOKEN=$TOKEN
begin
finish
[ "$status" -eq 5 ] && grep -q InvalidSecurityToken.Expired "$T/err" && grep -q 'credentials from: the environment' "$T/err"
result $? "a token of the environment that expires ends the watch"
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN

# --- a dry run signs with the same ---
sts default "$TOKEN" | private "$F"
run list --app my_app --function ctr --instance ctr_test --dry-run --credentials "$F"
[ "$status" -eq 0 ] && grep -q "Credential=$ID," "$T/out" && grep -q '(the token)' "$T/out"
result $? "a dry run reads the same file"
for option in --credentials --profile; do
    run list --app my_app --function ctr --instance ctr_test $option ''
    [ "$status" -eq 2 ] && grep -q -e "$option needs" "$T/err"
    result $? "$option needs a value"
done

# --- everything that was printed ---
[ "$(wc -l <"$T/all")" -gt 200 ] && ! grep -n -e "$SECRET" -e "$WRONG" -e CAISn3cr -e 'not for anybody' -e LTAI\ TEST "$T/all" >"$T/out"
result $? "no secret, token or line of a file was printed by any of these calls"

echo "1..$n"
exit $failed
