#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nothing that the command prints has the secret or the token in it, encoded or not, whatever the service
# responds.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
TOKEN='CAISn3cr/et+Token==pct%25end'
export ALIBABA_CLOUD_SECURITY_TOKEN=$TOKEN

# Every command and format, with --verbose; what they print goes to $T/all, how often to $T/runs.
everything() {
    for format in table json jsonl csv; do
        for what in "list --page-size 5" "list --all --page-size 4" "get --generation 3" "watch --once --state $T/state"; do
            case $what$format in watch*json | watch*csv) continue ;; esac
            # shellcheck disable=SC2086 # words
            run $what --app my_app --function ctr --instance ctr_test --plain-http --endpoint "127.0.0.1:$port" \
                --verbose --retries 1 --timeout 2s --format $format
            echo "$status" >>"$T/runs"
        done
    done
}

# hidden NAME: nothing secret is in $T/all; enough was run, and it printed something.
hidden() {
    ! grep -qF -e "$SECRET" -e "$TOKEN" -e CAISn3cr -e 'et+Token' -e 'et%2BToken' -e 'et%2bToken' -e 'et%252BToken' "$T/all" &&
        [ "$(wc -l <"$T/runs")" -ge 14 ] && grep -q 'osft: connecting to' "$T/all"
    result $? "$1"
    : >"$T/all"
    : >"$T/runs"
}

for fault in chunked=5 status=503:1 cut=700 throttle=0 garbage garbage=body html status=302 skew=3600 \
    refuse=InvalidSecurityToken.Expired refuse=SignatureDoesNotMatch refuse=InvalidAccessKeyId.NotFound; do
    rm -f "$T/state"
    start --plain-http --generate 9 --security-token "$TOKEN" --fault "$fault"
    everything
    hidden "nothing secret is printed with $fault"
done

# The service sends what it would have signed, and with it the token.
start --plain-http --generate 9
ALIBABA_CLOUD_ACCESS_KEY_SECRET=anotherSecretThanTheService
everything
grep -q SignatureDoesNotMatch "$T/all" && ! grep -q -e anotherSecret -e "$ID" -e ACS3 "$T/all" && sort -u "$T/runs" | grep -qx 5
result $? "a message that repeats what was signed is cut"
hidden "... and the token is not in it"
ALIBABA_CLOUD_ACCESS_KEY_SECRET=$SECRET
stop
everything
hidden "nothing secret is printed when there is no service"


# --- a dry run leaves the token out, and nothing else ---
run list --app my_app --function ctr --instance ctr_test --dry-run
grep -q 'x-acs-security-token:(the token)' "$T/out" && grep -q 'Signature=' "$T/out" && echo 'osft: connecting to' >>"$T/all" &&
    seq 14 >"$T/runs" && hidden "a dry run prints no token"

echo "1..$n"
exit $failed
